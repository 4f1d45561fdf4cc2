// Session tags: those of the request, and the transitive ones that a chained session hands on.
// Source: IAM User Guide, "Pass session tags in AWS STS" and its section on chaining roles with session tags.
import { AwsError } from "../errors.js";
import type { Caller, Tags } from "../types.js";

export interface SessionTags {
  /** As the caller asked. */
  readonly requested: Tags;
  readonly requestedTransitiveKeys: readonly string[];
  /** What the new session will carry, inherited ones included. */
  readonly all: Tags;
  readonly transitiveKeys: ReadonlySet<string>;
}

/**
 * Returns the tags of the session to be. Throws `InvalidParameterValue` 400 for keys that differ only in case, reserved
 * keys, transitive keys without a tag, and for an attempt to override an inherited tag. AWS documents these rules, not
 * their texts.
 */
export function readSessionTags(
  caller: Caller,
  tags: readonly { readonly Key: string; readonly Value: string }[],
  transitiveTagKeys: readonly string[],
): SessionTags {
  const inherited = inheritedTags(caller);
  const taken = new Set([...inherited.keys()].map(fold));
  const requested = new Map<string, string>();
  const seen = new Set<string>();
  for (const { Key: key, Value: value } of tags) {
    if (fold(key).startsWith("aws:")) throw refusal(`Tag keys that begin with aws: are reserved: ${key}`);
    if (taken.has(fold(key)))
      throw refusal(`The tag key ${key} is inherited from the calling session and cannot be set`);
    if (seen.has(fold(key))) {
      throw refusal("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    seen.add(fold(key));
    requested.set(key, value);
  }
  for (const key of transitiveTagKeys) {
    if (!seen.has(fold(key))) throw refusal("The specified transitive tag key must be included in the requested tags.");
  }
  const wanted = new Set(transitiveTagKeys.map(fold));
  const transitive = [...requested.keys()].filter((key) => wanted.has(fold(key)));
  return {
    requested,
    requestedTransitiveKeys: transitiveTagKeys,
    all: new Map([...inherited, ...requested]),
    transitiveKeys: new Set([...inherited.keys(), ...transitive]),
  };
}

function inheritedTags(caller: Caller): Tags {
  if (caller.kind !== "session" || caller.session.kind !== "role") return new Map();
  const { tags, transitiveTagKeys } = caller.session;
  return new Map([...tags].filter(([key]) => transitiveTagKeys.has(key)));
}

function fold(key: string): string {
  return key.toLowerCase();
}

function refusal(message: string): AwsError {
  return new AwsError(400, "InvalidParameterValue", message);
}
