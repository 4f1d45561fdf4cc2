// The program `daypass-audit`: checks the audit of a store, and signs how far it goes.
import { CrossAccountError } from "@daypass/cross-account";
import { signCheckpoint } from "./audit-checkpoint.js";
import { readArguments, USAGE, type Arguments } from "./read-arguments.js";
import { readPublicKey, readSealingKeys, readSigningKey, readText } from "./read-key-files.js";
import { verifyAudit, type AuditReport } from "./verify-audit.js";

const EXIT_WRONG = 1;
const EXIT_WRONG_USE = 2;

try {
  await run(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof CrossAccountError)) throw error;
  process.stderr.write(`daypass-audit: error: ${error.message}\ndaypass-audit: hint: ${error.hint}\n`);
  process.exitCode = error.code === "invalid_option" ? EXIT_WRONG_USE : EXIT_WRONG;
}

async function run(words: Arguments): Promise<void> {
  if (words.command === "help") process.stdout.write(USAGE);
  else if (words.command === "verify") await verify(words);
  else await checkpoint(words);
}

async function verify(words: Extract<Arguments, { command: "verify" }>): Promise<void> {
  const { database, keys, checkpoints, publicKey, json } = words;
  const report = await verifyAudit({
    path: database,
    sealingKeys: readSealingKeys(keys),
    ...(checkpoints !== undefined && { checkpoints: linesOf(readText(checkpoints, "the checkpoints")) }),
    ...(publicKey !== undefined && { publicKey: readPublicKey(publicKey) }),
  });
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : describe(report, checkpoints !== undefined));
  if (report.findings.length > 0) process.exitCode = EXIT_WRONG;
}

async function checkpoint(words: Extract<Arguments, { command: "checkpoint" }>): Promise<void> {
  const { database, keys, signingKey, keyId } = words;
  const privateKey = readSigningKey(signingKey);
  const report = await verifyAudit({ path: database, sealingKeys: readSealingKeys(keys) });
  if (report.findings.length > 0) {
    process.stderr.write(`${describe(report, false)}daypass-audit: error: an audit that is wrong is not signed\n`);
    process.exitCode = EXIT_WRONG;
    return;
  }
  const heads = report.head === undefined ? [] : [report.head];
  process.stdout.write(`${signCheckpoint(heads, { keyId, privateKey }, new Date())}\n`);
}

function describe({ events, checkpoints, findings }: AuditReport, hadCheckpoints: boolean): string {
  const found = findings.map(({ sequence, problem }) =>
    sequence === 0 ? `${problem}\n` : `event ${sequence} ${problem}\n`,
  );
  const total = `${events} events, ${checkpoints} checkpoints agree, ${findings.length} findings\n`;
  const caveat = hadCheckpoints ? "" : "without checkpoints a cut end or an older copy goes unnoticed\n";
  return `${found.join("")}${total}${caveat}`;
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
