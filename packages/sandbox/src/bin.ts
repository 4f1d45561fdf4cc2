// The program `daypass-sandbox`.
import { readFileSync } from "node:fs";
import { SandboxError } from "./errors.js";
import { readArguments, USAGE } from "./read-arguments.js";
import type { Arguments } from "./read-arguments.js";
import { readWorldFile } from "./read-world-file.js";
import type { FaultOrder } from "./rehearsal/types.js";
import { startSandbox } from "./start-sandbox.js";
import type { Sandbox } from "./start-sandbox.js";
import type { WorldFile } from "./world-file.js";

/** The SDKs for JavaScript and others read the first; boto3 and version 1 of the AWS CLI know only the second. */
const REGION = "AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1";

const EXIT_WRONG_USE = 2;

try {
  await main(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof SandboxError)) throw error;
  process.stderr.write(`daypass-sandbox: error: ${error.message}\ndaypass-sandbox: hint: ${error.hint}\n`);
  process.exitCode = error.code === "invalid_option" ? EXIT_WRONG_USE : 1;
}

async function main(flags: Arguments): Promise<void> {
  if (flags.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (flags.version) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  if (process.env["NODE_ENV"] === "production") {
    throw new SandboxError("refused_environment", "the sandbox does not run with NODE_ENV=production", {
      hint: "it is for development and tests; unset NODE_ENV if that is what you want",
    });
  }
  const sandbox = await startSandbox({
    port: flags.port,
    stackDurationMs: flags.stackSeconds * 1000,
    // Checked against the documented form when it is loaded.
    world: flags.world === undefined ? undefined : (readWorldFile(flags.world) as WorldFile),
    worldSource: flags.world,
    // Checked against their documented forms when they are ordered.
    faults: flags.faults as readonly FaultOrder[],
    sourceIp: flags.sourceIp,
    reportBug: (error) => process.stderr.write(`daypass-sandbox: internal error: ${describe(error)}\n`),
  });
  // Before the announcement: whoever reads it may stop us at once.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void sandbox.stop().then(() => process.exit(0));
    });
  }
  try {
    announce(sandbox, flags);
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/** stdout is data: the line of JSON, or the keys that were asked for. Everything else is talk. */
function announce(sandbox: Sandbox, flags: Arguments): void {
  const { endpoint, console, control, accounts } = sandbox;
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ endpoint, console, control, accounts })}\n`);
    return;
  }
  const shown = flags.showKeys === undefined ? undefined : sandbox.account(flags.showKeys);
  process.stderr.write(`
  daypass sandbox ${version()}: a small AWS on this machine. Nothing here exists in any AWS account.

  endpoint   ${endpoint}
  console    ${console}
  accounts   ${accounts.map(({ id, name }) => `${id} ${name}`).join("\n             ")}

  Point the AWS CLI or any SDK at it:

    export AWS_ENDPOINT_URL=${endpoint} ${REGION}
${shown === undefined ? keyHint(accounts[0]?.name ?? "vendor") : ""}
  Stop it with Ctrl-C; nothing is kept.

`);
  if (shown === undefined) return;
  process.stdout.write(
    `export AWS_ENDPOINT_URL=${endpoint} ${REGION}\n` +
      `export AWS_ACCESS_KEY_ID=${shown.admin.accessKeyId} AWS_SECRET_ACCESS_KEY=${shown.admin.secretAccessKey}\n`,
  );
}

function keyHint(account: string): string {
  return `
  Each account has an admin user. Start with --show-keys ${account} to have its key printed here,
  or with --json for all of them.
`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
