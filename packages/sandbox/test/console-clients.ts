// A template on a public bucket, and a browser without script: cookies, forms, and redirects that are looked at.
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Sandbox } from "@daypass/sandbox/testing";

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";
export const BUCKET = "vendor-templates";

/** What a vendor gives to customers: a role that trusts the vendor with an external ID, and the setup rights apart. */
export const ROLE_TEMPLATE = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "Lets Example Vendor read your reports. Made for Acme's account.",
  Metadata: {
    "AWS::CloudFormation::Interface": {
      ParameterGroups: [
        { Label: { default: "Your connection" }, Parameters: ["ExternalId", "IntegrationSuffix"] },
        { Label: { default: "Setup" }, Parameters: ["SetupPhase", "ApiKey"] },
      ],
      ParameterLabels: { ExternalId: { default: "External ID" }, SetupPhase: { default: "Allow setup" } },
    },
  },
  Parameters: {
    ExternalId: {
      Type: "String",
      MinLength: 8,
      MaxLength: 64,
      AllowedPattern: "[A-Za-z0-9-]+",
      Description: "Ties this role to your integration. Do not change it.",
      ConstraintDescription: "letters, digits and hyphens, 8 to 64 of them",
    },
    IntegrationSuffix: { Type: "String", Default: "main", Description: "Ends the role's name." },
    SetupPhase: { Type: "String", AllowedValues: ["true", "false"], Default: "true", Description: "Rights to set up." },
    ApiKey: { Type: "String", NoEcho: true, Default: "none", Description: "Only for the old connector." },
  },
  Conditions: { InSetup: { "Fn::Equals": [{ Ref: "SetupPhase" }, "true"] } },
  Resources: {
    VendorRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        RoleName: { "Fn::Sub": "ExampleVendor-${IntegrationSuffix}" },
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "sts:ExternalId": { Ref: "ExternalId" } } },
            },
          ],
        },
        Policies: [
          {
            PolicyName: "ReadReports",
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [
                {
                  Sid: "Read",
                  Effect: "Allow",
                  Action: ["s3:GetObject", "s3:ListBucket"],
                  Resource: "arn:aws:s3:::reports-*",
                },
              ],
            },
          },
        ],
      },
    },
    SetupPolicy: {
      Type: "AWS::IAM::Policy",
      Condition: "InSetup",
      Properties: {
        PolicyName: "Setup",
        Roles: [{ Ref: "VendorRole" }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:PutBucketPolicy", Resource: "arn:aws:s3:::reports-*" }],
        },
      },
    },
  },
  Outputs: {
    RoleArn: { Description: "Give this to Example Vendor.", Value: { "Fn::GetAtt": ["VendorRole", "Arn"] } },
    ExternalIdUsed: { Value: { Ref: "ExternalId" } },
  },
};

/** Puts a text into a bucket that everybody may read; returns its address. */
export async function publish(sandbox: Sandbox, key: string, body: unknown, contentType?: string): Promise<string> {
  const { admin } = sandbox.account("vendor");
  const s3 = new S3Client({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: admin,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: BUCKET }));
  const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [everybody] });
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
  const Body = typeof body === "string" ? body : JSON.stringify(body);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body, ContentType: contentType }));
  return `${sandbox.endpoint}/${BUCKET}/${key}`;
}

/** Returns the link that a vendor gives to customers, with the sandbox in the place of AWS's console. */
export function launchLink(sandbox: Sandbox, values: Readonly<Record<string, string>>, route = "quickcreate"): string {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${sandbox.endpoint}/cloudformation/home?region=us-east-1#/stacks/${route}?${query.join("&")}`;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A browser that keeps one host's cookies and follows nothing by itself. */
export function openBrowser(sandbox: Sandbox) {
  const cookies = new Map<string, string>();
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(new URL(path, sandbox.endpoint), { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const get = (path: string) => request(path);
  /** Sends a form as the page that holds it would. */
  const post = (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    request(path, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: { origin: sandbox.endpoint, "content-type": "application/x-www-form-urlencoded", ...headers },
    });
  const signIn = async (
    key: { readonly accessKeyId: string; readonly secretAccessKey: string },
    next = "/_console/cloudformation/stacks",
  ): Promise<Answer> => {
    const page = await get(next);
    return post("/_console/signin", { ...fieldsOf(page.text), ...key });
  };
  /** The token that forms of this browser's session carry. */
  const csrf = async (): Promise<string> => fieldsOf((await get("/_console/cloudformation/stacks")).text)["csrf"] ?? "";
  return { request, get, post, signIn, csrf, cookies };
}

/** Returns the values of a page's hidden and text fields, as a browser would send them. */
export function fieldsOf(page: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [tag] of page.matchAll(/<input\s[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name === undefined || (tag.includes('type="checkbox"') && !tag.includes(" checked"))) continue;
    fields[name] = unescape(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  for (const [, name = "", options = ""] of page.matchAll(/<select\s[^>]*name="([^"]*)"[^>]*>([^]*?)<\/select>/g)) {
    fields[name] = unescape(/<option\s+value="([^"]*)"\s+selected/.exec(options)?.[1] ?? "");
  }
  return fields;
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    lt: "<",
    gt: ">",
    quot: '"',
    "#39": "'",
    "#96": "`",
    amp: "&",
  };
  return text.replace(/&(lt|gt|quot|#39|#96|amp);/g, (_, name: string) => characters[name] ?? "");
}
