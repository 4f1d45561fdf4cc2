// Certificates under attack: edited, rewritten, forged, and checked for somebody else.
import { generateKeyPairSync, sign } from "node:crypto";
import { verifyCertificate, type CertificateExpectations, type IssuedCertificate } from "@daypass/cross-account";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVendorWorld, type VendorWorld } from "../../packages/cross-account/test/vendor-world.js";
import { refuses } from "./attack-table.js";
import {
  certificateExpectations,
  deceivingCertificates,
  editedCertificates,
  forgedCertificates,
  rewrittenCertificates,
  type Content,
} from "./tables/certificates.js";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
let world: VendorWorld;
let issued: IssuedCertificate;
beforeAll(async () => {
  world = await openVendorWorld();
  const vendor = world.another({ certificateKey: { keyId: "acme-2030", privateKey } });
  const { integrationId } = await world.activeIntegration();
  issued = await vendor.certify(integrationId);
});
afterAll(() => world.sandbox.stop());

const contentOf = () => JSON.parse(issued.text) as Content;
const write = (content: unknown) => `${JSON.stringify(content, null, 2)}\n`;

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

/** Signed with the vendor's key, whatever it says. */
function forge(edit: (content: Content) => unknown): string {
  const { signature: _, ...content } = edit(contentOf()) as Content;
  const bytes = Buffer.from(`daypass-certificate-v1\n${canonical(content)}`);
  return write({ ...content, signature: sign(null, bytes, privateKey).toString("base64url") });
}

test("a certificate is good as it was issued, and when it is signed anew without a change", () => {
  expect(verifyCertificate(issued.text, publicKey).certificate.keyId).toBe("acme-2030");
  expect(
    verifyCertificate(
      forge((content) => content),
      publicKey,
    ).certificate.keyId,
  ).toBe("acme-2030");
});

for (const [title, rows] of [
  ["a certificate that was edited", editedCertificates],
  ["a certificate that deceives a terminal", deceivingCertificates],
] as const) {
  refuses(title, rows, ({ edit }) => verifyCertificate(write(edit(contentOf())), publicKey));
}
refuses("a certificate that was written anew", rewrittenCertificates, ({ rewrite }) =>
  verifyCertificate(rewrite(issued.text), publicKey),
);
refuses("a certificate that a vendor should not have signed", forgedCertificates, ({ edit }) =>
  verifyCertificate(forge(edit), publicKey),
);
refuses("a certificate of somebody else", certificateExpectations, ({ expectation }) =>
  verifyCertificate(issued.text, publicKey, expectation as CertificateExpectations),
);
