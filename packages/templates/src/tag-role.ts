// The role's tags: what it was made from, so that it can be compared and updated later.
import type { TemplateValue } from "./types.js";

/** Returns the tags. IAM takes letters, digits, spaces and `_.:/=+-@` in them, which all of these values keep to. */
export function tagsOfRole<Value extends TemplateValue>(
  version: string,
  integrationSuffix: Value,
  stackId: Value | undefined,
): Readonly<Record<string, Value | string>> {
  return {
    "daypass:template-version": version,
    "daypass:integration": integrationSuffix,
    ...(stackId === undefined ? {} : { "daypass:stack-id": stackId }),
  };
}
