import { describe, expect, it } from "vitest";
import { parsePolicy } from "@daypass/policy";
import type { PolicyKind } from "@daypass/policy";
import { errorOf } from "./ask.js";

type Json = Readonly<Record<string, unknown>>;

const IDENTITY = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const TRUST = { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" };
const RESOURCE = { ...IDENTITY, Principal: { AWS: "111122223333" } };
const BASE: Readonly<Record<PolicyKind, Json>> = {
  identity: IDENTITY,
  "permissions-boundary": IDENTITY,
  session: IDENTITY,
  "service-control": IDENTITY,
  resource: RESOURCE,
  trust: TRUST,
};
const KINDS = Object.keys(BASE) as readonly PolicyKind[];

function without(statement: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(statement).filter(([name]) => !names.includes(name)));
}

/** Parses with a plain statement before the one under test, so that its path has a telling index. */
function parseStatement(statement: unknown, kind: PolicyKind = "identity") {
  return parsePolicy({ Version: "2012-10-17", Statement: [BASE[kind], statement] }, kind);
}

describe("a policy document", () => {
  it.each(KINDS)("of kind %s is read and frozen throughout", (kind) => {
    const policy = parsePolicy({ Version: "2012-10-17", Statement: BASE[kind] }, kind);
    expect(policy).toMatchObject({ kind, version: "2012-10-17", id: undefined });
    const unfrozen: unknown[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) unfrozen.push(value);
      for (const key of Reflect.ownKeys(value)) visit(Reflect.get(value, key));
    };
    visit(policy);
    expect(unfrozen).toEqual([]);
  });

  it("keeps what was written", () => {
    const policy = parsePolicy(
      {
        Version: "2012-10-17",
        Id: "doc 1",
        Statement: [
          {
            Sid: "One",
            Effect: "Deny",
            NotPrincipal: { AWS: ["arn:aws:iam::111122223333:user/Bob", "111122223333"], Service: "ec2.amazonaws.com" },
            NotAction: ["s3:Get*", "*"],
            NotResource: ["arn:aws:s3:::a", "*"],
            Condition: {
              "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": ["a*", "b"] },
              Bool: { "aws:SecureTransport": false },
              NumericLessThan: { "s3:max-keys": 10.5 },
            },
          },
        ],
      },
      "resource",
    );
    expect(policy).toEqual({
      kind: "resource",
      version: "2012-10-17",
      id: "doc 1",
      statements: [
        {
          index: 0,
          sid: "One",
          effect: "Deny",
          principal: {
            negated: true,
            principals: [
              { type: "user", arn: "arn:aws:iam::111122223333:user/Bob", uniqueId: undefined },
              { type: "account", accountId: "111122223333", written: "111122223333" },
              { type: "service", service: "ec2.amazonaws.com" },
            ],
          },
          action: { negated: true, patterns: ["s3:Get*", "*"] },
          resource: { negated: true, patterns: ["arn:aws:s3:::a", "*"] },
          conditions: [
            {
              operator: "StringLike",
              setOperator: "ForAnyValue",
              ifExists: true,
              key: "aws:TagKeys",
              values: ["a*", "b"],
            },
            {
              operator: "Bool",
              setOperator: undefined,
              ifExists: false,
              key: "aws:SecureTransport",
              values: ["false"],
            },
            {
              operator: "NumericLessThan",
              setOperator: undefined,
              ifExists: false,
              key: "s3:max-keys",
              values: ["10.5"],
            },
          ],
        },
      ],
    });
  });

  it("without a Version is of version 2008-10-17", () => {
    expect(parsePolicy({ Statement: IDENTITY }, "identity").version).toBe("2008-10-17");
  });

  it("may have an empty Condition block and empty Sids, as AWS's console and tools write them", () => {
    const statement = { ...IDENTITY, Sid: "", Condition: {} };
    const policy = parsePolicy({ Version: "2012-10-17", Statement: [statement, statement] }, "identity");
    expect(policy.statements.map(({ sid, conditions }) => ({ sid, conditions }))).toEqual([
      { sid: undefined, conditions: [] },
      { sid: undefined, conditions: [] },
    ]);
  });

  it("may come with elements in any order", () => {
    const text = '{"Statement":{"Resource":"*","Action":"*","Effect":"Deny"},"Version":"2012-10-17"}';
    expect(parsePolicy(text, "identity").statements[0]?.effect).toBe("Deny");
  });

  it.each(["", "{", "{} {}", "{'Version': 1}", "\u0000", '{"Statement": [01]}'])(
    "that is no JSON is refused: %j",
    (text) => {
      expect(errorOf(() => parsePolicy(text, "identity"))).toMatchObject({ code: "invalid_json", path: "" });
    },
  );

  it.each(["null", "[]", "1", '"Allow"', "true"])("that is no object is refused: %s", (text) => {
    expect(errorOf(() => parsePolicy(text, "identity"))).toMatchObject({ code: "invalid_policy", path: "" });
  });

  it("of an unknown kind is refused", () => {
    const kind = "__proto__" as string as PolicyKind;
    expect(errorOf(() => parsePolicy({ Statement: IDENTITY }, kind)).code).toBe("invalid_policy");
  });

  it("says what is wrong, where, and what to write instead", () => {
    const error = errorOf(() => parseStatement({ ...IDENTITY, Condition: { StringEqualz: { "aws:x": "y" } } }));
    expect(error).toEqual({
      code: "invalid_policy",
      path: "Statement[1].Condition.StringEqualz",
      message: "Statement[1].Condition.StringEqualz: unknown condition operator",
      hint: "use an operator that the IAM User Guide lists, with its exact case",
    });
  });
});

describe("a document that is nested deeper than any policy is refused", () => {
  it.each([
    ["lists", `{"Statement":${"[".repeat(20)}${"]".repeat(20)}}`],
    ["objects", `${'{"Statement":'.repeat(20)}1${"}".repeat(20)}`],
    // The place of every one of its texts would be as long as the document is deep: gigabytes for 200 KB.
    [
      "very deep and full of texts",
      `{"a":${"[".repeat(40_000)}${Array(40_000).fill('""').join(",")}${"]".repeat(40_000)}}`,
    ],
  ])("%s", (_, text) => {
    expect(errorOf(() => parsePolicy(text, "identity"))).toMatchObject({
      code: "invalid_policy",
      message: "the policy is nested too deeply",
    });
  });
});

describe("a key that stands twice in one object is refused", () => {
  const statement = '"Effect":"Allow","Action":"*","Resource":"*"';
  it.each([
    ["Effect", `{"Statement":[{"Effect":"Deny",${statement}}]}`, "Statement[0].Effect"],
    ["an escaped name", `{"Statement":[{"\\u0045ffect":"Deny",${statement}}]}`, "Statement[0].Effect"],
    ["Statement", `{"Statement":[],"Statement":{${statement}}}`, "Statement"],
    [
      "a condition operator",
      `{"Statement":[{${statement},"Condition":{"Bool":{"aws:a":"true"},"Bool":{"aws:b":"true"}}}]}`,
      "Statement[0].Condition.Bool",
    ],
    [
      "a condition key",
      `{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"},{${statement},"Condition":{"Bool":{"aws:a":"true","aws:a":"false"}}}]}`,
      "Statement[1].Condition.Bool.aws:a",
    ],
    ["__proto__", `{"__proto__":1,"__proto__":2,"Statement":{${statement}}}`, "__proto__"],
  ])("%s", (_, text, path) => {
    expect(errorOf(() => parsePolicy(text, "identity"))).toMatchObject({ code: "invalid_policy", path });
  });

  it("but equal keys in two objects, and equal texts in values, are none", () => {
    const text = `{"Version":"2012-10-17","Statement":[{${statement}},{"Sid":"Sid",${statement}}]}`;
    expect(parsePolicy(text, "identity").statements).toHaveLength(2);
  });

  it("also when only the case of a condition key differs", () => {
    const condition = { StringEquals: { "aws:userid": "a", "AWS:UserId": "b" } };
    expect(errorOf(() => parseStatement({ ...IDENTITY, Condition: condition })).path).toBe(
      "Statement[1].Condition.StringEquals.AWS:UserId",
    );
  });
});

describe("a document is refused with the path of", () => {
  it.each<[string, Json | unknown[], PolicyKind, string]>([
    ["an unknown element", { Version: "2012-10-17", Statements: [], Statement: IDENTITY }, "identity", "Statements"],
    ["an element in other case", { version: "2012-10-17", Statement: IDENTITY }, "identity", "version"],
    ["an own __proto__", JSON.parse('{"__proto__":{},"Statement":[]}') as Json, "identity", "__proto__"],
    ["a wrong Version", { Version: "2012-10-18", Statement: IDENTITY }, "identity", "Version"],
    ["a Version that is a number", { Version: 2012, Statement: IDENTITY }, "identity", "Version"],
    ["a missing Statement", { Version: "2012-10-17" }, "identity", "Statement"],
    ["an empty Statement", { Version: "2012-10-17", Statement: [] }, "identity", "Statement"],
    ["a Statement that is text", { Statement: ["Allow"] }, "identity", "Statement[0]"],
    ["a hole in the list", { Statement: [IDENTITY, undefined] }, "identity", "Statement[1]"],
    ["an Id in an identity policy", { Id: "x", Statement: IDENTITY }, "identity", "Id"],
    ["an Id that is a number", { Id: 1, Statement: RESOURCE }, "resource", "Id"],
    [
      "two equal Sids",
      {
        Statement: [
          { ...IDENTITY, Sid: "a" },
          { ...IDENTITY, Sid: "a" },
        ],
      },
      "identity",
      "Statement[1].Sid",
    ],
  ])("%s", (_, source, kind, path) => {
    expect(errorOf(() => parsePolicy(source, kind))).toMatchObject({ code: "invalid_policy", path });
  });

  it.each<[string, unknown, PolicyKind, string]>([
    ["an unknown element", { ...IDENTITY, Conditions: {} }, "identity", "Conditions"],
    ["an element in other case", { ...IDENTITY, condition: {} }, "identity", "condition"],
    ["a missing Effect", without(IDENTITY, "Effect"), "identity", "Effect"],
    ["an Effect in other case", { ...IDENTITY, Effect: "allow" }, "identity", "Effect"],
    ["an Effect in a list", { ...IDENTITY, Effect: ["Deny"] }, "identity", "Effect"],
    ["a missing Action", without(IDENTITY, "Action"), "identity", "Action"],
    ["Action beside NotAction", { ...IDENTITY, NotAction: "s3:*" }, "identity", "NotAction"],
    ["an empty list of actions", { ...IDENTITY, Action: [] }, "identity", "Action"],
    ["an action that is a number", { ...IDENTITY, Action: ["s3:Get*", 7] }, "identity", "Action[1]"],
    ["a missing Resource", without(IDENTITY, "Resource"), "identity", "Resource"],
    ["Resource beside NotResource", { ...IDENTITY, NotResource: "*" }, "identity", "NotResource"],
    ["an empty list of resources", { ...IDENTITY, Resource: [] }, "identity", "Resource"],
    ["a Sid with a space", { ...IDENTITY, Sid: "a b" }, "identity", "Sid"],
    ["a Sid that is a number", { ...IDENTITY, Sid: 1 }, "identity", "Sid"],
    ["a Sid with a space in a trust policy", { ...TRUST, Sid: "a b" }, "trust", "Sid"],
    ["a Principal in an identity policy", { ...IDENTITY, Principal: "*" }, "identity", "Principal"],
    ["a NotPrincipal in a session policy", { ...IDENTITY, NotPrincipal: "*" }, "session", "NotPrincipal"],
    ["a Principal in a service control policy", { ...IDENTITY, Principal: "*" }, "service-control", "Principal"],
    ["a missing Principal", without(RESOURCE, "Principal"), "resource", "Principal"],
    ["a missing Principal in a trust policy", without(TRUST, "Principal"), "trust", "Principal"],
    ["Principal beside NotPrincipal", { ...RESOURCE, Effect: "Deny", NotPrincipal: "*" }, "resource", "NotPrincipal"],
    ["NotPrincipal with Allow", { ...without(RESOURCE, "Principal"), NotPrincipal: "*" }, "resource", "NotPrincipal"],
    [
      "NotPrincipal in a trust policy",
      { ...without(TRUST, "Principal"), Effect: "Deny", NotPrincipal: { AWS: "*" } },
      "trust",
      "NotPrincipal",
    ],
    ["a Resource in a trust policy", { ...TRUST, Resource: "*" }, "trust", "Resource"],
    ["a NotResource in a trust policy", { ...TRUST, NotResource: "*" }, "trust", "NotResource"],
    ["an empty Principal object", { ...RESOURCE, Principal: {} }, "resource", "Principal"],
    ["an unknown type of principal", { ...RESOURCE, Principal: { aws: "*" } }, "resource", "Principal.aws"],
    ["an empty list of principals", { ...RESOURCE, Principal: { AWS: [] } }, "resource", "Principal.AWS"],
    ["a principal that is a number", { ...RESOURCE, Principal: { AWS: 111122223333 } }, "resource", "Principal.AWS"],
    ["a Principal that is a list", { ...RESOURCE, Principal: ["*"] }, "resource", "Principal"],
    ["a Condition that is a list", { ...IDENTITY, Condition: [] }, "identity", "Condition"],
    ["a Condition that is null", { ...IDENTITY, Condition: null }, "identity", "Condition"],
    ["an operator without keys", { ...IDENTITY, Condition: { Bool: {} } }, "identity", "Condition.Bool"],
    ["an operator that is text", { ...IDENTITY, Condition: { Bool: "true" } }, "identity", "Condition.Bool"],
    [
      "a condition key without service",
      { ...IDENTITY, Condition: { Bool: { x: "a" } } },
      "identity",
      "Condition.Bool.x",
    ],
    [
      "a condition without values",
      { ...IDENTITY, Condition: { Bool: { "a:b": [] } } },
      "identity",
      "Condition.Bool.a:b",
    ],
    ["a value that is null", { ...IDENTITY, Condition: { Bool: { "a:b": null } } }, "identity", "Condition.Bool.a:b"],
    [
      "a value that is no finite number",
      { ...IDENTITY, Condition: { Bool: { "a:b": NaN } } },
      "identity",
      "Condition.Bool.a:b",
    ],
    [
      "a number that JSON.parse rounds",
      { ...IDENTITY, Condition: { NumericEquals: { "a:b": JSON.parse("9007199254740993") as number } } },
      "identity",
      "Condition.NumericEquals.a:b",
    ],
    [
      "a value that is an object",
      { ...IDENTITY, Condition: { StringEquals: { "a:b": ["x", {}] } } },
      "identity",
      "Condition.StringEquals.a:b[1]",
    ],
  ])("%s in a statement", (_, statement, kind, path) => {
    const error = errorOf(() => parseStatement(statement, kind));
    expect(error).toMatchObject({ code: "invalid_policy", path: `Statement[1].${path}` });
  });

  it.each([
    "stringequals",
    "StringEquals ",
    "StringEqual",
    "StringEqualsIfexists",
    "StringEqualsIfExistsIfExists",
    "NullIfExists",
    "ForAllValues:Null",
    "ForAllValues:",
    "ForallValues:StringEquals",
    "ForAnyValue:ForAllValues:StringEquals",
    "BinaryNotEquals",
    "NotBool",
    "constructor",
    "__proto__",
    "",
  ])("the unknown condition operator %j", (operator) => {
    const condition = JSON.parse(`{${JSON.stringify(operator)}: {"aws:x": "y"}}`) as Json;
    const error = errorOf(() => parseStatement({ ...IDENTITY, Condition: condition }));
    expect(error).toMatchObject({ code: "invalid_policy", path: `Statement[1].Condition.${operator}` });
  });
});
