// Certificates: what they say follows from what AWS answered, and every change of one is found.
import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyCertificate, type CrossAccount, type IssuedCertificate } from "@daypass/cross-account";
import { CUSTOMER, openVendorWorld, VENDOR, type VendorWorld } from "./vendor-world.js";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const certificateKey = { keyId: "acme-2026", privateKey };
const run = promisify(execFile);
const program = new URL("../bin/daypass-certificate.mjs", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "daypass-certificate-"));

let world: VendorWorld;
let crossAccount: CrossAccount;
let integrationId = "";
let issued: IssuedCertificate;
beforeAll(async () => {
  world = await openVendorWorld();
  crossAccount = world.another({ certificateKey });
  ({ integrationId } = await world.activeIntegration());
  issued = await crossAccount.certify(integrationId);
});
afterAll(async () => {
  await world.sandbox.stop();
  rmSync(folder, { recursive: true });
});

const invalid = expect.objectContaining({ code: "certificate_invalid" });
const write = (content: unknown) => `${JSON.stringify(content, null, 2)}\n`;

/** Signs whatever it is given, as a vendor's careless or dishonest program might. */
function forge(changes: object): string {
  const { signature, ...content } = { ...issued.certificate, ...changes };
  expect(signature).toBeDefined();
  const bytes = Buffer.from(`daypass-certificate-v1\n${canonical(content)}`);
  return write({ ...content, signature: sign(null, bytes, privateKey).toString("base64url") });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

describe("a certificate", () => {
  it("says what was asked, answered, when, and for which role, and checks with the public key", async () => {
    const { certificate, words } = verifyCertificate(issued.text, publicKey, {
      accountId: CUSTOMER,
      vendorAccountId: VENDOR,
    });
    const { verification, role } = await crossAccount.getIntegration(integrationId);
    expect(certificate.role.roleArn).toBe(role?.roleArn);
    expect(certificate.probes).toHaveLength(verification?.probes.length ?? 0);
    expect(words.join("\n")).toMatch(/only with the right external ID/);
    const events = await world.store.listEvents({ limit: 1000 });
    expect(events.some(({ event }) => event.type === "integration.certified")).toBe(true);
  });

  it("holds no external ID", async () => {
    const { externalId } = await crossAccount.roleDocuments(integrationId);
    expect(issued.text).not.toContain(externalId);
  });

  it("is good with PEM too, and not with another key", () => {
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(verifyCertificate(issued.text, pem).certificate.keyId).toBe("acme-2026");
    const { publicKey: another } = generateKeyPairSync("ed25519");
    expect(() => verifyCertificate(issued.text, another)).toThrow(invalid);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    expect(() => verifyCertificate(issued.text, rsa)).toThrow(expect.objectContaining({ code: "invalid_option" }));
    expect(() => verifyCertificate(issued.text, "no key")).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });

  it("shows every change of a single character", () => {
    fc.assert(
      fc.property(fc.nat(issued.text.trimEnd().length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, put) => {
        fc.pre(issued.text[at] !== put);
        const changed = issued.text.slice(0, at) + put + issued.text.slice(at + 1);
        expect(() => verifyCertificate(changed, publicKey)).toThrow(invalid);
      }),
      { numRuns: 500 },
    );
  });

  it("shows a name that is given twice, a field too many and a field too few", () => {
    const twice = issued.text.replace('"format"', '"vendorAccountId": "999999999999",\n  "format"');
    const more = write({ ...issued.certificate, note: "trust me" });
    const { templateVersion, ...less } = issued.certificate;
    expect(templateVersion).toBeNull();
    for (const text of [twice, more, write(less), "{}", "", "null", "[]", issued.text.replaceAll("\n", "")]) {
      expect(() => verifyCertificate(text, publicKey)).toThrow(invalid);
    }
  });

  it("is not good for what its own probes do not prove, whoever signed it", () => {
    const { probes } = issued.certificate;
    const without = probes.filter(({ kind }) => kind !== "no_external_id");
    const letIn = probes.map((probe) => (probe.kind === "no_external_id" ? { ...probe, answer: "allowed" } : probe));
    const once = probes.filter(({ round }) => round === "first");
    for (const forged of [without, letIn, once, []]) {
      expect(() => verifyCertificate(forge({ probes: forged }), publicKey)).toThrow(invalid);
    }
    expect(verifyCertificate(forge({}), publicKey).certificate).toEqual(JSON.parse(forge({})));
  });

  it("is not good about another account, another vendor or times that cannot be", () => {
    expect(() => verifyCertificate(issued.text, publicKey, { accountId: "333333333333" })).toThrow(invalid);
    expect(() => verifyCertificate(issued.text, publicKey, { vendorAccountId: "333333333333" })).toThrow(invalid);
    const { role, finished } = issued.certificate;
    expect(() => verifyCertificate(forge({ role: { ...role, accountId: "333333333333" } }), publicKey)).toThrow(
      invalid,
    );
    expect(() => verifyCertificate(forge({ started: "2999-01-01T00:00:00.000Z" }), publicKey)).toThrow(invalid);
    expect(() => verifyCertificate(forge({ vendorAccountId: CUSTOMER }), publicKey)).toThrow(invalid);
    expect(finished <= issued.certificate.issued).toBe(true);
  });

  it("is issued for active integrations only, and with a key only", async () => {
    await expect(world.crossAccount.certify(integrationId)).rejects.toMatchObject({ code: "invalid_option" });
    const pending = await crossAccount.createIntegration({ customerId: "pending", declaredAccountId: null });
    await expect(crossAccount.certify(pending.integrationId)).rejects.toMatchObject({ code: "integration_not_active" });
  });
});

describe("daypass-certificate", () => {
  const certificate = join(folder, "certificate.json");
  const key = join(folder, "public.pem");
  beforeAll(() => {
    writeFileSync(certificate, issued.text);
    writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
  });

  it("says that a certificate is good, in words and as JSON", async () => {
    const words = await run(process.execPath, [
      program,
      "check",
      certificate,
      "--public-key",
      key,
      "--account",
      CUSTOMER,
    ]);
    expect(words.stdout).toMatch(/^good\n {2}arn:aws:iam::222222222222:role/);
    const json = await run(process.execPath, [program, "check", certificate, "--public-key", key, "--json"]);
    expect(JSON.parse(json.stdout)).toEqual(issued.certificate);
  });

  it("exits with 1 when it is not, and says why", async () => {
    const changed = join(folder, "changed.json");
    writeFileSync(changed, issued.text.replace(VENDOR, "999999999999"));
    const check = run(process.execPath, [program, "check", changed, "--public-key", key]);
    await expect(check).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("was changed since"),
    });
  });

  it.each([
    [["check", "/nowhere", "--public-key", "/nowhere"], "cannot be read: ENOENT"],
    [["check", "a"], "check needs --public-key"],
    [["check"], "check takes one file"],
    [["verify"], "there is no command"],
    [["check", "a", "--publickey", "b"], "publickey"],
    [["keygen"], "keygen needs --out"],
  ])("exits with 2 and a hint for %j", async (words, message) => {
    const wrong = run(process.execPath, [program, ...words]);
    await expect(wrong).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    await expect(wrong).rejects.toMatchObject({ stderr: expect.stringContaining("hint:") });
  });

  it("makes a key that only its owner can read, and never replaces one", async () => {
    const out = join(folder, "private.pem");
    const { stdout } = await run(process.execPath, [program, "keygen", "--out", out]);
    expect(stdout).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const before = readFileSync(out);
    await expect(run(process.execPath, [program, "keygen", "--out", out])).rejects.toMatchObject({ code: 2 });
    expect(readFileSync(out)).toEqual(before);
  });
});
