// kill -9 at random moments, four processes on one file.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "./kit/bundle-program.mjs";
import { createRandom } from "./kit/random.mjs";
import { acknowledged, checkStore } from "./kit/store-checker.mjs";

const WRITER = fileURLToPath(new URL("kit/store-writer.mjs", import.meta.url));
const WRITERS = 4;
const ROUNDS_PER_FILE = 10;

export const trial = {
  name: "kill-store",
  claim: "whatever was acknowledged is there, and nothing half, after kill -9 of four writers at random moments",
  wouldShow:
    "an acknowledged write that is gone, a revoked integration that is active again, an audit that does not verify",
  unit: "kills",
  amounts: { test: 24, short: 200, long: 20_000 },
  needs: [],

  async run({ amount, seed, folder }) {
    const random = createRandom(seed, "kill-store");
    const writer = await bundleProgram(WRITER, folder);
    const wrong = [];
    let acks = new Map();
    let [tried, writes, inFlight] = [0, 0, 0];
    for (let round = 0; tried < amount; round++) {
      if (round % ROUNDS_PER_FILE === 0) [acks, inFlight] = [new Map(), 0];
      const path = join(folder, `${Math.floor(round / ROUNDS_PER_FILE)}.db`);
      // Some before the file is open, most while it is written.
      const delays = Array.from({ length: WRITERS }, () => random.int(random.chance(0.2) ? 250 : 60));
      const outputs = await Promise.all(
        delays.map((delay, n) => writeAndKill([writer, path, `${round}-${n}`], delay, delay < 60)),
      );
      for (const output of outputs) for (const [id, state] of acknowledged(output)) acks.set(id, state);
      tried += WRITERS;
      inFlight += WRITERS;
      writes = Math.max(writes, acks.size);
      wrong.push(...(await checkStore({ path, acks, inFlight })).map((line) => `round ${round}: ${line}`));
      if (wrong.length >= 20) break;
    }
    return { tried, wrong, figures: { "integrations in one file": writes } };
  },
};

/** Kills a writer so many milliseconds after its first acknowledged write, or after it was started. */
async function writeAndKill([writer, path, name], delayMs, afterFirst) {
  const child = spawn(process.execPath, [writer, path, name, "0", "one"], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  const first = new Promise((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.split("\n").length > 2) resolve();
    });
    child.on("close", resolve);
  });
  const closed = once(child, "close");
  if (afterFirst) await first;
  await sleep(delayMs);
  child.kill("SIGKILL");
  await closed;
  return output;
}
