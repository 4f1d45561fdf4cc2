// As whom a simulation calls, and which context keys that settles.
import type { ContextValue, RequestPrincipal } from "@daypass/policy";
import { findByArn } from "../find.js";
import { invalidInput } from "../iam/refusals.js";
import type { Role, User } from "../types.js";
import type { World } from "../world-types.js";

const TAG_PREFIX = "aws:principaltag/";
const SESSION_NAME = "simulation";

export interface SimulatedCaller {
  readonly principal: RequestPrincipal;
  readonly accountId: string;
  /** Lower case. */
  readonly keys: ReadonlySet<string>;
  readonly context: Readonly<Record<string, ContextValue>>;
}

/** Who is simulated: a user or role that exists, a user by ARN alone, or nobody in particular of an account. */
export type CallerChoice =
  | { readonly kind: "entity"; readonly entity: User | Role }
  | { readonly kind: "user-arn"; readonly arn: string }
  | { readonly kind: "nobody"; readonly accountId: string };

/**
 * Returns the choice that `CallerArn` makes in the asker's account: a user of another one is an ARN and no more, or its
 * tags and id could be found out by asking. Throws `InvalidInput`: "You can specify only the ARN of an IAM user" (IAM API
 * Reference, "SimulatePrincipalPolicy").
 */
export function chooseCaller(world: World, accountId: string, callerArn: string): CallerChoice {
  if (!/^arn:aws:iam::\d{12}:user\/(?:[\x21-\x7e]*\/)?[\w+=,.@-]+$/.test(callerArn)) {
    throw invalidInput(`Invalid CallerArn ${callerArn}: only the ARN of an IAM user can be specified.`);
  }
  const found = findByArn(world, callerArn);
  const entity = found?.accountId === accountId ? found : undefined;
  return entity === undefined ? { kind: "user-arn", arn: callerArn } : { kind: "entity", entity };
}

/**
 * Returns the caller with the keys of the request's `ContextEntries`. Those about the caller become the caller's own;
 * throws `InvalidInput` for one that contradicts who the caller is.
 */
export function simulatedCaller(
  choice: CallerChoice,
  entries: Readonly<Record<string, ContextValue>>,
): SimulatedCaller {
  const context: Record<string, ContextValue> = {};
  const tags: Record<string, string> = {};
  const about = new Map<string, ContextValue>();
  for (const [key, value] of Object.entries(entries)) {
    const folded = key.toLowerCase();
    if (folded.startsWith(TAG_PREFIX)) tags[key.slice(TAG_PREFIX.length)] = single(key, value);
    else if (ABOUT_THE_CALLER.has(folded)) about.set(folded, value);
    else context[key] = value;
  }
  const userName = about.get("aws:username");
  const named =
    choice.kind === "nobody" && userName !== undefined
      ? ({
          kind: "user-arn",
          arn: `arn:aws:iam::${choice.accountId}:user/${single("aws:username", userName)}`,
        } as const)
      : choice;
  const principal = principalOf(named, tags);
  const settled = settledKeys(principal);
  for (const [key, value] of about) {
    if (settled.get(key) !== single(key, value)) throw invalidInput(`The context key ${key} follows from the caller.`);
  }
  const ownKeys = named.kind === "nobody" ? [] : settled.keys();
  const tagKeys = Object.keys("tags" in principal ? (principal.tags ?? {}) : {});
  return {
    principal,
    accountId: principal.accountId,
    keys: new Set([...ownKeys, ...tagKeys.map((tag) => TAG_PREFIX + tag.toLowerCase())]),
    context,
  };
}

const ABOUT_THE_CALLER: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principaltype",
  "aws:userid",
  "aws:username",
]);

type KnownPrincipal = Extract<RequestPrincipal, { readonly type: "user" | "role-session" }>;

function principalOf(choice: CallerChoice, given: Readonly<Record<string, string>>): KnownPrincipal {
  switch (choice.kind) {
    case "entity": {
      const { entity } = choice;
      const { accountId, uniqueId, arn, name } = entity;
      const tags = { ...untouched(entity.tags, given), ...given };
      return entity.kind === "user"
        ? { type: "user", arn, accountId, uniqueId, userName: name, tags }
        : roleSession(accountId, arn, name, uniqueId, tags);
    }
    case "user-arn": {
      const accountId = choice.arn.split(":")[4] ?? "";
      const userName = choice.arn.slice(choice.arn.lastIndexOf("/") + 1);
      return { type: "user", arn: choice.arn, accountId, uniqueId: "AIDASIMULATEDCALLER00", userName, tags: given };
    }
    case "nobody": {
      // A session of no role that exists: it has no aws:username, which only the request can give.
      const { accountId } = choice;
      const arn = `arn:aws:iam::${accountId}:role/${SESSION_NAME}`;
      return roleSession(accountId, arn, SESSION_NAME, "AROASIMULATEDCALLER00", given);
    }
  }
}

function roleSession(
  accountId: string,
  roleArn: string,
  roleName: string,
  roleUniqueId: string,
  tags: Readonly<Record<string, string>>,
): KnownPrincipal {
  const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${SESSION_NAME}`;
  return { type: "role-session", roleArn, roleUniqueId, accountId, sessionArn, sessionName: SESSION_NAME, tags };
}

/** The entity's tags but those that the request overrides, without regard to case. */
function untouched(
  tags: ReadonlyMap<string, string>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const overridden = new Set(Object.keys(given).map((key) => key.toLowerCase()));
  return Object.fromEntries([...tags].filter(([key]) => !overridden.has(key.toLowerCase())));
}

function settledKeys(principal: KnownPrincipal): ReadonlyMap<string, string> {
  const isUser = principal.type === "user";
  const keys = new Map([
    ["aws:principalaccount", principal.accountId],
    ["aws:principalarn", isUser ? principal.arn : principal.roleArn],
    ["aws:principaltype", isUser ? "User" : "AssumedRole"],
    ["aws:userid", isUser ? principal.uniqueId : `${principal.roleUniqueId}:${principal.sessionName}`],
  ]);
  return isUser ? keys.set("aws:username", principal.userName) : keys;
}

function single(key: string, value: ContextValue): string {
  const [only, ...more] = typeof value === "string" ? [value] : value;
  if (only === undefined || more.length > 0) throw invalidInput(`The context key ${key} has one value.`);
  return only;
}
