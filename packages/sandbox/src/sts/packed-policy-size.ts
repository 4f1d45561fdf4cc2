// How full a session's policies and tags are. AWS packs them in a form that it does not publish; we deflate.
import { deflateRawSync } from "node:zlib";
import { AwsError } from "../errors.js";
import type { Tags } from "../types.js";

/** An estimate: AWS publishes neither its packing nor the space, only that the answer is a percentage of it. */
const ALLOTTED_BYTES = 1536;

/**
 * Returns the percentage of the allotted space, `undefined` when there is nothing to pack.
 * Throws `PackedPolicyTooLarge` 400 above 100.
 */
export function packedPolicySize(
  policy: string | undefined,
  policyArns: readonly string[],
  tags: Tags,
): number | undefined {
  if (policy === undefined && policyArns.length === 0 && tags.size === 0) return undefined;
  const packed = deflateRawSync(JSON.stringify([policy ?? "", policyArns, [...tags]]), { level: 9 });
  const percent = Math.ceil((packed.length * 100) / ALLOTTED_BYTES);
  if (percent <= 100) return percent;
  throw new AwsError(
    400,
    "PackedPolicyTooLarge",
    policy === undefined && policyArns.length === 0
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}
