// What must hold for every policy and every question.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "@daypass/policy";
import type { AccessRequest } from "@daypass/policy";
import { pick, policiesOf, request, RUNS, statement, world } from "./arbitraries.js";
import type { Json, World } from "./arbitraries.js";
import { allow, ask, assume, deny, HERE, holds, named, roleSession, THERE, trusts, user } from "./ask.js";

describe("evaluate, for every question", () => {
  const widens = (question: AccessRequest, before: World, after: World) =>
    evaluate(question, policiesOf(after)).allowed && !evaluate(question, policiesOf(before)).allowed;

  it("a Deny that is added never widens", () => {
    const place = pick<keyof World>("identity", "boundary", "session", "control", "resource");
    const property = fc.property(
      world,
      request,
      place,
      statement("resource", ["Deny"]),
      (before, question, where, added) => {
        const plain = Object.fromEntries(Object.entries(added).filter(([name]) => !name.endsWith("Principal")));
        const more = where === "resource" ? added : plain;
        const list = where === "control" ? before.control[0] : before[where];
        // A layer that was not there limits by being there: only a Deny added to an existing one is compared.
        fc.pre(list !== undefined);
        const after = {
          ...before,
          [where]: where === "control" ? [[...list, more], ...before.control.slice(1)] : [...list, more],
        };
        expect(widens(question, before, after)).toBe(false);
      },
    );
    fc.assert(property, RUNS);
  });

  it("an Allow that is taken away never widens", () => {
    const property = fc.property(world, request, fc.nat(), (before, question, at) => {
      const allows = before.identity.filter(({ Effect }) => Effect === "Allow");
      fc.pre(allows.length > 0 && before.identity.length > 1);
      const gone = allows[at % allows.length];
      const after = { ...before, identity: before.identity.filter((one) => one !== gone) };
      expect(widens(question, before, after)).toBe(false);
    });
    fc.assert(property, RUNS);
  });

  it("the order of statements does not matter", () => {
    const property = fc.property(world, request, (before, question) => {
      const reversed = {
        identity: before.identity.toReversed(),
        boundary: before.boundary?.toReversed(),
        session: before.session?.toReversed(),
        control: before.control.map((level) => level.toReversed()).toReversed(),
        resource: before.resource?.toReversed(),
      };
      const pickOutcome = (of: World) => {
        const { outcome, deniedBy, decidedBy, unknownKeys } = evaluate(question, policiesOf(of));
        return { outcome, deniedBy, decided: decidedBy.length, unknown: unknownKeys.length };
      };
      expect(pickOutcome(reversed)).toEqual(pickOutcome(before));
    });
    fc.assert(property, RUNS);
  });

  it("the case of condition keys and actions does not matter", () => {
    const upper = (list: readonly Json[]) =>
      list.map((one) => {
        const blocks = Object.entries((one["Condition"] ?? {}) as Readonly<Record<string, Json>>);
        const raise = (block: Json) =>
          Object.fromEntries(Object.entries(block).map(([key, value]) => [key.toUpperCase(), value]));
        return { ...one, Condition: Object.fromEntries(blocks.map(([operator, block]) => [operator, raise(block)])) };
      });
    const property = fc.property(world, request, (before, question) => {
      const after = {
        ...before,
        identity: upper(before.identity),
        resource: before.resource && upper(before.resource),
      };
      const context = Object.fromEntries(
        Object.entries(question.context ?? {}).map(([key, value]) => [key.toUpperCase(), value]),
      );
      const shouted = { ...question, context, action: question.action.toUpperCase() };
      expect(evaluate(shouted, policiesOf(after)).outcome).toBe(evaluate(question, policiesOf(before)).outcome);
    });
    fc.assert(property, RUNS);
  });

  it("the answer is consistent with its reasons", () => {
    const property = fc.property(world, request, (of, question) => {
      const { allowed, outcome, deniedBy, decidedBy, failedConditions } = evaluate(question, policiesOf(of));
      expect(allowed).toBe(outcome === "allow");
      expect(deniedBy === undefined).toBe(allowed);
      expect(new Set(decidedBy.map(({ effect }) => effect)).size).toBeLessThanOrEqual(1);
      expect(outcome === "explicit-deny").toBe(decidedBy[0]?.effect === "Deny");
      expect(outcome !== "explicit-deny" || decidedBy.some(({ layer }) => layer === deniedBy)).toBe(true);
      for (const { statement: failed } of failedConditions) expect(decidedBy).not.toContainEqual(failed);
    });
    fc.assert(property, RUNS);
  });
});

describe("every combination of layers", () => {
  // The rules of "Policy evaluation logic" once more, as one formula, over all cases.
  type Say = "silent" | "allow" | "deny";
  const SAYS: readonly Say[] = ["silent", "allow", "deny"];
  const say = (what: Say): Json =>
    what === "silent" ? allow("ec2:*") : what === "allow" ? allow("s3:*") : deny("s3:*");

  const app = roleSession("app");
  const GRANTS = [
    ["nobody", { AWS: "555566667777" }],
    ["the account", { AWS: HERE }],
    ["the role", { AWS: app.roleArn }],
    ["the session", { AWS: app.sessionArn }],
    ["everyone", "*"],
  ] as const;

  it.each(GRANTS)("with a resource that grants to %s", (grantee, granted) => {
    for (const across of [false, true]) {
      for (const identity of SAYS) {
        for (const boundary of [undefined, ...SAYS]) {
          for (const session of [undefined, ...SAYS]) {
            for (const control of [undefined, ...SAYS]) {
              const policies = {
                identity: [named("identity", "i", say(identity))],
                permissionsBoundary: boundary && named("permissions-boundary", "b", say(boundary)),
                session: session === undefined ? [] : [named("session", "s", say(session))],
                serviceControl: control === undefined ? [] : [[named("service-control", "c", say(control))]],
                resource: named("resource", "r", { ...allow("s3:*"), Principal: granted }),
              };
              const passes = (layer: Say | undefined) => layer === undefined || layer === "allow";
              const capped = passes(boundary) && passes(session);
              const denied = [identity, boundary, session, control].includes("deny");
              const own = identity === "allow";
              const direct = grantee === "everyone" || grantee === "the session";
              const expected =
                !denied &&
                passes(control) &&
                (across
                  ? grantee !== "nobody" && own && capped
                  : direct || ((own || grantee === "the role") && capped));
              const { allowed } = ask(app, policies, { resourceAccount: across ? THERE : HERE });
              expect({ across, identity, boundary, session, control, allowed }).toMatchObject({ allowed: expected });
            }
          }
        }
      }
    }
  });
});

describe("principals", () => {
  it("a trusted ARN means its bearer alone, whatever the other names look like", () => {
    const name = fc.string({
      unit: pick("b", "B", "o", "y", ".", "+", "@", "-", "_", "="),
      minLength: 1,
      maxLength: 4,
    });
    const identity = fc
      .tuple(name, fc.boolean())
      .map(([called, isUser]) => (isUser ? user(called) : roleSession(called)));
    const arnOf = (one: ReturnType<typeof user | typeof roleSession>) => ("roleArn" in one ? one.roleArn : one.arn);
    const property = fc.property(identity, identity, (caller, trusted) => {
      const { allowed } = assume(caller, [trusts({ AWS: arnOf(trusted) })], {}, { accountId: THERE });
      expect(allowed).toBe(arnOf(caller) === arnOf(trusted));
    });
    fc.assert(property, RUNS);
  });
});

describe("wildcards", () => {
  /** Slow and obvious: does the value fit the pattern? */
  function fits(pattern: string, value: string): boolean {
    if (pattern === "") return value === "";
    if (pattern.startsWith("*"))
      return fits(pattern.slice(1), value) || (value !== "" && fits(pattern, value.slice(1)));
    return (
      value !== "" &&
      (pattern.startsWith("?") || pattern.charAt(0) === value.charAt(0)) &&
      fits(pattern.slice(1), value.slice(1))
    );
  }
  const unit = pick("a", "b", "A", ".", "+", "(", ")", "[", "]", "^", "|", "\\", "{", "/", "\n");
  const text = fc.string({ unit, maxLength: 8 });
  const pattern = fc.string({ unit: fc.oneof(unit, pick("*", "?")), maxLength: 8 });

  it("agree with a naive matcher in StringLike, regular expressions' characters included", () => {
    const property = fc.property(pattern, text, (glob, value) => {
      expect(holds({ StringLike: { "aws:UserAgent": glob } }, { "aws:UserAgent": value })).toBe(fits(glob, value));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it("agree with a naive matcher in Resource, part by part", () => {
    const part = fc.string({ unit: pick("a", "b", "*", "?"), maxLength: 3 });
    const plain = fc.string({ unit: pick("a", "b"), maxLength: 3 });
    const tail = fc.string({ unit: pick("a", ":", "/", "."), minLength: 1, maxLength: 5 });
    const tailPattern = fc.string({ unit: pick("a", ":", "/", ".", "*", "?"), minLength: 1, maxLength: 5 });
    const property = fc.property(part, part, tailPattern, plain, plain, tail, (region, account, rest, r, a, t) => {
      const identity = [named("identity", "p", allow("*", `arn:aws:sqs:${region}:${account}:${rest}`))];
      const { allowed } = ask(user("bob"), { identity }, { resource: `arn:aws:sqs:${r}:${a}:${t}` });
      expect(allowed).toBe(fits(region, r) && fits(account, a) && fits(rest, t));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it("come to an end on a pattern that makes a backtracking matcher try for ever", () => {
    const hostile = `${"*a".repeat(500)}*b*`;
    expect(holds({ StringLike: { "aws:UserAgent": hostile } }, { "aws:UserAgent": "a".repeat(5000) })).toBe(false);
  });
});
