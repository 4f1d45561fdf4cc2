// What the signature is over. The first line keeps these signatures from being good for anything else.
import { canonicalJson } from "./canonical-json.js";
import type { CertificateContent } from "./certificate-form.js";

/** Returns the bytes that are signed. */
export function bytesToSign(content: CertificateContent): Buffer {
  return Buffer.from(`daypass-certificate-v1\n${canonicalJson(content)}`);
}
