// Short ways to put a question: AWS's own example accounts and names, everything else at its plainest.
import { evaluate, parsePolicy, PolicyError } from "@daypass/policy";
import type {
  AccessRequest,
  Decision,
  NamedPolicy,
  PolicyErrorCode,
  PolicyKind,
  PolicySet,
  RequestPrincipal,
} from "@daypass/policy";

/** The caller's account, and another one. */
export const HERE = "111122223333";
export const THERE = "444455556666";

/** As on AWS, no two identities share a unique ID. */
function uniqueIdOf(prefix: "AIDA" | "AROA", accountId: string, name: string): string {
  const hex = Buffer.from(`${accountId.slice(0, 2)}${name}`)
    .toString("hex")
    .toUpperCase();
  return prefix + hex.padEnd(17, "0");
}

export function user(name: string, accountId = HERE, uniqueId = uniqueIdOf("AIDA", accountId, name)) {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  return { type: "user", arn, accountId, uniqueId, userName: name } as const satisfies RequestPrincipal;
}

export function roleSession(
  name: string,
  accountId = HERE,
  options: { session?: string; id?: string; path?: string } = {},
) {
  const { session = "session", id = uniqueIdOf("AROA", accountId, name), path = "/" } = options;
  return {
    type: "role-session",
    roleArn: `arn:aws:iam::${accountId}:role${path}${name}`,
    roleUniqueId: id,
    accountId,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`,
    sessionName: session,
  } as const satisfies RequestPrincipal;
}

export function root(accountId = HERE) {
  return { type: "root", accountId, partition: "aws" } as const satisfies RequestPrincipal;
}

export const BOB = user("bob");
export const ANONYMOUS = { type: "anonymous" } as const satisfies RequestPrincipal;

type Json = Readonly<Record<string, unknown>>;

/** A document of version 2012-10-17. */
export function document(...statements: readonly Json[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function named(kind: PolicyKind, name: string, ...statements: readonly Json[]): NamedPolicy {
  return { name, policy: parsePolicy(document(...statements), kind) };
}

export function allow(
  action: string | readonly string[],
  resource: string | readonly string[] = "*",
  rest: Json = {},
): Json {
  return { Effect: "Allow", Action: action, Resource: resource, ...rest };
}

export function deny(
  action: string | readonly string[],
  resource: string | readonly string[] = "*",
  rest: Json = {},
): Json {
  return { Effect: "Deny", Action: action, Resource: resource, ...rest };
}

/** A trust statement for sts:AssumeRole. */
export function trusts(principal: unknown, condition: Json = {}, effect = "Allow"): Json {
  return { Effect: effect, Principal: principal, Action: "sts:AssumeRole", Condition: condition };
}

export const BUCKET = "arn:aws:s3:::bucket";
export const OBJECT = `${BUCKET}/key`;

/** Asks for s3:GetObject on an object of the caller's own account unless told otherwise. */
export function ask(principal: RequestPrincipal, policies: PolicySet, request: Partial<AccessRequest> = {}): Decision {
  return evaluate({ principal, action: "s3:GetObject", resource: OBJECT, resourceAccount: HERE, ...request }, policies);
}

/** Asks whether the principal may assume the role `target`; its own policies allow every STS action. */
export function assume(
  principal: RequestPrincipal,
  trust: readonly Json[],
  context: Readonly<Record<string, string>> = {},
  options: { accountId?: string; action?: string; identity?: readonly NamedPolicy[]; more?: PolicySet } = {},
): Decision {
  const { accountId = HERE, action = "sts:AssumeRole", more = {} } = options;
  const { identity = [named("identity", "sts", allow("sts:*"))] } = options;
  return evaluate(
    {
      principal,
      action,
      resource: `arn:aws:iam::${accountId}:role/target`,
      resourceAccount: accountId,
      context,
    },
    { identity, ...more, resource: named("trust", "trust policy", ...trust) },
  );
}

/** Whether a condition holds for the given request keys, as seen by an Allow. */
export function holds(condition: Json, context: Readonly<Record<string, string | readonly string[]>> = {}): boolean {
  return ask(BOB, { identity: [named("identity", "p", allow("*", "*", { Condition: condition }))] }, { context })
    .allowed;
}

/** Whether a Deny with the condition applies. */
export function denies(condition: Json, context: Readonly<Record<string, string | readonly string[]>> = {}): boolean {
  const identity = [named("identity", "p", allow("*"), deny("*", "*", { Condition: condition }))];
  return ask(BOB, { identity }, { context }).outcome === "explicit-deny";
}

/** Returns the PolicyError that `work` throws, as data. */
export function errorOf(work: () => unknown): { code: PolicyErrorCode; path: string; message: string; hint: string } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { code: error.code, path: error.path, message: error.message, hint: error.hint };
  }
  throw new Error("nothing was thrown");
}
