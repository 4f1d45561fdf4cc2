// Action and Resource with their Not forms. Sources: IAM User Guide, "IAM JSON policy elements: Action" and "Resource".
import { PolicyError } from "./errors.js";
import { splitArnTokens } from "./match-arn.js";
import { tokenize } from "./match-text.js";
import { itemsOf, stringOf } from "./read-document.js";
import type { Node } from "./read-document.js";

/** The service by name, the operation with wildcards. */
const ACTION = /^[A-Za-z0-9-]+:[A-Za-z0-9*?_.-]+$/;

/** Returns the action patterns as written. Throws `PolicyError` for anything but `*` and `service:Operation`. */
export function parseActions(node: Node): readonly string[] {
  const hint = `write "service:Operation" (wildcards after the colon), or "*"`;
  return itemsOf(node, hint).map((item) => {
    const action = stringOf(item, hint);
    if (action === "*" || ACTION.test(action)) return action;
    throw new PolicyError("invalid_policy", "malformed action", { path: item.path, hint });
  });
}

/** The service part may not have wildcards; variables stand after the fifth colon only. */
const ARN_PARTS: readonly RegExp[] = [
  /^arn$/,
  /^[a-z*?][a-z0-9*?-]*$/,
  /^[a-z0-9-]+$/,
  /^[a-z0-9*?-]*$/,
  /^[A-Za-z0-9*?-]*$/,
];

/** Returns the resource patterns as written. Throws `PolicyError` for anything but `*` and ARNs. */
export function parseResources(node: Node, variables: boolean): readonly string[] {
  const hint = `write an ARN of six parts (wildcards in all but the service, variables in the last), or "*"`;
  return itemsOf(node, hint).map((item) => {
    const resource = stringOf(item, hint);
    if (resource === "*") return resource;
    const parts = splitArnTokens(tokenize(resource, { wildcards: false, variables }, item.path));
    const valid = parts?.every((tokens, index) => {
      const pattern = ARN_PARTS[index];
      if (pattern === undefined) return tokens.length > 0;
      return (
        tokens.every(({ kind }) => kind === "text") &&
        pattern.test(tokens.map((token) => (token.kind === "text" ? token.text : "")).join(""))
      );
    });
    if (valid === true) return resource;
    throw new PolicyError("invalid_policy", "malformed resource", { path: item.path, hint });
  });
}
