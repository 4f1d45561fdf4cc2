// The program `daypass-certificate`: checks certificates, and makes keys to sign them with.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { readArguments, USAGE, type Arguments } from "./certificate/read-arguments.js";
import { verifyCertificate } from "./certificate/verify-certificate.js";
import { CrossAccountError } from "./errors.js";

const EXIT_WRONG_USE = 2;

try {
  run(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof CrossAccountError)) throw error;
  process.stderr.write(`daypass-certificate: error: ${error.message}\ndaypass-certificate: hint: ${error.hint}\n`);
  process.exitCode = error.code === "invalid_option" ? EXIT_WRONG_USE : 1;
}

function run(words: Arguments): void {
  if (words.command === "help") process.stdout.write(USAGE);
  else if (words.command === "keygen") keygen(words.out);
  else check(words);
}

function check({ file, publicKey, account, vendor, json }: Extract<Arguments, { command: "check" }>): void {
  const text = read(file === "-" ? 0 : file, "the certificate");
  const { certificate, words } = verifyCertificate(text, read(publicKey, "the public key"), {
    ...(account === undefined ? {} : { accountId: account }),
    ...(vendor === undefined ? {} : { vendorAccountId: vendor }),
  });
  process.stdout.write(
    json ? `${JSON.stringify(certificate)}\n` : `good\n${words.map((line) => `  ${line}\n`).join("")}`,
  );
}

function read(file: string | number, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CrossAccountError("invalid_option", `${what} cannot be read: ${codeOf(cause)}`, {
      hint: "see that the file exists and that you may read it",
      cause,
    });
  }
}

/** Never replaces a file: an overwritten signing key is gone. */
function keygen(out: string): void {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  try {
    writeFileSync(out, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new CrossAccountError("invalid_option", `the key cannot be written: ${codeOf(cause)}`, {
      hint: "name a file that does not exist yet, in a folder that you may write to",
      cause,
    });
  }
  process.stdout.write(publicKey.export({ type: "spki", format: "pem" }));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}
