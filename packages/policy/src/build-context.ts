// The request's condition keys: those that the caller gives, and those that follow from the principal, which nobody
// may give. Sources: IAM User Guide, "AWS global condition context keys" and "Principal key values".
import { PolicyError } from "./errors.js";
import type { Context } from "./match-text.js";
import type { AccessRequest, ContextValue, RequestPrincipal } from "./types.js";

const TAG_PREFIX = "aws:principaltag/";
const DERIVED: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:principalservicenameslist",
  "aws:principaltype",
  "aws:resourceaccount",
  "aws:userid",
  "aws:username",
]);

/** Returns the request's keys in lower case. Throws `PolicyError` `invalid_request` for a key that is derived, doubled or ill-typed. */
export function buildContext(request: AccessRequest): Context {
  const context = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(request.context ?? {})) {
    const key = name.toLowerCase();
    if (DERIVED.has(key) || key.startsWith(TAG_PREFIX)) {
      throw refused(`context key ${name} follows from the principal and the resource`, "leave it out of the context");
    }
    add(context, name, key, value);
  }
  context.set("aws:resourceaccount", [request.resourceAccount]);
  for (const [key, value] of derivedKeys(request.principal)) context.set(key, [value]);
  const tags = "tags" in request.principal ? request.principal.tags : undefined;
  for (const [tag, value] of Object.entries(tags ?? {})) {
    add(context, `aws:PrincipalTag/${tag}`, `${TAG_PREFIX}${tag.toLowerCase()}`, value);
  }
  return context;
}

function add(context: Map<string, readonly string[]>, name: string, key: string, value: ContextValue): void {
  if (context.has(key)) throw refused(`context key ${name} is given twice, in different case`, "keep one of them");
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.filter((item) => typeof item === "string");
  if (texts.length !== values.length) {
    throw refused(`context key ${name} is neither text nor a list of texts`, "give every value as a string");
  }
  context.set(key, texts);
}

/** Keys in lower case. */
type Derived = readonly (readonly [key: string, value: string])[];

function derivedKeys(principal: RequestPrincipal): Derived {
  switch (principal.type) {
    case "root":
      return signed("Account", principal.accountId, rootArn(principal), principal.accountId);
    case "user":
      return [
        ...signed("User", principal.accountId, principal.arn, principal.uniqueId),
        ["aws:username", principal.userName],
      ];
    case "role-session": {
      // The ARN of the role, not of the session.
      const userId = `${principal.roleUniqueId}:${principal.sessionName}`;
      return signed("AssumedRole", principal.accountId, principal.roleArn, userId);
    }
    case "federated-user":
      return signed("FederatedUser", principal.accountId, principal.arn, principal.uniqueId);
    case "service":
      return [
        ["aws:principalisawsservice", "true"],
        ["aws:principalservicename", principal.service],
        ["aws:principalservicenameslist", principal.service],
      ];
    case "anonymous":
      return [
        ["aws:principalaccount", "anonymous"],
        ["aws:principaltype", "Anonymous"],
        ["aws:userid", "anonymous"],
      ];
    case "federated":
      // The unsigned call with which an outside identity asks for a role: AWS documents none of these keys for it.
      return [];
  }
}

function signed(type: string, accountId: string, arn: string, userId: string): Derived {
  return [
    ["aws:principalarn", arn],
    ["aws:principalaccount", accountId],
    ["aws:principaltype", type],
    ["aws:principalisawsservice", "false"],
    ["aws:userid", userId],
  ];
}

function rootArn({ partition, accountId }: { readonly partition: string; readonly accountId: string }): string {
  return `arn:${partition}:iam::${accountId}:root`;
}

function refused(message: string, hint: string): PolicyError {
  return new PolicyError("invalid_request", message, { path: "", hint });
}
