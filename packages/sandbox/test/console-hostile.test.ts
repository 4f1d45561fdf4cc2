// What others wrote is shown as text, wherever it appears.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMER, fieldsOf, openBrowser, publish } from "./console-clients.js";

const CANARIES = [
  "</pre></p></script><script>canary()</script>",
  `"><img src=x onerror=canary()>`,
  "' autofocus onfocus=canary() x='",
  "<!--",
  "]]>",
  "&lt;b&gt;",
  "${canary}",
  "{{canary}}",
  "\u202egnp.exe",
  "javascript:canary()",
];
const ALL = CANARIES.join(" ");

let sandbox: Sandbox;
let browser: ReturnType<typeof openBrowser>;
let templateURL: string;
const options = () => ({
  endpoint: sandbox.endpoint,
  region: "us-east-1",
  credentials: sandbox.account(CUSTOMER).admin,
});

beforeAll(async () => {
  sandbox = await startSandbox();
  templateURL = await publish(sandbox, "hostile.json", {
    Description: ALL,
    Metadata: {
      "AWS::CloudFormation::Interface": {
        ParameterGroups: [
          { Label: { default: ALL }, Parameters: ["Text", "Choice", "Text", 7, "None"] },
          "x",
          { Label: 7 },
        ],
        ParameterLabels: { Text: { default: ALL }, Choice: ALL },
      },
    },
    Parameters: {
      Text: { Type: "String", Default: ALL, Description: ALL, AllowedPattern: "[^§]*", ConstraintDescription: ALL },
      Choice: { Type: "String", Default: ALL, AllowedValues: [ALL, "b"], Description: ALL },
      Pattern: { Type: "String", Default: "x", AllowedPattern: "x|<script>canary()</script>" },
    },
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: {
              Sid: "S",
              Effect: "Allow",
              Principal: { AWS: "arn:aws:iam::111111111111:root" },
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "sts:ExternalId": "</pre><script>canary()</script>" } },
            },
          },
          Description: "<script>canary()</script>",
          Tags: [{ Key: "k", Value: "v" }],
        },
      },
    },
    Outputs: { Out: { Value: { Ref: "Text" }, Description: ALL } },
  });
  browser = openBrowser(sandbox);
  await browser.signIn(sandbox.account(CUSTOMER).admin);
});
afterAll(() => sandbox.stop());

/** Throws away what a browser shows as text: what is left is markup. */
function expectNoMarkup(page: string): void {
  const tags = page.match(/<[a-zA-Z!/][^>]*>/g) ?? [];
  for (const tag of tags) {
    // Inside a value every quote and bracket is an entity, so a tag that holds the canary unquoted got out of its value.
    expect(tag.replace(/="[^"]*"/g, "")).not.toMatch(/canary|onerror|onfocus|autofocus\s+on/);
  }
  expect(page).not.toMatch(/<script>|<img|<!--/);
}
const create = (more: Record<string, string> = {}) =>
  `/_console/cloudformation/create?${new URLSearchParams({ templateURL, stackName: "hostile", ...more }).toString().replaceAll("+", "%20")}`;

describe("hostile text", () => {
  it("of a template and a link stays text in the form, and comes back as it was", async () => {
    const { text } = await browser.get(create({ param_Text: ALL, stackName: ALL }));
    expectNoMarkup(text);
    expect(fieldsOf(text)).toMatchObject({ param_Text: ALL, param_Choice: ALL, stackName: ALL });
  });

  it("of a link stays text when the template cannot be read", async () => {
    for (const canary of CANARIES) {
      const { text } = await browser.get(create({ templateURL: canary, stackName: canary, param_Text: canary }));
      expectNoMarkup(text);
      expect(fieldsOf(text)).toMatchObject({ templateURL: canary });
    }
  });

  it("that was typed stays text beside the error", async () => {
    const page = await browser.get(create());
    const { text } = await browser.post("/_console/cloudformation/create", {
      ...fieldsOf(page.text),
      stackName: ALL,
      param_Text: `§${ALL}`,
    });
    expectNoMarkup(text);
    expect(text).toContain("ValidationError");
    expect(fieldsOf(text)).toMatchObject({ stackName: ALL, param_Text: `§${ALL}` });
  });

  it("in outputs, parameters, events, templates, change sets and roles stays text", async () => {
    const page = await browser.get(create());
    const form = { ...fieldsOf(page.text), acknowledge: "CAPABILITY_IAM" };
    const made = await browser.post("/_console/cloudformation/create", form);
    expect(made.status).toBe(303);
    const stack = await browser.get(made.headers.get("location") ?? "");
    expectNoMarkup(stack.text);
    expect(stack.text).toContain("&lt;script&gt;canary()");
    const cfn = new CloudFormation(options());
    const { StackResources } = await cfn.describeStackResources({ StackName: "hostile" });
    const role = StackResources?.[0]?.PhysicalResourceId ?? "";
    const iam = new IAM(options());
    await iam.tagRole({ RoleName: role, Tags: [{ Key: "a b", Value: "c = d" }] });
    const paths = [
      "/_console/cloudformation/stacks",
      "/_console/cloudformation/stack-state?stackId=hostile",
      "/_console/cloudformation/update?stackId=hostile",
      "/_console/cloudformation/delete?stackId=hostile",
      `/_console/iam/role?name=${role}`,
      "/_console/iam/roles",
      "/_console/",
    ];
    for (const path of paths) {
      const { status, text } = await browser.get(path);
      expect([path, status]).toEqual([path, 200]);
      expectNoMarkup(text);
    }
    const update = await browser.get("/_console/cloudformation/update?stackId=hostile");
    const changed = { ...fieldsOf(update.text), acknowledge: "CAPABILITY_IAM", step: "preview", param_Text: "b<b>" };
    const preview = await browser.post("/_console/cloudformation/update", changed);
    const changes = await browser.get(preview.headers.get("location") ?? "");
    expectNoMarkup(changes.text);
    expect(changes.text).toContain("b&lt;b&gt;");
  });

  it("in an address stays text in the refusal and in the sign-in form", async () => {
    for (const canary of CANARIES) {
      const encoded = encodeURIComponent(canary);
      const stranger = openBrowser(sandbox);
      for (const path of [
        `/_console/cloudformation/stack?stackId=${encoded}`,
        `/_console/iam/role?name=${encoded}`,
        `/_console/cloudformation/stacks?region=${encoded}`,
        `/_console/open?link=${encodeURIComponent(`#/${canary}`)}`,
        `/_console/${encoded}`,
      ]) {
        expectNoMarkup((await browser.get(path)).text);
        expectNoMarkup((await stranger.get(path)).text);
      }
      const page = await stranger.get("/_console/cloudformation/stacks");
      const refused = await stranger.post("/_console/signin", {
        ...fieldsOf(page.text),
        accessKeyId: canary,
        next: canary,
      });
      expectNoMarkup(refused.text);
      expect(fieldsOf(refused.text)["accessKeyId"]).toBe(canary.trim());
    }
  });

  it("with control characters and half a character does not break the page", async () => {
    const { status, text } = await browser.get(`/_console/cloudformation/create?stackName=a%00%1b%7f&param_X=1`);
    expect(status).toBe(200);
    expect(text).toContain("a\ufffd\ufffd\ufffd");
  });
});
