// Stacks through the console's forms, as a browser without script sends them.
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldsOf, publish, ROLE_TEMPLATE } from "./console-clients.js";
import { ACKNOWLEDGED, address, CREATE, CUSTOMER, customerOf, refusalIn } from "./console-customer.js";

let sandbox: Sandbox;
let templateURL: string;
let customer: ReturnType<typeof customerOf>;
beforeAll(async () => {
  sandbox = await startSandbox();
  templateURL = await publish(sandbox, "role.json", ROLE_TEMPLATE);
  customer = customerOf(sandbox, templateURL);
});
afterAll(() => sandbox.stop());

describe("the quick-create form", () => {
  it("has the link's values, the template's defaults, and what the template declares", async () => {
    const { text } = await (await customer.signedIn()).get(customer.linked("shown", { param_Unknown: "x" }));
    expect(fieldsOf(text)).toMatchObject({
      stackName: "shown",
      param_ExternalId: "acme-7f3a9c",
      param_IntegrationSuffix: "shown",
      param_SetupPhase: "true",
      templateURL,
    });
    expect(text).not.toContain("param_Unknown");
    expect(text).toContain('<label for="param_ExternalId">External ID</label>');
    expect(text).toContain("Lets Example Vendor read your reports. Made for Acme&#39;s account.");
    expect(text).toContain("arn:aws:iam::111111111111:root");
    expect(text).toContain("I acknowledge that AWS CloudFormation might create IAM resources with custom names.");
    expect(text.indexOf("External ID</label>")).toBeLessThan(text.indexOf("Allow setup</label>"));
  });

  it("asks for what the template needs and no more", async () => {
    const { Metadata, ...plain } = ROLE_TEMPLATE;
    const role = {
      ...plain.Resources.VendorRole,
      Properties: { ...plain.Resources.VendorRole.Properties, RoleName: undefined },
    };
    const { SetupPolicy } = plain.Resources;
    const unnamed = await publish(sandbox, "unnamed.json", { ...plain, Resources: { VendorRole: role, SetupPolicy } });
    const none = await publish(sandbox, "none.json", {
      Resources: { Wait: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
    });
    const browser = await customer.signedIn();
    const said = async (url: string) =>
      /I acknowledge that[^<]*/.exec((await browser.get(address(CREATE, { templateURL: url }))).text)?.[0];
    expect(Metadata).toBeDefined();
    expect(await said(unnamed)).toBe("I acknowledge that AWS CloudFormation might create IAM resources.");
    expect(await said(none)).toBeUndefined();
    expect((await customer.submit(address(CREATE, { templateURL: none, stackName: "none" }), {})).status).toBe(303);
  });

  it("does not take a NoEcho parameter from the link, and never shows one", async () => {
    const browser = await customer.signedIn();
    const page = customer.linked("noecho", { param_ApiKey: "link-canary" });
    expect((await browser.get(page)).text).not.toContain("link-canary");
    const refused = await customer.submit(page, { param_ApiKey: "typed-canary" }, browser);
    expect(refusalIn(refused)).toMatch(/InsufficientCapabilities/);
    expect(refused.text).not.toContain("canary");
    const made = await customer.submit(page, { param_ApiKey: "typed-canary", ...ACKNOWLEDGED }, browser);
    expect((await browser.get(made.headers.get("location") ?? "")).text).not.toContain("canary");
  });

  it("keeps what was typed out of the address when the template cannot be read any more", async () => {
    const typed = { param_ApiKey: "typed-canary", templateURL: "http://example.com/x" };
    const refused = await customer.submit(customer.linked("gone"), typed);
    expect(refusalIn(refused)).toBe("400 ValidationError: TemplateURL must be a supported URL.");
    expect(refused.text).not.toContain("canary");
  });

  it("is not acknowledged by the link", async () => {
    const { text } = await (
      await customer.signedIn()
    ).get(customer.linked("tick", { acknowledge: "CAPABILITY_NAMED_IAM" }));
    expect(text).toMatch(/id="acknowledge"/);
    expect(text).not.toContain(" checked");
  });
});

describe("creating a stack", () => {
  it("makes it with what stands in the form and goes to its page", async () => {
    const browser = await customer.signedIn();
    const made = await customer.submit(customer.linked("made"), ACKNOWLEDGED, browser);
    const stack = await customer.stackOf("made");
    expect(stack?.StackStatus).toBe("CREATE_COMPLETE");
    const page = address("/_console/cloudformation/stack", { region: "us-east-1", stackId: stack?.StackId ?? "" });
    expect([made.status, made.headers.get("location")?.replaceAll("%3A", ":")]).toEqual([
      303,
      page.replaceAll("%3A", ":"),
    ]);
    const { text } = await browser.get(page);
    for (const shown of [
      "CREATE_COMPLETE",
      "arn:aws:iam::222222222222:role/ExampleVendor-made",
      "****",
      "User Initiated",
    ])
      expect(text).toContain(shown);
    expect((await browser.get("/_console/cloudformation/stacks")).text).toContain(">made</a>");
  });

  it.each([
    [
      "without the acknowledgement",
      {},
      "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]",
    ],
    [
      "with too small an acknowledgement",
      { acknowledge: "CAPABILITY_IAM" },
      "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]",
    ],
    [
      "with a value that breaks a constraint",
      { param_ExternalId: "short", ...ACKNOWLEDGED },
      "ValidationError: Parameter ExternalId failed to satisfy constraint: letters, digits and hyphens, 8 to 64 of them",
    ],
    [
      "with a value that is not offered",
      { param_SetupPhase: "perhaps", ...ACKNOWLEDGED },
      "ValidationError: Parameter &#39;SetupPhase&#39; must be one of AllowedValues",
    ],
    [
      "without a value that is needed",
      { param_ExternalId: "", ...ACKNOWLEDGED },
      "ValidationError: Parameters: [ExternalId] must have values",
    ],
  ])("%s is refused in place, and nothing typed is lost", async (_, typed, said) => {
    const answer = await customer.submit(customer.linked("refused"), {
      param_IntegrationSuffix: "typed-by-hand",
      ...typed,
    });
    expect(refusalIn(answer)).toBe(`400 ${said}`);
    expect(fieldsOf(answer.text)).toMatchObject({
      stackName: "refused",
      param_IntegrationSuffix: "typed-by-hand",
      ...Object.fromEntries(Object.entries(typed).filter(([name]) => name !== "acknowledge")),
    });
    await expect(customer.stackOf("refused")).rejects.toThrow("does not exist");
  });

  it.each([
    ["a b", "400 ValidationError: 1 validation error detected"],
    ["", "400 ValidationError: 2 validation errors detected"],
    ["-a", "400 ValidationError: 1 validation error detected"],
  ])("named %j is refused as CloudFormation does", async (stackName, said) => {
    expect(refusalIn(await customer.submit(customer.linked("x"), { stackName, ...ACKNOWLEDGED }))).toContain(said);
  });

  it("of a name that is taken is refused", async () => {
    await customer.submit(customer.linked("taken"), ACKNOWLEDGED);
    const again = await customer.submit(customer.linked("taken"), ACKNOWLEDGED);
    expect(refusalIn(again)).toBe("400 AlreadyExistsException: Stack [taken] already exists");
    expect(again.text).toContain('href="#stackName"');
  });

  it("keeps a default whose line breaks a field cannot show", async () => {
    const template = {
      Parameters: { Key: { Type: "String", Default: "one\ntwo" } },
      Resources: { Wait: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
      Outputs: { Key: { Value: { Ref: "Key" } } },
    };
    const url = await publish(sandbox, "lines.json", template);
    await customer.submit(address(CREATE, { templateURL: url, stackName: "lines" }), {});
    expect(await customer.parametersOf("lines")).toEqual({ Key: "one\ntwo" });
  });

  it.each([
    "http://example.com/t.json",
    "https://s3.amazonaws.com.example.com/b/k",
    "http://127.0.0.1:1/b/k",
    "file:///etc/passwd",
    "http://127.0.0.1/_sandbox/x",
  ])("from %s is refused before anything is read", async (url) => {
    const answer = await (await customer.signedIn()).get(address(CREATE, { templateURL: url, stackName: "x" }));
    expect(refusalIn(answer)).toBe("400 ValidationError: TemplateURL must be a supported URL.");
    expect(fieldsOf(answer.text)).toMatchObject({ templateURL: url, stackName: "x" });
  });

  it("from a bucket that is not public is refused: the template is read unsigned", async () => {
    const own = templateURL.replace("vendor-templates", "nobodys-bucket");
    expect(refusalIn(await (await customer.signedIn()).get(address(CREATE, { templateURL: own })))).toContain(
      "400 ValidationError: S3 error:",
    );
  });

  it("in a region that is none is refused", async () => {
    const browser = await customer.signedIn();
    for (const region of ["mars", "us-east-1.evil", "<b>"]) {
      const { status, text } = await browser.get(`${customer.linked("x")}&region=${encodeURIComponent(region)}`);
      expect([status, text.includes("is not a region."), text.includes("<b>")]).toEqual([400, true, false]);
    }
  });
});

describe("a user without the permission", () => {
  const arn = `arn:aws:iam::${CUSTOMER}:user`;

  it("is refused by CloudFormation, as through the API", async () => {
    const browser = await customer.signedIn(
      await customer.userWith("reader", ["cloudformation:Get*", "cloudformation:Describe*"]),
    );
    const answer = await customer.submit(customer.linked("denied"), ACKNOWLEDGED, browser);
    expect(refusalIn(answer)).toMatch(
      new RegExp(`^403 AccessDenied: User: ${arn}/reader is not authorized to perform: cloudformation:CreateStack`),
    );
    await expect(customer.stackOf("denied")).rejects.toThrow("does not exist");
  });

  it("makes no role through a stack: the resources are made with the user's own rights", async () => {
    const browser = await customer.signedIn(await customer.userWith("stacker", ["cloudformation:*"]));
    const made = await customer.submit(customer.linked("no-iam"), ACKNOWLEDGED, browser);
    expect(made.status).toBe(303);
    expect((await customer.stackOf("no-iam"))?.StackStatus).toBe("ROLLBACK_COMPLETE");
    const { text } = await browser.get(made.headers.get("location") ?? "");
    expect(text).toContain("is not authorized to perform: iam:CreateRole");
  });

  it("sees of a stack what the user may read, and the refusal in the place of the rest", async () => {
    await customer.submit(customer.linked("partly"), ACKNOWLEDGED);
    const browser = await customer.signedIn(await customer.userWith("partial", ["cloudformation:DescribeStacks"]));
    const { status, text } = await browser.get("/_console/cloudformation/stack?stackId=partly");
    expect(status).toBe(200);
    expect(text).toContain("ExampleVendor-partly");
    for (const action of ["DescribeStackEvents", "ListStackResources", "GetTemplate"])
      expect(text).toContain(`not authorized to perform: cloudformation:${action}`);
    expect(refusalIn(await browser.get("/_console/iam/roles"))).toMatch(/^403 AccessDenied/);
  });

  it("is on record with each call", async () => {
    const browser = await customer.signedIn(
      await customer.userWith("recorded", ["cloudformation:Get*", "cloudformation:Describe*"]),
    );
    await customer.submit(customer.linked("recorded"), ACKNOWLEDGED, browser);
    const calls = sandbox.calls().filter(({ principalArn }) => principalArn === `${arn}/recorded`);
    expect(calls.find(({ action }) => action === "CreateStack")).toMatchObject({
      service: "cloudformation",
      status: 403,
      errorCode: "AccessDenied",
      accountId: CUSTOMER,
    });
  });

  it("of another account does not find the stack", async () => {
    const { StackId = "" } = (await customer.stackOf("partly")) ?? {};
    const browser = await customer.signedIn(sandbox.account("dev").admin);
    expect(refusalIn(await browser.get(address("/_console/cloudformation/stack", { stackId: StackId })))).toMatch(
      /^403 AccessDenied/,
    );
    expect((await browser.get("/_console/cloudformation/stacks")).text).toContain("There is no stack in us-east-1.");
  });
});

describe("an ordered fault", () => {
  it("strikes the console as it strikes SDKs", async () => {
    sandbox.fault({
      service: "cloudformation",
      action: "CreateStack",
      status: 503,
      code: "ServiceUnavailable",
      message: "try later",
      times: 1,
    });
    expect(refusalIn(await customer.submit(customer.linked("fault"), ACKNOWLEDGED))).toBe(
      "503 ServiceUnavailable: try later",
    );
  });
});

describe("roles", () => {
  it("are shown with whom they trust and what they may do", async () => {
    await customer.submit(customer.linked("readable"), ACKNOWLEDGED);
    const browser = await customer.signedIn();
    expect((await browser.get("/_console/iam/roles")).text).toContain("ExampleVendor-readable");
    const { text } = await browser.get("/_console/iam/role?name=ExampleVendor-readable");
    for (const shown of [
      "AWS: arn:aws:iam::111111111111:root",
      "StringEquals sts:ExternalId = acme-7f3a9c",
      "s3:GetObject",
      "s3:PutBucketPolicy",
    ])
      expect(text).toContain(shown);
    expect(refusalIn(await browser.get("/_console/iam/role?name=none"))).toBe(
      "404 NoSuchEntity: The role with name none cannot be found.",
    );
  });
});
