// What a token asks for its session beyond who it is about: tags and a source identity, under AWS's own claim names.
// Source: IAM User Guide, "Pass session tags in AWS STS", "Passing session tags using AssumeRoleWithWebIdentity", and
// "Monitor and control actions taken with assumed roles".
import * as v from "valibot";
import { AwsError } from "../errors.js";

const tagKey = v.pipe(v.string(), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u));
const tagValue = v.pipe(v.string(), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u));
const tagsSchema = v.strictObject({
  /** AWS takes a list with one value, or the value itself. */
  principal_tags: v.optional(v.record(tagKey, v.union([tagValue, v.pipe(v.array(tagValue), v.length(1))])), {}),
  transitive_tag_keys: v.optional(v.array(tagKey), []),
});
const sourceIdentitySchema = v.pipe(v.string(), v.regex(/^[\w+=,.@-]{2,64}$/));

export interface RequestedBySession {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** Returns what the claims ask for. Throws `InvalidIdentityToken` 400 for claims of the wrong form. */
export function readSessionClaims(claims: Readonly<Record<string, unknown>>): RequestedBySession {
  const tags = read(tagsSchema, claims["https://aws.amazon.com/tags"] ?? {}, "https://aws.amazon.com/tags");
  const given = claims["https://aws.amazon.com/source_identity"];
  if (Object.keys(tags.principal_tags).length > 50) throw invalid("https://aws.amazon.com/tags");
  return {
    tags: Object.entries(tags.principal_tags).map(([Key, value]) => ({
      Key,
      Value: typeof value === "string" ? value : (value[0] ?? ""),
    })),
    transitiveTagKeys: tags.transitive_tag_keys,
    sourceIdentity:
      given === undefined ? undefined : read(sourceIdentitySchema, given, "https://aws.amazon.com/source_identity"),
  };
}

function read<S extends v.GenericSchema>(schema: S, claim: unknown, name: string): v.InferOutput<S> {
  const result = v.safeParse(schema, claim);
  if (!result.success) throw invalid(name);
  return result.output;
}

/** AWS's text for this is not documented. */
function invalid(name: string): AwsError {
  return new AwsError(400, "InvalidIdentityToken", `The claim ${name} is not of the form that AWS documents`);
}
