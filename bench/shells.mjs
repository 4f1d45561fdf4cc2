// What it costs to become somebody in a shell that knows them: no process at all, beside the least that one of Node costs.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const SHELLS = fileURLToPath(new URL("../packages/cli/shells", import.meta.url));
/** As many identities as a person in a large organisation has; the last two are asked for. */
const IDENTITIES = 200;
const SWITCHES = 500;
const RUNS = 5;

const median = (figures) => figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)];

function time(program, args, env) {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

export function bench(report) {
  const home = mkdtempSync(join(tmpdir(), "daypass-bench-shells-"));
  try {
    benchSwitch(report, home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function benchSwitch(report, home) {
  const names = Array.from({ length: IDENTITIES }, (_, n) => `account-${n}/admin`);
  // As the program writes it: name, profile, region, label.
  const lines = names.map((name) => `${name}\tdaypass-${name}\teu-west-1\t${name}\n`);
  mkdirSync(join(home, ".daypass", "shells"), { recursive: true });
  writeFileSync(join(home, ".daypass", "shells", "identities"), lines.join(""));
  const [a, b] = names.slice(-2);
  const activate = `_aws_as_shells='${SHELLS}'; . "$_aws_as_shells/activate.sh"`;
  const script = (times) =>
    `${activate}; for ((n = 0; n < ${times}; n++)); do aws-as --agent ${a} && aws-as --agent ${b} || exit 1; done`;
  // Without a path there is no program that could have helped.
  const env = { HOME: home, PATH: "/nowhere" };
  const taken = { ours: [], node: [] };
  for (let run = 0; run <= RUNS; run++) {
    const idle = time("/bin/bash", ["--norc", "-c", script(0)], env);
    const busy = time("/bin/bash", ["--norc", "-c", script(SWITCHES / 2)], env);
    const node = time(process.execPath, ["-e", "0"], {});
    // The first one warms up.
    if (run === 0) continue;
    taken.ours.push((busy - idle) / SWITCHES);
    taken.node.push(node);
  }
  report({
    name: `switching a shell with --agent, the last of ${IDENTITIES} identities`,
    figure: median(taken.ours),
    unit: "ms",
    better: "less",
    baseline: { name: "node -e 0", figure: median(taken.node) },
  });
}
