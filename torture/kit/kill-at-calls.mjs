// Runs a scene of a program again and again, and kills it at one system call after the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "./random.mjs";

const AT_ONCE = 2;
/** At these something changes, so they come first. */
const CHANGES = new Set(["write", "pwrite64", "rename", "link", "unlink", "mkdir", "ftruncate"]);

/**
 * Returns a trial that kills `program SCENE FOLDER` at the system calls `calls` (strace's names, with commas) of all `scenes`,
 * each on a copy of what the scene begins with. A scene is `{ begin(folder), check(folder, isDone) }`, where `check` returns
 * what is wrong; the program says `done` when its work is acknowledged. `words` are the trial's name, claim and amounts,
 * and what would show.
 */
export const killTrial = ({ program, scenes, calls, ...words }) => ({
  ...words,
  unit: "kills",
  needs: ["strace"],
  run: (options) => killAtCalls({ ...options, program: fileURLToPath(program), scenes, calls, label: words.name }),
});

async function killAtCalls({ program, scenes, calls, label, amount, seed, folder }) {
  const random = createRandom(seed, label);
  const points = [];
  for (const [name, scene] of Object.entries(scenes)) {
    const original = join(folder, name);
    mkdirSync(original, { mode: 0o700 });
    await scene.begin(original);
    points.push(...(await findPoints({ program, calls, name, original, copy: join(folder, `${name}-counted`) })));
  }
  const total = points.length;
  // Each once, in an order of its own, before any comes again.
  const rank = ({ call }) => (CHANGES.has(call) ? 0 : 2 ** 30) + random.int(2 ** 30);
  const order = points.map((point) => [rank(point), point]).toSorted(([a], [b]) => a - b);
  const chosen = Array.from({ length: amount }, (_, index) => order[index % total][1]);
  const wrong = [];
  let killed = 0;
  const next = chosen.entries();
  const lane = async () => {
    for (const [number, { name, call, when }] of next) {
      const copy = join(folder, `${name}-${number}`);
      cpSync(join(folder, name), copy, { recursive: true });
      const inject = `inject=${call}:signal=KILL:when=${when}`;
      const options = ["-e", `trace=${call}`, "-e", inject, "-o", "/dev/null"];
      const { output, wasKilled } = await run({ program, name, copy, options });
      if (wasKilled) killed++;
      const problem = await scenes[name].check(copy, output === "done\n").catch((error) => String(error));
      if (problem !== undefined) wrong.push(`${name}, ${call} ${when}: ${problem}`);
      rmSync(copy, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { tried: chosen.length, wrong, figures: { "points in all": total, "ended by the kill": killed } };
}

/** Every call on what is in the folder. strace tells with `-y` which file a number stands for. */
async function findPoints({ program, calls, name, original, copy }) {
  cpSync(original, copy, { recursive: true });
  const log = `${copy}.log`;
  await run({ program, name, copy, options: ["-y", "-e", `trace=${calls}`, "-o", log] });
  const counts = new Map();
  const points = [];
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const call = /^\d+\s+(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const thread = `${line.split(" ")[0]} ${call}`;
    const when = (counts.get(thread) ?? 0) + 1;
    counts.set(thread, when);
    if (line.includes(copy)) points.push({ name, call, when });
  }
  rmSync(copy, { recursive: true });
  return points;
}

async function run({ program, name, copy, options }) {
  const child = spawn("strace", ["-f", "-qq", ...options, process.execPath, program, name, copy], {
    stdio: ["ignore", "pipe", "ignore"],
    // strace counts for each thread: with one that does the files' work, a number names a call.
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code, signal] = await once(child, "close");
  return { output, wasKilled: signal === "SIGKILL" || code === 137 };
}
