// boto3 and the AWS CLI as clients: found where they are installed, driven by drive.py, one process for each.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const DRIVER = fileURLToPath(new URL("drive.py", import.meta.url));

// Older clients do not know AWS_ENDPOINT_URL, and would take the cases to AWS. Version 2 of the CLI is not on PyPI.
const PROBE = `
import json, awscli, awscli.clidriver, boto3, botocore
of = lambda module: tuple(int(part) for part in module.__version__.split(".")[:2])
assert (1, 32) <= of(botocore) and (1, 30) <= of(awscli) < (2, 0)
print(json.dumps({"boto3": boto3.__version__, "cli": awscli.__version__}))
`;

/** Returns the Python that has both clients, with their versions, or why there is none. */
export function findPython() {
  const python = process.env.DAYPASS_PYTHON ?? "python3";
  const { status, error, stdout } = spawnSync(python, ["-c", PROBE], { encoding: "utf8" });
  if (error !== undefined) return { missing: `${python} does not start` };
  if (status !== 0) return { missing: `${python} has no recent boto3 and awscli` };
  return { python, versions: JSON.parse(stdout) };
}

/**
 * Runs the cases in order with one client; returns what it heard, by the case's name. Goes to AWS where `endpoint` is
 * left out. `patience` is that of `askClient`. `signal` ends the program; the answers it had are lost.
 */
export async function drivePython(python, client, { actors, cases, endpoint, signal, patience }) {
  const { PATH = "", AWS_CA_BUNDLE, HTTPS_PROXY } = process.env;
  const env = {
    PATH,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    ...(endpoint === undefined
      ? defined({ AWS_CA_BUNDLE, HTTPS_PROXY })
      : { AWS_ENDPOINT_URL: endpoint, NO_PROXY: "*" }),
  };
  const child = spawn(python, [DRIVER, client], { env, signal, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ actors, cases, patience }));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0) throw new Error(`drive.py ended with ${String(code)}: ${stderr.trim().split("\n").at(-1)}`);
  const answers = new Map();
  for (const line of stdout.split("\n").filter((each) => each !== "")) {
    const { name, broken, ...answer } = JSON.parse(line);
    answers.set(name, broken === undefined ? answer : { allowed: false, code: "broken", status: 0, message: broken });
  }
  return answers;
}

function defined(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
