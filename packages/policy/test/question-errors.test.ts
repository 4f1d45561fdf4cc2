// The evaluator's errors in full: a question that is refused says what about it, and what to give instead.
import { describe, expect, it } from "vitest";
import { evaluate, parsePolicy, pinPrincipals } from "@daypass/policy";
import type { AccessRequest, ContextValue, Policy } from "@daypass/policy";
import { allow, BOB, deny, document, errorOf, HERE, named, OBJECT, THERE, trusts } from "./ask.js";

const told = (text: string, hint: string, path = "", code = "invalid_request") => ({
  code,
  path,
  message: path === "" ? text : `${path}: ${text}`,
  hint,
});

describe("a question's error tells cause and next step", () => {
  const request: AccessRequest = { principal: BOB, action: "s3:GetObject", resource: OBJECT, resourceAccount: HERE };
  const context = (value: Readonly<Record<string, unknown>>) =>
    ({ context: value as Readonly<Record<string, ContextValue>> }) satisfies Partial<AccessRequest>;

  it.each<[string, Partial<AccessRequest>, string, string]>([
    ["an action", { action: "s3" }, "malformed action", "write service:Operation without wildcards"],
    ["a resource", { resource: "bucket" }, "malformed resource", "write an ARN, or * for actions without a resource"],
    ["a resource's account", { resourceAccount: "1" }, "malformed account ID of the resource", "write 12 digits"],
    [
      "another owner",
      { resource: `arn:aws:iam::${THERE}:role/target` },
      "the resource's ARN names another account than its owner",
      "take both from the same resource",
    ],
    [
      "a principal's account",
      { principal: { ...BOB, accountId: "1" } },
      "malformed account ID of the principal",
      "write 12 digits",
    ],
    [
      "a principal's parts",
      { principal: { ...BOB, userName: "eve" } },
      "the parts of the principal contradict each other",
      "take ARN, account and name from the same identity",
    ],
    [
      "a derived key",
      context({ "aws:UserId": "x" }),
      "context key aws:UserId follows from the principal and the resource",
      "leave it out of the context",
    ],
    [
      "a doubled key",
      context({ "s3:prefix": "a", "s3:Prefix": "b" }),
      "context key s3:Prefix is given twice, in different case",
      "keep one of them",
    ],
    [
      "a doubled tag",
      { principal: { ...BOB, tags: { team: "a", Team: "b" } } },
      "context key aws:PrincipalTag/Team is given twice, in different case",
      "keep one of them",
    ],
    [
      "a value",
      context({ "s3:max-keys": 1 }),
      "context key s3:max-keys is neither text nor a list of texts",
      "give every value as a string",
    ],
  ])("%s", (_, over, text, hint) => {
    const error = errorOf(() => evaluate({ ...request, ...over }, {}));
    expect(error).toEqual(told(text, hint));
  });

  it("what parsePolicy did not make", () => {
    const policy: Policy = { ...named("identity", "x", allow("*")).policy };
    expect(errorOf(() => evaluate(request, { identity: [{ name: "x", policy }] }))).toEqual(
      told("this is no parsed policy", "make policies with parsePolicy; a copy of one does not count"),
    );
  });

  it("a policy in the wrong layer", () => {
    const { policy } = named("trust", "x", trusts({ AWS: HERE }));
    expect(errorOf(() => evaluate(request, { session: [{ name: "mine", policy }] }))).toEqual(
      told(
        "policy mine is of kind trust and cannot stand in layer session",
        "parse the document as the kind of the place it is attached to",
      ),
    );
  });

  it("a principal that does not exist when a policy is pinned", () => {
    const Principal = { AWS: BOB.arn };
    const source = document({ ...deny("*"), Principal }, { ...deny("*"), NotPrincipal: Principal });
    const pin = (known: number) => {
      let asked = 0;
      return () => pinPrincipals(parsePolicy(source, "resource"), () => (asked++ < known ? BOB.uniqueId : undefined));
    };
    const hint = "create it first, or name its account instead";
    const text = `no such user: ${BOB.arn}`;
    expect(errorOf(pin(0))).toEqual(told(text, hint, "Statement[0].Principal.AWS", "invalid_principal"));
    expect(errorOf(pin(1))).toEqual(told(text, hint, "Statement[1].NotPrincipal.AWS", "invalid_principal"));
  });
});
