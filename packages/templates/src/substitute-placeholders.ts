// `${…}` means two things: a placeholder to CloudFormation, a variable to IAM. Here each gets to the one it is meant for.
import { TemplateError } from "./errors.js";
import type { TemplateValue } from "./types.js";

const PLACEHOLDER = /^\$\{AWS::(?:AccountId|Partition|Region)\}$/;
/** IAM policy elements: Variables and tags. `${*}`, `${?}` and `${$}` are the characters themselves. */
const VARIABLE = /^\$\{(?:[*?$]|[A-Za-z0-9.-]{1,128}:[A-Za-z0-9_][\w+=.@/-]{0,255}(?: *, *'[^'{}$]{0,256}')?)\}$/;
const ANY = /\$\{[^}]*\}?/g;

/** Returns the text. Throws `TemplateError` `invalid_placeholder` for a `${` that means nothing, or something else. */
export function checkPlaceholders(text: string, path: string): string {
  for (const [found] of text.matchAll(ANY)) {
    if (!PLACEHOLDER.test(found) && !VARIABLE.test(found)) {
      throw new TemplateError("invalid_placeholder", `${JSON.stringify(found)} means nothing here`, {
        path,
        hint: "write ${AWS::AccountId}, ${AWS::Partition}, ${AWS::Region} or a policy variable such as ${aws:username}",
      });
    }
  }
  return text;
}

/**
 * Returns the text as a template holds it: as it is, or as `Fn::Sub` when something is to be filled in. There, variables of
 * IAM's are written `${!…}`, which comes out as `${…}` (CloudFormation Template Reference, Fn::Sub).
 */
export function substitutePlaceholders(text: string): TemplateValue {
  const found = text.match(ANY) ?? [];
  if (!found.some((each) => PLACEHOLDER.test(each))) return text;
  return { "Fn::Sub": text.replaceAll(ANY, (each) => (PLACEHOLDER.test(each) ? each : each.replace("${", "${!"))) };
}
