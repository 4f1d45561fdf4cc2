// What one `credential_process` of an SDK costs while the agent has the answer: by each of its clients, beside a Node
// that does nothing, in turns in the same run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAgentClient, placeSocket, renderAskScript } from "@daypass/agent";
import { neverPrompt } from "@daypass/auth";
import { build } from "esbuild";
import { startAgentProcess } from "../packages/agent/test/run-agents.mjs";
import { median } from "./kit/take-turns.mjs";

const ROUNDS = 40;
const NOTHING = "node -e 0";
/** A bundle that asks as our program does. */
const CLIENT = `
import { createAgentClient } from "@daypass/agent";
import { neverPrompt } from "@daypass/auth";
const [directory, identity] = process.argv.slice(2);
const client = createAgentClient({ directory, prompt: neverPrompt("a bench") });
client.credentials({ identity }).then(({ credentials }) => process.stdout.write(credentials.sessionToken));
`;

export async function bench(report) {
  const directory = mkdtempSync(join(tmpdir(), "bench-agent-"));
  let pid;
  try {
    pid = await startAgentProcess({ directory, log: join(directory, "log"), args: ["plain"] });
    const client = createAgentClient({ directory, prompt: neverPrompt("a bench") });
    await client.credentials({ identity: "prod/admin" });
    const took = await measure(await contendersOf(directory));
    const baseline = { name: NOTHING, figure: took.get(NOTHING) };
    for (const [name, figure] of took) {
      if (name === NOTHING) continue;
      const isBundle = name.includes("bundle");
      report({
        name: `warm credential_process ${name}`,
        figure,
        unit: "ms",
        better: "less",
        baseline,
        promise: { most: baseline.figure * (name.includes("nc") ? 0.5 : isBundle ? 1.5 : 1) },
        ...(isBundle && {
          reason: "it is a Node that also connects and answers; only where neither nc nor curl is there",
        }),
      });
    }
  } finally {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

async function contendersOf(directory) {
  const script = join(directory, "ask");
  const paths = placeSocket({ directory });
  writeFileSync(script, renderAskScript({ paths, fallback: ["/bin/false"], mayAsk: false }));
  chmodSync(script, 0o700);
  const bundle = join(directory, "client.cjs");
  const root = fileURLToPath(new URL("..", import.meta.url));
  await build({
    stdin: { contents: CLIENT, resolveDir: root },
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  const contenders = new Map([[NOTHING, { command: process.execPath, args: ["-e", "0"], env: process.env }]]);
  for (const program of ["nc", "curl"]) {
    const found = find(program);
    if (found === undefined) continue;
    const path = join(directory, `with-${program}`);
    writePath(path, [program, "ls"]);
    contenders.set(`by ${program}`, { command: script, args: ["prod/admin"], env: { PATH: path } });
  }
  const args = [bundle, directory, "prod/admin"];
  return contenders.set("by the bundle", { command: process.execPath, args, env: process.env });
}

function writePath(path, programs) {
  mkdirSync(path);
  for (const program of programs) symlinkSync(find(program), join(path, program));
}

function find(program) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
}

/** Returns the median of each, in milliseconds, by the clock on the wall. */
async function measure(contenders) {
  const took = new Map([...contenders.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + 3; round++) {
    for (const [name, contender] of contenders) {
      const ms = await time(contender);
      // The first few warm the disk's cache.
      if (round >= 3) took.get(name).push(ms);
    }
  }
  return new Map([...took].map(([name, times]) => [name, median(times)]));
}

async function time({ command, args, env }) {
  const start = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return performance.now() - start;
}
