// Checks a certificate as a customer would: nothing is believed, neither the signature alone nor what it says.
import { createPublicKey, KeyObject, verify } from "node:crypto";
import * as v from "valibot";
import { printable } from "../check-input.js";
import { CrossAccountError } from "../errors.js";
import { judgeTrust } from "../judge-trust.js";
import { parseRoleArn } from "../role-arn.js";
import { certificateSchema, type Certificate } from "./certificate-form.js";
import { bytesToSign } from "./sign-content.js";

/** What the one who checks knows by themselves. */
export interface CertificateExpectations {
  readonly accountId?: string;
  readonly vendorAccountId?: string;
  readonly roleArn?: string;
  readonly keyId?: string;
}

export interface CheckedCertificate {
  readonly certificate: Certificate;
  /** What it says, for people. */
  readonly words: readonly string[];
}

/**
 * Returns what a certificate says, once all of it holds: its form, the signature of `publicKey` (a KeyObject or PEM), that its
 * probes prove what it claims when they are judged again, and that it is about whom the caller expects. Throws
 * `CrossAccountError` `certificate_invalid` with what was wrong.
 */
export function verifyCertificate(
  text: string,
  publicKey: KeyObject | string,
  expected: CertificateExpectations = {},
): CheckedCertificate {
  const certificate = readCertificate(text);
  const { signature, ...content } = certificate;
  const bytes = Buffer.from(signature, "base64url");
  // The last character has bits to spare: only one of its spellings is the one that was issued.
  const isCanonical = bytes.toString("base64url") === signature;
  if (!isCanonical || !verify(null, bytesToSign(content), readPublicKey(publicKey), bytes)) {
    throw invalid(
      "it was not signed with this key, or was changed since",
      "get the public key from the vendor's own site",
    );
  }
  checkClaims(certificate);
  checkExpectations(certificate, expected);
  return { certificate, words: describe(certificate) };
}

function readCertificate(text: string): Certificate {
  let parsed: unknown;
  let rewritten: string;
  try {
    parsed = JSON.parse(text);
    // Throws, too: a RangeError for what is nested so deeply that no certificate is.
    rewritten = JSON.stringify(parsed, null, 2);
  } catch (cause) {
    throw invalid("it is not JSON", "pass the file as it was issued", cause);
  }
  // A name given twice would be read one way here and another way elsewhere; issued certificates have one spelling.
  if (text.trim() !== rewritten) {
    throw invalid("it is not written as it was issued", "pass the file as it was issued, without any change");
  }
  const checked = v.safeParse(certificateSchema, parsed, { abortEarly: true });
  if (checked.success) return checked.output;
  const place = v.getDotPath(checked.issues[0]) ?? "the whole";
  // Its names are those of who wrote it, and this ends up on the terminal of who checks.
  throw invalid(`${printable(place)} has not the form of a certificate`, "pass the file as it was issued");
}

function readPublicKey(given: KeyObject | string): KeyObject {
  let key: KeyObject;
  try {
    key = given instanceof KeyObject ? given : createPublicKey(given);
  } catch (cause) {
    throw new CrossAccountError("invalid_option", "the public key cannot be read", { hint: "pass it as PEM", cause });
  }
  if (key.type === "public" && key.asymmetricKeyType === "ed25519") return key;
  throw new CrossAccountError("invalid_option", "this is not an Ed25519 public key", {
    hint: "pass the public key of the vendor, as PEM or KeyObject",
  });
}

/** Judged again, from the answers in it: a signature under a claim that does not follow is worth nothing. */
function checkClaims({ role, vendorAccountId, probes, started, finished, issued }: Certificate): void {
  const { roleArn, accountId, roleUniqueId } = role;
  if (parseRoleArn(roleArn).accountId !== accountId)
    throw invalid("role and account are not the same", "ask for a new one");
  const facts = {
    probes: probes.map((probe) => ({ ...probe, time: new Date(probe.time) })),
    assumed: [{ accountId, roleUniqueId }],
  };
  const verdict = judgeTrust(facts, { accountId, declaredAccountId: null, vendorAccountId, roleUniqueId });
  if (verdict.outcome !== "proven") throw invalid("its own probes do not prove it", "ask for a new one");
  if (started > finished || finished > issued) throw invalid("its times contradict each other", "ask for a new one");
}

function checkExpectations({ role, vendorAccountId, keyId }: Certificate, expected: CertificateExpectations): void {
  const actual = { accountId: role.accountId, roleArn: role.roleArn, vendorAccountId, keyId };
  for (const [name, value] of Object.entries(expected)) {
    const found = Object.entries(actual).find(([known]) => known === name)?.[1];
    if (found === undefined) {
      throw new CrossAccountError("invalid_option", `nothing called ${JSON.stringify(name)} can be expected`, {
        hint: `expect ${Object.keys(actual).join(", ")}`,
      });
    }
    if (found !== value)
      throw invalid(`its ${name} is ${found}, not ${value}`, "see that you have the right certificate");
  }
}

function describe({
  role,
  vendorAccountId,
  started,
  finished,
  probes,
  capabilities,
  templateVersion,
  keyId,
}: Certificate) {
  const denied = probes.filter(({ answer }) => answer === "denied").length;
  const held = capabilities.filter(({ expected, answer }) => expected === answer).length;
  return [
    `${role.roleArn} in account ${role.accountId} lets in vendor ${vendorAccountId} only with the right external ID`,
    `${denied} wrong external IDs were denied between ${started} and ${finished}, in two rounds`,
    ...(capabilities.length === 0 ? [] : [`${held} of ${capabilities.length} capability checks came out as expected`]),
    ...(templateVersion === null ? [] : [`made from template ${templateVersion}`]),
    `signed with key ${keyId}`,
  ];
}

function invalid(problem: string, hint: string, cause?: unknown): CrossAccountError {
  return new CrossAccountError("certificate_invalid", `the certificate is not good: ${problem}`, { hint, cause });
}
