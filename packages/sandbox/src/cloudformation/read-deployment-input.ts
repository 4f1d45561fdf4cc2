// What CreateStack, UpdateStack and CreateChangeSet have in common in their input.
import type { Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { fetchTemplate } from "./fetch-template.js";
import { validationError } from "./refusals.js";
import { MAX_BODY_BYTES } from "./template-limits.js";

export interface TemplateInput {
  readonly TemplateBody: string | undefined;
  readonly TemplateURL: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
}

/** Returns the template's text. Throws `ValidationError` unless there is exactly one, no longer than it may be. */
export function readTemplateInput(call: Call, input: TemplateInput, stack?: Stack): string {
  const { TemplateBody: body, TemplateURL: url, UsePreviousTemplate } = input;
  const previous = UsePreviousTemplate === true;
  if ([body !== undefined, url !== undefined, previous].filter(Boolean).length > 1) {
    throw validationError("Only one of Template URL, Template Body or Use Previous Template may be specified.");
  }
  if (body !== undefined) {
    if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
      throw validationError(
        `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
      );
    }
    return body;
  }
  if (url !== undefined) return fetchTemplate(call, url);
  const { templateText = "" } = stack?.deployment.source ?? {};
  if (previous && templateText !== "") return templateText;
  throw validationError("Either Template URL or Template Body must be specified.");
}

/** Returns the tags. Throws `ValidationError` for doubled keys and for AWS's own. */
export function readStackTags(
  tags: readonly { readonly Key: string; readonly Value: string }[],
): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const { Key, Value } of tags) {
    if (/^aws:/i.test(Key)) throw validationError("aws: prefixed tag key names are not allowed for external use.");
    if (read.has(Key)) throw validationError(`Duplicate tag key: ${Key}`);
    read.set(Key, Value);
  }
  return read;
}
