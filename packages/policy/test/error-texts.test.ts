// An error is read by somebody in the middle of something else: it says what is wrong, where, and what to write instead.
// The whole of each is asserted here, so that no text is lost or swapped unseen.
import { describe, expect, it } from "vitest";
import { parsePolicy, PolicyError } from "@daypass/policy";
import type { PolicyKind } from "@daypass/policy";
import { errorOf, HERE, trusts } from "./ask.js";

const IDENTITY = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const RESOURCE = { ...IDENTITY, Principal: { AWS: HERE } };
const TRUST = trusts({ AWS: HERE });

/** Code, path, message without the path, hint. */
type Expected = readonly [code: string, path: string, text: string, hint: string];

function told([code, path, text, hint]: Expected) {
  return { code, path, message: path === "" ? text : `${path}: ${text}`, hint };
}

const CONDITION_HINT = 'write {"Operator": {"service:key": "value"}}';
const PRINCIPAL_HINT = 'write "*", or an object with AWS, Service, Federated or CanonicalUser';
const ACTION_HINT = 'write "service:Operation" (wildcards after the colon), or "*"';
const RESOURCE_HINT = 'write an ARN of six parts (wildcards in all but the service, variables in the last), or "*"';
const VARIABLE_HINT =
  "write ${service:key}, ${service:key, 'default'}, or ${*}, ${?} and ${$} for the characters themselves";
const STATEMENT_HINT = "a statement is an object with Effect, Action and what else its kind of policy needs";

describe("a document's error tells code, path, cause and next step", () => {
  it.each<[string, string | object, PolicyKind, Expected]>([
    [
      "text that is no JSON",
      "{",
      "identity",
      [
        "invalid_json",
        "",
        "the policy is not valid JSON",
        "check the brackets, commas and quotes of the policy document",
      ],
    ],
    [
      "a doubled key",
      `{"Statement":[],"Statement":[]}`,
      "identity",
      [
        "invalid_policy",
        "Statement",
        "this key stands here more than once",
        "keep one of them, or put the values of both into one list",
      ],
    ],
    [
      "an unknown kind",
      { Statement: IDENTITY },
      "bucket" as PolicyKind,
      [
        "invalid_policy",
        "",
        "unknown kind of policy",
        "use one of identity, permissions-boundary, session, service-control, resource, trust",
      ],
    ],
    [
      "a document that is a list",
      [],
      "identity",
      ["invalid_policy", "", "expected an object, found a list", 'write {"Version":"2012-10-17","Statement":[…]}'],
    ],
    [
      "a document that is null",
      "null",
      "identity",
      ["invalid_policy", "", "expected an object, found null", 'write {"Version":"2012-10-17","Statement":[…]}'],
    ],
    [
      "a document that is a number",
      "1",
      "identity",
      ["invalid_policy", "", "expected an object, found a number", 'write {"Version":"2012-10-17","Statement":[…]}'],
    ],
    [
      "a document that is an instance of something",
      new Map(),
      "identity",
      ["invalid_policy", "", "expected an object, found an object", 'write {"Version":"2012-10-17","Statement":[…]}'],
    ],
    [
      "an unknown element",
      { Statements: [] },
      "identity",
      [
        "invalid_policy",
        "Statements",
        "unknown element Statements",
        "a policy has Version, Id and Statement; names are case-sensitive",
      ],
    ],
    [
      "an unknown version",
      { Version: "2012-10-18", Statement: IDENTITY },
      "identity",
      ["invalid_policy", "Version", "unknown version of the policy language", 'write "Version": "2012-10-17"'],
    ],
    [
      "a version that is no text",
      { Version: 2012, Statement: IDENTITY },
      "identity",
      ["invalid_policy", "Version", "expected a string, found a number", 'write "Version": "2012-10-17"'],
    ],
    [
      "an Id that is no text",
      { Id: true, Statement: RESOURCE },
      "resource",
      ["invalid_policy", "Id", "expected a string, found a boolean", 'write "Id" as a string or leave it out'],
    ],
    [
      "an Id where none belongs",
      { Id: "x", Statement: IDENTITY },
      "identity",
      [
        "invalid_policy",
        "Id",
        "this kind of policy must not have an Id",
        "leave Id out; only resource-based policies may have one",
      ],
    ],
    [
      "no statement",
      { Version: "2012-10-17" },
      "identity",
      ["invalid_policy", "Statement", "missing element", "a policy needs at least one statement"],
    ],
    [
      "an empty list of statements",
      { Statement: [] },
      "identity",
      ["invalid_policy", "Statement", "this list is empty", "a policy needs at least one statement"],
    ],
    [
      "a hole in the list of statements",
      { Statement: [IDENTITY, undefined] },
      "identity",
      ["invalid_policy", "Statement[1]", "expected an object, found nothing", STATEMENT_HINT],
    ],
    [
      "two equal Sids",
      { Statement: [IDENTITY, { ...IDENTITY, Sid: "a" }, { ...IDENTITY, Sid: "a" }] },
      "identity",
      [
        "invalid_policy",
        "Statement[2].Sid",
        "another statement has this Sid",
        "give each statement its own Sid, or none",
      ],
    ],
  ])("%s", (_, source, kind, expected) => {
    expect(errorOf(() => parsePolicy(source, kind))).toEqual(told(expected));
  });

  it("and carries what JSON.parse said as its cause", () => {
    let caught: unknown;
    try {
      parsePolicy("{", "identity");
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(PolicyError);
    expect(caught).toMatchObject({ name: "PolicyError" });
    expect((caught as PolicyError).cause).toBeInstanceOf(SyntaxError);
  });
});

describe("a statement's error tells code, path, cause and next step", () => {
  const condition = (block: unknown) => ({ ...IDENTITY, Condition: block });
  const principal = (value: unknown) => ({ ...RESOURCE, Principal: value });

  it.each<[string, unknown, PolicyKind, Expected]>([
    [
      "an unknown element",
      { ...IDENTITY, Conditions: {} },
      "identity",
      [
        "invalid_policy",
        "Conditions",
        "unknown element Conditions",
        "element names are case-sensitive; see the IAM policy grammar",
      ],
    ],
    [
      "a Sid with a space",
      { ...IDENTITY, Sid: "a b" },
      "identity",
      ["invalid_policy", "Sid", "malformed Sid", "use the letters A-Z and a-z and digits only"],
    ],
    [
      "a Sid that is a list",
      { ...IDENTITY, Sid: ["a"] },
      "identity",
      ["invalid_policy", "Sid", "expected a string, found a list", "use the letters A-Z and a-z and digits only"],
    ],
    [
      "no effect",
      { Action: "*", Resource: "*" },
      "identity",
      ["invalid_policy", "Effect", "missing element", "write Allow or Deny, with exactly this case"],
    ],
    [
      "an effect in other case",
      { ...IDENTITY, Effect: "allow" },
      "identity",
      ["invalid_policy", "Effect", "unknown effect", "write Allow or Deny, with exactly this case"],
    ],
    [
      "a principal where none belongs",
      { ...IDENTITY, Principal: "*" },
      "identity",
      [
        "invalid_policy",
        "Principal",
        "this kind of policy must not name a principal",
        "leave it out: the policy applies to whom it is attached to",
      ],
    ],
    [
      "no principal",
      IDENTITY,
      "resource",
      [
        "invalid_policy",
        "Principal",
        "missing element",
        'say to whom the statement applies, for example {"AWS": "arn:aws:iam::111122223333:root"}',
      ],
    ],
    [
      "NotPrincipal with Allow",
      { ...IDENTITY, NotPrincipal: "*" },
      "resource",
      ["invalid_policy", "NotPrincipal", "NotPrincipal is not supported here", "name those who are meant in Principal"],
    ],
    [
      "no action",
      { Effect: "Allow", Resource: "*" },
      "identity",
      ["invalid_policy", "Action", "missing element", 'name the actions, for example "s3:GetObject"'],
    ],
    [
      "a malformed action",
      { ...IDENTITY, Action: ["s3:*", "s3"] },
      "identity",
      ["invalid_policy", "Action[1]", "malformed action", ACTION_HINT],
    ],
    [
      "an empty list of actions",
      { ...IDENTITY, Action: [] },
      "identity",
      ["invalid_policy", "Action", "this list is empty", ACTION_HINT],
    ],
    [
      "both forms of Action",
      { ...IDENTITY, NotAction: "*" },
      "identity",
      [
        "invalid_policy",
        "NotAction",
        "Action and NotAction exclude each other",
        "keep one of them, or write two statements",
      ],
    ],
    [
      "no resource",
      { Effect: "Allow", Action: "*" },
      "identity",
      ["invalid_policy", "Resource", "missing element", 'name the resources by ARN, or write "*"'],
    ],
    [
      "a malformed resource",
      { ...IDENTITY, Resource: ["bucket"] },
      "identity",
      ["invalid_policy", "Resource[0]", "malformed resource", RESOURCE_HINT],
    ],
    [
      "a resource that is null",
      { ...IDENTITY, Resource: null },
      "identity",
      ["invalid_policy", "Resource", "expected a string, found null", RESOURCE_HINT],
    ],
    [
      "a malformed variable",
      { ...IDENTITY, Resource: "arn:aws:s3:::bucket/${aws:userid" },
      "identity",
      ["invalid_policy", "Resource", "malformed policy variable", VARIABLE_HINT],
    ],
    [
      "a resource in a trust policy",
      { ...TRUST, Resource: "*" },
      "trust",
      [
        "invalid_policy",
        "Resource",
        "a trust policy must not name a resource",
        "leave it out: the resource is the role that carries the policy",
      ],
    ],
    [
      "an operator without keys",
      condition({ Bool: {} }),
      "identity",
      ["invalid_policy", "Condition.Bool", "this operator has no condition key", CONDITION_HINT],
    ],
    [
      "a condition that is text",
      condition("x"),
      "identity",
      ["invalid_policy", "Condition", "expected an object, found a string", CONDITION_HINT],
    ],
    [
      "an unknown operator",
      condition({ "": { "aws:x": "y" } }),
      "identity",
      [
        "invalid_policy",
        "Condition.",
        "unknown condition operator",
        "use an operator that the IAM User Guide lists, with its exact case",
      ],
    ],
    [
      "a malformed condition key",
      condition({ Bool: { x: "true" } }),
      "identity",
      ["invalid_policy", "Condition.Bool.x", "malformed condition key", 'write "service:key"'],
    ],
    [
      "a condition key twice",
      condition({ Bool: { "aws:x": "true", "AWS:X": "true" } }),
      "identity",
      [
        "invalid_policy",
        "Condition.Bool.AWS:X",
        "this condition key stands here twice, in different case",
        "keep one of them, with the values of both",
      ],
    ],
    [
      "a condition without values",
      condition({ Bool: { "aws:x": [] } }),
      "identity",
      ["invalid_policy", "Condition.Bool.aws:x", "this list is empty", "name at least one value"],
    ],
    [
      "a value of another kind",
      condition({ Bool: { "aws:x": [null] } }),
      "identity",
      [
        "invalid_policy",
        "Condition.Bool.aws:x[0]",
        "a condition value must be a string, a number or a boolean",
        CONDITION_HINT,
      ],
    ],
    [
      "a number that was rounded",
      condition({ NumericEquals: { "aws:x": 2 ** 53 } }),
      "identity",
      [
        "invalid_policy",
        "Condition.NumericEquals.aws:x",
        "this number is too large to be read exactly",
        "write it in quotation marks",
      ],
    ],
    [
      "a principal that is a word",
      principal("everyone"),
      "resource",
      ["invalid_principal", "Principal", "malformed principal", PRINCIPAL_HINT],
    ],
    [
      "an empty principal",
      principal({}),
      "resource",
      ["invalid_policy", "Principal", "no principal is named", PRINCIPAL_HINT],
    ],
    [
      "a principal that is a list",
      principal(["*"]),
      "resource",
      ["invalid_policy", "Principal", "expected an object, found a list", PRINCIPAL_HINT],
    ],
    [
      "an empty list of principals",
      principal({ AWS: [] }),
      "resource",
      ["invalid_policy", "Principal.AWS", "this list is empty", PRINCIPAL_HINT],
    ],
    [
      "an unknown type of principal",
      principal({ aws: "*" }),
      "resource",
      ["invalid_policy", "Principal.aws", "unknown type of principal aws", PRINCIPAL_HINT],
    ],
    [
      "a malformed account",
      principal({ AWS: ["*", "1111"] }),
      "resource",
      [
        "invalid_principal",
        "Principal.AWS[1]",
        "malformed AWS principal",
        "see the IAM User Guide, Principal; a wildcard cannot stand for a part of a name",
      ],
    ],
    [
      "everyone in a trust policy",
      { ...TRUST, Principal: "*" },
      "trust",
      [
        "invalid_principal",
        "Principal",
        '"*" is not supported in a trust policy',
        'name those who are trusted; {"AWS": "*"} trusts everyone',
      ],
    ],
    [
      "a canonical user in a trust policy",
      { ...TRUST, Principal: { CanonicalUser: "0".repeat(64) } },
      "trust",
      [
        "invalid_principal",
        "Principal.CanonicalUser",
        "CanonicalUser principals are not supported in this kind of policy",
        "name the account by its ID",
      ],
    ],
    [
      "a provider in a bucket policy",
      principal({ Federated: "accounts.google.com" }),
      "resource",
      [
        "invalid_principal",
        "Principal.Federated",
        "Federated principals are not supported in this kind of policy",
        "trust the provider in a role, and name the role here",
      ],
    ],
  ])("%s", (_, statement, kind, [code, path, text, hint]) => {
    const error = errorOf(() => parsePolicy({ Version: "2012-10-17", Statement: statement }, kind));
    expect(error).toEqual(told([code, `Statement[0].${path}`, text, hint]));
  });

  it("a NotPrincipal without an effect is refused for the missing effect", () => {
    const statement = { NotPrincipal: "*", Action: "*", Resource: "*" };
    expect(errorOf(() => parsePolicy({ Statement: statement }, "resource")).message).toBe(
      "Statement[0].Effect: missing element",
    );
  });
});
