// How aacli and aws-auth encrypted their file: AES-256-CTR under an unsalted SHA-256 of the passphrase, and nothing that
// notices a change. Only ever read here, so that people can leave it.
import * as v from "valibot";

const SEALED = v.strictObject({
  iv: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/i)),
  content: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/i)),
});

export type LegacySealed = v.InferOutput<typeof SEALED>;

/** Returns the sealed content, or `undefined` where the value is none. */
export const readSealed = (value: unknown): LegacySealed | undefined => {
  const result = v.safeParse(SEALED, value);
  return result.success ? result.output : undefined;
};

/**
 * Returns the JSON value under the passphrase, or `undefined` where it is another one: what comes out is no JSON then, and
 * that is the only sign there is.
 */
export const decryptLegacy = ({ iv, content }: LegacySealed, passphrase: string): unknown => {
  // Loaded when it is needed: every start of the program would wait for it.
  const { createDecipheriv, createHash } = process.getBuiltinModule("node:crypto");
  // The first 32 letters of the digest's base 64, used as if they were bytes.
  const key = createHash("sha256").update(passphrase).digest("base64").slice(0, 32);
  const cipher = createDecipheriv("aes-256-ctr", key, Buffer.from(iv, "hex"));
  const text = Buffer.concat([cipher.update(Buffer.from(content, "hex")), cipher.final()]).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
