// What the part of a link behind the # opens.
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, publish } from "./console-clients.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

/** Opens a link as the page's script does. */
const open = (link: string, region = "eu-west-1") =>
  openBrowser(sandbox).get(`/_console/open?region=${region}&link=${encodeURIComponent(link)}`);
const goesTo = async (link: string): Promise<string> => {
  const answer = await open(link);
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
};
const create = "/_console/cloudformation/create?region=eu-west-1";

describe("a link", () => {
  it.each(["#/stacks/quickcreate", "#/stacks/create/review", "#/stacks/create/template", "#/stacks/new"])(
    "%s opens the form with its values",
    async (route) => {
      const url = "https://s3.amazonaws.com/bucket/template.json";
      const encoded = encodeURIComponent(url);
      expect(await goesTo(`${route}?templateURL=${encoded}&stackName=acme&param_ExternalId=a%26b%3Dc`)).toBe(
        `${create}&templateURL=${encoded}&stackName=acme&param_ExternalId=a%26b%3Dc`,
      );
      // "URL encoding is supported, but it isn't required."
      expect(await goesTo(`${route}?templateURL=${url}`)).toBe(`${create}&templateURL=${encoded}`);
    },
  );

  it("is read once: what is encoded twice stays encoded", async () => {
    expect(await goesTo("#/stacks/quickcreate?stackName=%2541")).toBe(`${create}&stackName=%2541`);
  });

  it("brings nothing but what AWS documents: names are case sensitive, others are ignored", async () => {
    const others =
      "templateurl=x&StackName=x&Param_A=x&param_=x&param_a-b=x&acknowledge=CAPABILITY_NAMED_IAM&region=x&csrf=x";
    expect(await goesTo(`#/stacks/quickcreate?${others}`)).toBe(create);
  });

  it("for an update brings the stack and the template, and no values: the stack keeps its own", async () => {
    const id = "arn:aws:cloudformation:eu-west-1:222222222222:stack/acme/1";
    const link = `#/stacks/update/template?stackId=${encodeURIComponent(id)}&templateURL=x&param_ExternalId=attacker`;
    expect(await goesTo(link)).toBe(
      `/_console/cloudformation/update?region=eu-west-1&stackId=${encodeURIComponent(id)}&templateURL=x`,
    );
  });

  it.each(["stackinfo", "events", "outputs", "resources", "parameters", "template"])(
    "#/stacks/%s opens the stack",
    async (tab) => {
      expect(await goesTo(`#/stacks/${tab}?stackId=acme&filteringText=`)).toBe(
        "/_console/cloudformation/stack?region=eu-west-1&stackId=acme",
      );
    },
  );

  it.each(["", "#", "#/", "#/stacks", "#/stacks?filteringStatus=active"])("%j opens the list", async (link) => {
    expect(await goesTo(link)).toBe("/_console/cloudformation/stacks?region=eu-west-1");
  });

  it("without a region is for us-east-1, as the pages are", async () => {
    const answer = await open("#/stacks", "");
    expect(answer.headers.get("location")).toBe("/_console/cloudformation/stacks");
  });

  it.each([
    ["#/stacks/quickcreate?stackName=a&stackName=b", 400, "given twice"],
    ["#/stacks/quickcreate?param_A=1&param%5FA=2", 400, "given twice"],
    ["#/stacks/quickcreate?stackName=a+b", 400, "plus sign"],
    ["#/stacks/quickcreate?stackName=%E0%A4%A", 400, "cannot be read"],
    ["#/stacksets/create?<b>", 404, "no page for the link #/stacksets/create"],
    ["#//example.com", 404, "no page"],
    ["https://example.com/#/stacks", 404, "no page"],
  ])("%s is refused", async (link, status, said) => {
    const answer = await open(link);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(said);
    expect(answer.text).not.toContain("<b>");
  });
});

describe("the address of AWS's links", () => {
  it("is a page for whoever opens it, signed in or not", async () => {
    const { status, text, headers } = await openBrowser(sandbox).get("/cloudformation/home?region=us-east-1");
    expect(status).toBe(200);
    expect(text).toContain('data-open="/_console/open"');
    expect(text).toMatch(/<noscript/);
    expect(headers.getSetCookie()).toEqual([]);
  });

  it("stays S3's for signed calls: a bucket may have that name", async () => {
    const { admin } = sandbox.account("dev");
    const s3 = new S3Client({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: admin,
      forcePathStyle: true,
    });
    const refusal = await s3.send(new GetObjectCommand({ Bucket: "cloudformation", Key: "home" })).catch(String);
    expect(refusal).toMatch(/NoSuchBucket/);
  });
});

describe("a page that somebody stored in a bucket", () => {
  it("is shown without script and in an origin of its own", async () => {
    const address = await publish(sandbox, "page.html", "<script>1</script>", "text/html");
    const answer = await fetch(address);
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect(answer.headers.get("content-security-policy")).toBe("sandbox");
    const missing = await fetch(`${address}x`);
    expect(missing.headers.get("content-security-policy")).toBe("sandbox");
  });

  it("reaches SDKs with S3's headers and nothing else", async () => {
    const { admin } = sandbox.account("vendor");
    const s3 = new S3Client({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: admin,
      forcePathStyle: true,
    });
    let seen: Record<string, string> = {};
    s3.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        seen = (result.response as { headers: Record<string, string> }).headers;
        return result;
      },
      { step: "deserialize" },
    );
    await s3.send(new PutObjectCommand({ Bucket: "vendor-templates", Key: "k", Body: "x" }));
    expect(Object.keys(seen)).toContain("etag");
    expect(Object.keys(seen)).not.toContain("content-security-policy");
  });
});
