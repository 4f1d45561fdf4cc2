// ARNs are compared part by part: a * in one part is no match for more than that part. Sources: IAM User Guide,
// "IAM JSON policy elements: Resource" and "Condition operators", ARN operators.
import { matcherOf } from "./match-text.js";
import type { Context, TextMatcher, TextToken } from "./match-text.js";

const PARTS = 6;

/** Returns the parts of an ARN: `arn`, partition, service, region, account and resource. `undefined`: it is none. */
export function splitArn(arn: string): readonly string[] | undefined {
  const parts = arn.split(":");
  if (parts.length < PARTS || parts[0] !== "arn") return undefined;
  return parts.length === PARTS ? parts : [...parts.slice(0, PARTS - 1), parts.slice(PARTS - 1).join(":")];
}

/** Returns the tokens of each of the six parts; `undefined` when the pattern has fewer. */
export function splitArnTokens(tokens: readonly TextToken[]): readonly (readonly TextToken[])[] | undefined {
  const parts: TextToken[][] = [[]];
  for (const token of tokens) {
    let rest = token.kind === "text" ? token.text : undefined;
    if (rest === undefined) {
      parts.at(-1)?.push(token);
      continue;
    }
    while (parts.length < PARTS) {
      const colon = rest.indexOf(":");
      if (colon === -1) break;
      if (colon > 0) parts.at(-1)?.push({ kind: "text", text: rest.slice(0, colon) });
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    if (rest !== "") parts.at(-1)?.push({ kind: "text", text: rest });
  }
  return parts.length === PARTS ? parts : undefined;
}

/** Returns a matcher for ARNs. `undefined`: the pattern has fewer than six parts. */
export function arnMatcherOf(tokens: readonly TextToken[]): TextMatcher | undefined {
  const parts = splitArnTokens(tokens)?.map(matcherOf);
  if (parts === undefined) return undefined;
  // Without wildcards and variables, equal text is equal part by part.
  if (tokens.every(({ kind }) => kind === "text")) return matcherOf(tokens);
  return {
    keys: parts.flatMap(({ keys }) => keys),
    match: (value, context) => {
      const values = splitArn(value);
      if (values === undefined) return false;
      let all: boolean | undefined = true;
      for (let index = 0; index < PARTS; index += 1) {
        const matched = parts[index]?.match(values[index] ?? "", context);
        if (matched === false) return false;
        if (matched === undefined) all = undefined;
      }
      return all;
    },
  };
}

/** A pattern of Resource or NotResource. */
export interface ResourceMatcher extends TextMatcher {
  /** Whether the pattern would match if its stars reached over colons. */
  readonly reaches: (value: string, context: Context) => boolean;
}

/**
 * Returns a matcher for resources. `undefined`: the pattern has fewer than six parts.
 * "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
 * boundaries" (IAM User Guide, "IAM JSON policy elements: Resource"); the page does not say when it does.
 */
export function resourceMatcherOf(tokens: readonly TextToken[]): ResourceMatcher | undefined {
  const matcher = arnMatcherOf(tokens);
  if (matcher === undefined) return undefined;
  const leading = splitArnTokens(tokens)?.slice(0, -1) ?? [];
  if (!leading.some((part) => part.at(-1)?.kind === "any")) return { ...matcher, reaches: () => false };
  const whole = matcherOf(tokens);
  return { ...matcher, reaches: (value, context) => whole.match(value, context) === true };
}
