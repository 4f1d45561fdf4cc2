// A herd of processes wants the same session in the same moment: round after round, and in some rounds whoever is asked
// is killed in the middle of the question.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createAgentClient } from "@daypass/agent";
import { neverPrompt } from "@daypass/auth";
import { agentCommand, ASKER, endSpawned, linesOf, until } from "../packages/agent/test/run-agents.mjs";
import { bundleProgram } from "./kit/bundle-program.mjs";

const HERD = 200;
const EVERY_KILL = 2;

export const trial = {
  name: "herd-of-processes",
  claim:
    "however many processes ask at once, one agent starts, one terminal is asked, AWS is asked once, and all get the same; where the asked one is killed the next is asked",
  wouldShow: "a second agent, a second question, a second call, a process with an error or with another session",
  unit: "processes",
  amounts: { test: 24, short: 400, long: 4_000 },
  needs: [],

  async run({ amount, seed, folder }) {
    const rounds = Math.max(2, Math.round(amount / HERD));
    const size = Math.ceil(amount / rounds);
    const directory = join(folder, "person");
    mkdirSync(directory, { mode: 0o700 });
    const log = join(folder, "log");
    const asker = await bundleProgram(ASKER, join(folder, "asker"));
    const wrong = [];
    let kills = 0;
    try {
      for (let round = 0; round < rounds; round++) {
        const isKill = (round + seed) % EVERY_KILL === 0;
        kills += isKill ? 1 : 0;
        const before = linesOf(log);
        const problems = await stampede({ asker, directory, log, size, identity: `round-${round}`, isKill });
        const made = linesOf(log).slice(before.length);
        const count = (word) => made.filter((line) => line.startsWith(`${word} `)).length;
        wrong.push(...problems.map((text) => `round ${round}: ${text}`));
        const expected = { spawn: round === 0 ? 1 : 0, prompt: isKill ? 2 : 1, answer: 1 };
        for (const [word, times] of Object.entries(expected)) {
          if (count(word) !== times) wrong.push(`round ${round}: ${count(word)} times ${word}, not ${times}`);
        }
      }
    } finally {
      endSpawned(log);
    }
    return { tried: rounds * size, wrong, figures: { rounds, "askers killed": kills } };
  },
};

/** All at once; where somebody is to be killed, the first of them never answers. */
async function stampede({ asker, directory, log, size, identity, isKill }) {
  const command = JSON.stringify(agentCommand(directory, log, "ask"));
  const ask = (code) =>
    spawn(process.execPath, [asker, directory, log, code, identity, command], { stdio: ["ignore", "pipe", "pipe"] });
  let victim;
  if (isKill) {
    victim = ask("hang");
    await until(() => linesOf(log).some((line) => line.startsWith(`prompt ${victim.pid} `)));
  }
  const herd = Array.from({ length: size - (isKill ? 1 : 0) }, () => outputOf(ask("123456")));
  if (victim !== undefined) {
    const client = createAgentClient({ directory, prompt: neverPrompt("this is the one who watches") });
    // Two are enough to have somebody who waits; the others may come before or after.
    await until(async () => (await client.status()).waiting >= 2);
    victim.kill("SIGKILL");
  }
  const outputs = await Promise.all(herd);
  return outputs.filter((output) => output !== "0 token-123456\n");
}

async function outputOf(child) {
  let text = "";
  child.stdout.on("data", (bytes) => (text += bytes));
  child.stderr.on("data", (bytes) => (text += bytes));
  const [code, signal] = await once(child, "close");
  return `${signal ?? code} ${text}`;
}
