// What the program costs when nothing is to be asked of AWS, beside a Node that does nothing, in turns in the same run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../packages/cli/bin/daypass.cjs", import.meta.url));
const ROUNDS = 60;
const NOTHING = "node -e 0";
/** Times as long as a Node that does nothing. */
const PROMISES = { "warm credential-process": 1.4, "--help": 2 };
const REASON = "it is a Node that also does something";

export async function bench(report) {
  const home = mkdtempSync(join(tmpdir(), "bench-cli-"));
  const env = { PATH: process.env.PATH, HOME: home, DAYPASS_KEYCHAIN: "off" };
  const program = (...args) => ({ args: [PROGRAM, ...args], env });
  try {
    writeIdentity(home);
    // Starts the agent, which has the answer from then on.
    await time(program("credential-process", "warm"));
    const took = await measure(
      new Map([
        [NOTHING, { args: ["-e", "0"], env }],
        ["warm credential-process", program("credential-process", "warm")],
        ["--help", program("--help")],
      ]),
    );
    const baseline = { name: NOTHING, figure: took.get(NOTHING) };
    for (const [name, most] of Object.entries(PROMISES)) {
      report({
        name,
        figure: took.get(name),
        unit: "ms",
        better: "less",
        baseline,
        promise: { most: baseline.figure * most },
        reason: REASON,
      });
    }
  } finally {
    await time(program("agent", "stop"));
    rmSync(home, { recursive: true, force: true });
  }
}

/** An identity whose credentials come from a file: no AWS, and nobody to ask. */
function writeIdentity(home) {
  mkdirSync(join(home, ".aws"), { mode: 0o700 });
  const document = {
    Version: 1,
    AccessKeyId: "ASIAEXAMPLEEXAMPLE00",
    SecretAccessKey: "example",
    SessionToken: "example",
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const file = join(home, "document.json");
  writeFileSync(file, JSON.stringify(document), { mode: 0o600 });
  writeFileSync(join(home, ".aws", "config"), `[profile warm]\ncredential_process = cat ${file}\n`, { mode: 0o600 });
}

/**
 * Returns the quickest round of each, in milliseconds, by the clock on the wall: what a start costs by itself. What other
 * programs took at that moment is in all the slower ones.
 */
async function measure(contenders) {
  const took = new Map([...contenders.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + 3; round++) {
    for (const [name, contender] of contenders) {
      const ms = await time(contender);
      // The first few warm the disk's cache.
      if (round >= 3) took.get(name).push(ms);
    }
  }
  return new Map([...took].map(([name, times]) => [name, Math.min(...times)]));
}

async function time({ args, env }) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - start;
}
