// The policy parser against texts that nobody meant to write.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import { parsePolicy, PolicyError, renderPolicy } from "@daypass/policy";
import * as fc from "fast-check";
import { checkProperties, requireClean } from "./fuzz/check-properties.mjs";
import { CONDITION_OPERATORS, DEEP_POLICY, POLICY_SEEDS, POLICY_WORDS } from "./fuzz/policy-words.mjs";
import { doubledName, readPlainJson } from "./fuzz/read-plain-json.mjs";

const KINDS = ["identity", "permissions-boundary", "session", "service-control", "resource", "trust"];
const CODES = new Set(["invalid_json", "invalid_policy", "invalid_principal"]);
const ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" ");
const OPERATORS = new Set([
  "Null",
  ...CONDITION_OPERATORS.flatMap((name) => [name, `${name}IfExists`]).flatMap((name) => [
    name,
    `ForAnyValue:${name}`,
    `ForAllValues:${name}`,
  ]),
]);

export const trial = {
  name: "fuzz-policy-parser",
  claim:
    "every text is a policy that means what it says and survives writing and reading, or an error with code and place",
  wouldShow:
    "as an error of another class, a doubled or unknown element in an accepted text, a policy that differs when it is written and read again, or a text without end",
  unit: "inputs",
  amounts: { test: 4_000, short: 100_000, long: 4_000_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 40);
    return checkProperties({ seed, amount: properties, properties: [[anyDocument, (text) => checkText(text)]] }).and(
      guideInputs({
        amount: amount - properties,
        seed,
        seeds: [...POLICY_SEEDS, DEEP_POLICY],
        dictionary: POLICY_WORDS,
        test: checkText,
      }),
    );
  },
};

/** Documents of the right form with wrong parts, wherever a part can be. */
const anyDocument = fc
  .record({
    Version: fc.constantFrom("2012-10-17", "2008-10-17", "2012-10-18", 20121017),
    Statement: fc.array(
      fc.record(
        {
          Effect: fc.constantFrom("Allow", "Deny", "allow", true),
          Action: fc.oneof(fc.constantFrom("s3:*", "*", ["s3:Get*"]), fc.jsonValue({ maxDepth: 1 })),
          Resource: fc.oneof(fc.constantFrom("*", "arn:aws:s3:::b", ["*"]), fc.string()),
          Principal: fc.oneof(fc.constantFrom("*", { AWS: "111122223333" }), fc.jsonValue({ maxDepth: 2 })),
          Condition: fc.dictionary(
            fc.constantFrom(...OPERATORS, "__proto__", "Nul", "stringequals"),
            fc.dictionary(
              fc.constantFrom("aws:UserAgent", "AWS:userAgent", "s3:prefix", "toString"),
              fc.jsonValue({ maxDepth: 1 }),
            ),
          ),
        },
        { requiredKeys: ["Effect", "Action"] },
      ),
      { maxLength: 3 },
    ),
  })
  .map((document) => JSON.stringify(document));

function checkText(text) {
  // The kind follows from the text, so that an input alone repeats a finding.
  const kind = KINDS[text.length % KINDS.length];
  const policy = parsed(text, kind);
  requireClean();
  if (policy === undefined) return;
  const read = readPlainJson(text);
  ok(doubledName(read) === undefined, `accepted with ${doubledName(read)} twice`);
  requireKnown(read, ELEMENTS);
  const statements = asList(valueOf(read, "Statement"));
  ok(statements.length === policy.statements.length, "statements were lost");
  statements.forEach((statement, index) => requireMeaning(statement, policy.statements[index]));
  ok(
    renderPolicy(policy, () => undefined) === text || hasUniqueId(policy),
    "shown in another form than it was written in",
  );
  deepStrictEqual(
    parsed(JSON.stringify(documentOf(policy)), kind),
    policy,
    "differs when it is written and read again",
  );
  deepStrictEqual(parsed(JSON.parse(text), kind), policy, "differs when it is read from an object");
  ok(Object.isFrozen(policy) && policy.statements.every(Object.isFrozen), "not frozen");
}

function parsed(source, kind) {
  try {
    return parsePolicy(source, kind);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    ok(CODES.has(error.code) && typeof error.path === "string" && error.hint !== "", "an error without code or hint");
    return undefined;
  }
}

function requireMeaning(statement, { effect, action, resource, principal, conditions }) {
  requireKnown(statement, STATEMENT);
  ok(valueOf(statement, "Effect") === effect, "another effect");
  requirePatterns(statement, "Action", action);
  if (resource !== undefined) requirePatterns(statement, "Resource", resource);
  ok(
    (principal !== undefined) === (has(statement, "Principal") || has(statement, "NotPrincipal")),
    "a principal was lost",
  );
  const blocks = valueOf(statement, "Condition")?.members ?? [];
  const lines = blocks.flatMap(([operator, block]) => {
    ok(OPERATORS.has(operator), `accepted the operator ${operator}`);
    return block.members.map(([key, values]) => [operator, key, ...asList(values).map(String)]);
  });
  deepStrictEqual(
    conditions.map((one) => [nameOf(one), one.key, ...one.values]),
    lines,
    "other conditions than were written",
  );
}

function requirePatterns(statement, name, { negated, patterns }) {
  deepStrictEqual(asList(valueOf(statement, negated ? `Not${name}` : name)), patterns, `another ${name}`);
  ok(!has(statement, negated ? name : `Not${name}`), `${name} in both forms`);
}

function requireKnown({ members }, names) {
  for (const [name] of members) ok(names.includes(name), `accepted the element ${name}`);
}

function documentOf({ version, id, statements }) {
  return {
    Version: version,
    ...(id !== undefined && { Id: id }),
    Statement: statements.map(({ sid, effect, principal, action, resource, conditions }) => ({
      ...(sid !== undefined && { Sid: sid }),
      Effect: effect,
      ...(principal !== undefined && {
        [principal.negated ? "NotPrincipal" : "Principal"]: writtenPrincipals(principal),
      }),
      [action.negated ? "NotAction" : "Action"]: action.patterns,
      ...(resource !== undefined && { [resource.negated ? "NotResource" : "Resource"]: resource.patterns }),
      Condition: Object.fromEntries(
        conditions.map((one) => [
          nameOf(one),
          Object.fromEntries(
            conditions.filter((other) => nameOf(other) === nameOf(one)).map(({ key, values }) => [key, values]),
          ),
        ]),
      ),
    })),
  };
}

function writtenPrincipals({ principals }) {
  const written = {};
  for (const one of principals) {
    const type = { service: "Service", federated: "Federated", "canonical-user": "CanonicalUser" }[one.type] ?? "AWS";
    const text = one.written ?? one.service ?? one.provider ?? one.canonicalId ?? one.arn ?? one.uniqueId ?? "*";
    (written[type] ??= []).push(text);
  }
  return Object.keys(written).length === 1 && written.AWS?.join() === "*" && principals.length === 1
    ? { AWS: "*" }
    : written;
}

function hasUniqueId({ statements }) {
  return statements.some(({ principal }) => principal?.principals.some(({ type }) => type === "unique-id"));
}

function nameOf({ setOperator, operator, ifExists }) {
  return `${setOperator === undefined ? "" : `${setOperator}:`}${operator}${ifExists ? "IfExists" : ""}`;
}

function valueOf(object, name) {
  return object.members.find(([one]) => one === name)?.[1];
}

function has(object, name) {
  return object.members.some(([one]) => one === name);
}

function asList(value) {
  return Array.isArray(value) ? value : [value];
}
