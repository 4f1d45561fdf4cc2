// What the console's tests do in the customer's name: forms as a browser sends them, and SDK clients to see what came of it.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import type { Sandbox } from "@daypass/sandbox/testing";
import { CUSTOMER, fieldsOf, openBrowser } from "./console-clients.js";
import type { Answer } from "./console-clients.js";

export { CUSTOMER };
export const CREATE = "/_console/cloudformation/create";
export const ACKNOWLEDGED = { acknowledge: "CAPABILITY_NAMED_IAM" };

/** Returns an address with a query. */
export function address(path: string, values: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(values).toString().replaceAll("+", "%20")}`;
}

/** Returns `STATUS CODE: TEXT` of a page that says no, as it stands in the markup. */
export function refusalIn({ status, text }: Answer): string {
  const found = /<div class="error"[^]*?<h2>([^<]*)<\/h2>\s*<p class="message">([^<]*)<\/p>/.exec(text);
  return `${status} ${found?.slice(1).join(": ") ?? ""}`;
}

export function customerOf(sandbox: Sandbox, templateURL: string) {
  const { admin } = sandbox.account(CUSTOMER);
  const options = { endpoint: sandbox.endpoint, region: "us-east-1", credentials: admin };
  const cfn = () => new CloudFormation(options);
  const stackOf = async (name: string) => (await cfn().describeStacks({ StackName: name })).Stacks?.[0];
  const parametersOf = async (name: string): Promise<Readonly<Record<string, string | undefined>>> =>
    Object.fromEntries(((await stackOf(name))?.Parameters ?? []).map((one) => [one.ParameterKey, one.ParameterValue]));
  /** The form that a vendor's link opens. */
  const linked = (name: string, more: Readonly<Record<string, string>> = {}) =>
    address(CREATE, {
      templateURL,
      stackName: name,
      param_ExternalId: "acme-7f3a9c",
      param_IntegrationSuffix: name,
      ...more,
    });
  const signedIn = async (key = admin) => {
    const browser = openBrowser(sandbox);
    await browser.signIn(key);
    return browser;
  };
  /** Opens a form and sends it as it stands, with other values where they are given. */
  const submit = async (
    page: string,
    typed: Readonly<Record<string, string>>,
    browser?: ReturnType<typeof openBrowser>,
  ): Promise<Answer> => {
    const own = browser ?? (await signedIn());
    const form = await own.get(page);
    return own.post(page.replace(/\?.*$/, ""), { ...fieldsOf(form.text), ...typed });
  };
  /** Creates a user who may do this, and returns a key of theirs. */
  const userWith = async (name: string, action: readonly string[]) => {
    const iam = new IAM(options);
    await iam.createUser({ UserName: name });
    const statement = { Effect: "Allow", Action: action, Resource: "*" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await iam.putUserPolicy({ UserName: name, PolicyName: "own", PolicyDocument });
    return sandbox.issueKey(CUSTOMER, name);
  };
  return { cfn, stackOf, parametersOf, linked, signedIn, submit, userWith };
}
