// npm run bench [-- FILTER]: runs every other bench/*.mjs in turn, each in a process of its own, and prints its lines.
//
// A bench is a module that prints one line per figure, `NAME: FIGURE UNIT` (and, where there is a promise, ` (at least
// N)` or ` (at most N)`), and exits with 1 when a promise is not kept. It imports packages by their doors, uses fixed
// inputs, warms up before it measures, and ends within 20 seconds.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const filter = process.argv[2] ?? "";
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".mjs") && name !== "main.mjs" && name.includes(filter))
  .sort();

const broken = [];
for (const name of names) {
  const { status, signal } = spawnSync(process.execPath, [`${folder}${name}`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) broken.push(`${name} (${signal ?? `exit ${status}`})`);
}

if (names.length === 0) broken.push(filter === "" ? "there are no benches" : `no bench matches "${filter}"`);
for (const line of broken) console.error(`bench: ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;
