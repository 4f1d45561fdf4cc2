// The query protocol's forms: what is not understood is refused, never overlooked.
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, shown, sign, signIdentityCall } from "./signed-request.js";
import type { Reply } from "./signed-request.js";
import { document, roleArn, trusting, VENDOR, world } from "./sts-clients.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    world: world({
      roles: [
        {
          name: "role",
          trustPolicy: document(trusting({ AWS: VENDOR }, undefined, ["sts:AssumeRole", "sts:TagSession"])),
        },
      ],
    }),
  });
});
afterAll(() => sandbox.stop());

const post = async (
  body: string,
  more: { service?: string; headers?: Record<string, string>; path?: string; query?: Record<string, string> } = {},
): Promise<Reply> =>
  send(
    sandbox.endpoint,
    await signIdentityCall({ endpoint: sandbox.endpoint, keys: sandbox.account("vendor").admin, body, ...more }),
  );
const message = ({ body }: Reply) => /<Message>([^<]*)<\/Message>/.exec(body)?.[1];

const version = "Version=2011-06-15";
const who = `Action=GetCallerIdentity&${version}`;
const assume = `Action=AssumeRole&${version}&RoleArn=${encodeURIComponent(roleArn("role"))}&RoleSessionName=probe`;

describe("the action and the version", () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    [
      "an unknown action",
      `Action=GetCallerIdentities&${version}`,
      "400 InvalidAction",
      "Could not find operation GetCallerIdentities for version 2011-06-15",
    ],
    [
      "an action of AWS's that the sandbox lacks",
      `Action=DecodeAuthorizationMessage&${version}`,
      "400 InvalidAction",
      "Could not find operation DecodeAuthorizationMessage for version 2011-06-15",
    ],
    [
      "an action in other case",
      `Action=getCallerIdentity&${version}`,
      "400 InvalidAction",
      "Could not find operation getCallerIdentity for version 2011-06-15",
    ],
    [
      "a member of every object",
      `Action=constructor&${version}`,
      "400 InvalidAction",
      "Could not find operation constructor for version 2011-06-15",
    ],
    [
      "another version",
      "Action=GetCallerIdentity&Version=2010-05-08",
      "400 InvalidAction",
      "Could not find operation GetCallerIdentity for version 2010-05-08",
    ],
    [
      "no version",
      "Action=GetCallerIdentity",
      "400 InvalidAction",
      "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
    ],
    ["no action", version, "400 MissingAction", "The request is missing an action or a required parameter."],
    ["nothing", "", "400 MissingAction", "The request is missing an action or a required parameter."],
  ];
  it.each(table)("are refused: %s", async (_what, body, expected, text) => {
    const reply = await post(body);
    expect(shown(reply)).toBe(expected);
    expect(message(reply)).toBe(text);
  });

  it("of another service are not served", async () => {
    expect(shown(await post("Action=ListUsers&Version=2010-05-08"))).toBe("400 InvalidAction");
    expect(shown(await post(who, { service: "iam" }))).toBe("400 InvalidAction");
  });
});

describe("parameters", () => {
  const invalid = "400 InvalidQueryParameter";
  const table: readonly (readonly [string, string, string])[] = [
    ["one that the operation does not know", `${who}&Extra=1`, invalid],
    ["one of AWS's that the sandbox does not know", `${assume}&ProvidedContexts.member.1.ProviderArn=x`, invalid],
    ["one given twice", `${assume}&ExternalId=aa&ExternalId=bb`, invalid],
    ["the action given twice", `${who}&Action=AssumeRole`, invalid],
    ["one in other case", `${assume}&externalId=aa`, invalid],
    ["one without a name", `${who}&=1`, invalid],
    ["a list that begins with two", `${assume}&Tags.member.2.Key=a&Tags.member.2.Value=b`, invalid],
    ["a list index with a leading zero", `${assume}&Tags.member.01.Key=a&Tags.member.01.Value=b`, invalid],
    [
      "a member that the structure does not know",
      `${assume}&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.1.Note=c`,
      invalid,
    ],
    ["text that is not well-formed", `${assume}&ExternalId=%E0%A4`, invalid],
    ["more than a thousand", `${who}${"&a".repeat(1000)}`, invalid],
    ["a duration of words", `${assume}&DurationSeconds=an%20hour`, "400 MalformedInput"],
    ["a duration with a fraction", `${assume}&DurationSeconds=900.5`, "400 MalformedInput"],
    ["a structure without its value", `${assume}&Tags.member.1.Key=a`, "400 ValidationError"],
  ];
  it.each(table)("are refused: %s", async (_what, body, expected) => {
    expect(shown(await post(body))).toBe(expected);
  });

  it("that are missing are named, all of them", async () => {
    expect(message(await post(`Action=AssumeRole&${version}`))).toBe(
      "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    );
  });

  it("inside lists are named by their place", async () => {
    expect(
      message(
        await post(`${assume}&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=%3C&Tags.member.2.Value=c`),
      ),
    ).toBe(
      "1 validation error detected: Value '&lt;' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
    );
  });

  it("may be an empty list, as SDKs send it", async () => {
    expect(shown(await post(`${assume}&Tags=&PolicyArns=`))).toBe("200");
  });

  it("may have a plus for a space", async () => {
    expect(shown(await post(`${assume}&Tags.member.1.Key=a+b&Tags.member.1.Value=c%2Bd`))).toBe("200");
  });
});

describe("the transport of a form", () => {
  it("is POST with a form, or GET with a query, and nothing besides", async () => {
    const json = { headers: { "content-type": "application/json" } };
    expect(shown(await post(JSON.stringify({ Action: "GetCallerIdentity" }), json))).toBe("400 MalformedInput");
    expect(shown(await post(who, { path: "/elsewhere" }))).toBe("404 InvalidAction");
    expect(shown(await post(who, { query: { Action: "AssumeRole" } }))).toBe("400 InvalidQueryParameter");
    expect(shown(await post(who, { query: { "X-Amz-Unknown": "1" } }))).toBe("400 InvalidQueryParameter");
    const put = await sign({
      endpoint: sandbox.endpoint,
      keys: sandbox.account("vendor").admin,
      service: "sts",
      method: "PUT",
      body: who,
    });
    expect(shown(await send(sandbox.endpoint, put))).toBe("400 InvalidQueryParameter");
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    const read = await sign({
      endpoint: sandbox.endpoint,
      keys: sandbox.account("vendor").admin,
      service: "sts",
      method: "GET",
      query,
    });
    expect(shown(await send(sandbox.endpoint, read))).toBe("200");
  });
});

describe("answers", () => {
  it("carry a request id, AWS's namespace and the sandbox's time", async () => {
    const { headers, body } = await post(who);
    const id = /x-amzn-requestid: ([0-9a-f-]{36})/.exec(headers)?.[1];
    expect(body).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult>/,
    );
    expect(body).toContain(`<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`);
    expect(headers).toContain("content-type: text/xml");
  });

  it("that refuse are an ErrorResponse of type Sender", async () => {
    const { headers, body } = await post("");
    const id = /x-amzn-requestid: ([0-9a-f-]{36})/.exec(headers)?.[1];
    expect(body.trim()).toBe(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>MissingAction</Code><Message>The request is missing an action or a required parameter.</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`,
    );
  });

  it("repeat nothing of a caller unescaped or at length", async () => {
    const { body } = await post(`Action=${encodeURIComponent("<script>&\u0000")}${"a".repeat(5000)}&${version}`);
    expect(body).not.toContain("<script>");
    expect(body.length).toBeLessThan(800);
  });
});

describe("services that the sandbox does not have", () => {
  it("are refused to who signs rightly, in XML or JSON, and before that to who does not", async () => {
    const xml = await post(who, { service: "kms" });
    expect(shown(xml)).toBe("404 UnknownOperationException");
    const json = await post("{}", { service: "dynamodb", headers: { "content-type": "application/x-amz-json-1.0" } });
    expect(json.status).toBe(404);
    expect(JSON.parse(json.body)).toEqual({
      __type: "UnknownOperationException",
      message: "The sandbox has no service 'dynamodb'.",
    });
    const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    const stranger = await signIdentityCall({ endpoint: sandbox.endpoint, keys, service: "kms" });
    expect(shown(await send(sandbox.endpoint, stranger))).toBe("403 InvalidClientTokenId");
  });
});

describe("unsigned calls", () => {
  it("are refused by STS and IAM, by POST and by GET", async () => {
    const host = new URL(sandbox.endpoint).host;
    const form = { host, "content-type": "application/x-www-form-urlencoded" };
    const bare = { method: "POST", path: "/", query: "", headers: form, body: who };
    const refused = await send(sandbox.endpoint, bare);
    expect(shown(refused)).toBe("403 MissingAuthenticationToken");
    expect(message(refused)).toBe("Request is missing Authentication Token");
    const read = { ...bare, method: "GET", headers: { host }, query: who, body: "" };
    expect(shown(await send(sandbox.endpoint, read))).toBe("403 MissingAuthenticationToken");
  });
});
