// boto3 and the AWS CLI as clients: found where they are installed, driven by drive.py, one process for each.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Answer } from "./judge-answer.js";
import type { Case, Keys } from "./read-table.js";

const DRIVER = fileURLToPath(new URL("drive.py", import.meta.url));

// Older clients do not know AWS_ENDPOINT_URL, and would take the cases to AWS. Version 2 of the CLI is not on PyPI.
const PROBE = `
import awscli, awscli.clidriver, boto3, botocore
of = lambda module: tuple(int(part) for part in module.__version__.split(".")[:2])
assert (1, 32) <= of(botocore) and (1, 30) <= of(awscli) < (2, 0)
`;

/** Returns the Python that has both clients, or why there is none. */
export function findPython(): { readonly python: string } | { readonly missing: string } {
  const python = process.env["DAYPASS_PYTHON"] ?? "python3";
  const { status, error } = spawnSync(python, ["-c", PROBE], { stdio: "ignore" });
  if (error !== undefined) return { missing: `${python} does not start` };
  return status === 0 ? { python } : { missing: `${python} has no recent boto3 and awscli` };
}

/** Runs the cases in order with one client; returns what it heard, by the case's name. */
export async function drivePython(
  python: string,
  client: "boto3" | "cli",
  plan: { readonly actors: Readonly<Record<string, Keys>>; readonly cases: readonly Case[]; readonly endpoint: string },
): Promise<Map<string, Answer>> {
  const { PATH = "" } = process.env;
  const env = {
    PATH,
    AWS_ENDPOINT_URL: plan.endpoint,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    NO_PROXY: "*",
  };
  const child = spawn(python, [DRIVER, client], { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(plan));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0) throw new Error(`drive.py ended with ${String(code)}: ${stderr.slice(-2000)}`);
  const answers = new Map<string, Answer>();
  for (const line of stdout.split("\n").filter((each) => each !== "")) {
    const { name, broken, ...answer } = JSON.parse(line) as Answer & { name: string; broken?: string };
    answers.set(name, broken === undefined ? answer : { allowed: false, code: "broken", status: 0, message: broken });
  }
  return answers;
}
