// Hostile values, and shells that read them back: each must come out byte for byte, and none may run.
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { renderStatements } from "../../packages/cli/dist/shells/render-statements.js";

const run = promisify(execFile);
/** Few enough that the environment of one process holds them all. */
const IN_ONE_SHELL = 250;
const LONGEST = 40_000_000;
const PREFIX = "QUOTED_";

const PIECES = [
  ..."'\"`$!^#%&*?[]{}()<>|;~=\\/ \t\n\r\u0001\u0007\u001b\u007f\u0080\u0085\u00a0é\u2018\u2019\u201a\u201b\u2028\ufeff\uf600\uf8ff\ufdd0\ufffd🂡",
  "",
  "$(touch ran)",
  "`touch ran`",
  "';touch ran;'",
  '";touch ran;"',
  "\n touch ran\n",
  "\ntouch ran #",
  "|touch ran",
  "&& touch ran ;",
  "$((1+1))",
  "${HOME}",
  "$HOME",
  "%HOME%",
  "$'\\x41'",
  "!!",
  "!-1",
  "!touch",
  "^a^b",
  "<(touch ran)",
  "=ls",
  "~root",
  "{a,b}",
  "\\n",
  "\\033",
  "\\\n",
  "\\'",
  "''",
  "\r\n",
  "\u001b]0;x\u0007",
  "-n",
  "--",
  "  ",
  "a",
];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 60 }) },
);
const isCarried = (text) => text.isWellFormed() && !text.includes("\0");

/**
 * Sends as many values through each of the shells: the words that start it, its options, and whose language it reads from
 * the file `statements`. Returns what a trial does.
 */
export async function readBackValues(shells, { amount, seed, folder }) {
  const values = fc.sample(value.filter(isCarried), { numRuns: amount, seed });
  const wrong = [];
  await Promise.all(
    shells.map(async ([command, args, shell], index) => {
      const cwd = join(folder, String(index));
      await mkdir(cwd);
      for (let from = 0; from < values.length; from += IN_ONE_SHELL) {
        const batch = values.slice(from, from + IN_ONE_SHELL);
        wrong.push(...(await readBack({ command, args, shell, cwd, batch })));
        if (wrong.length > 20) return;
      }
    }),
  );
  return { tried: values.length * shells.length, wrong, figures: { values: values.length, shells: shells.length } };
}

async function readBack({ command, args, shell, cwd, batch }) {
  const changes = batch.map((one, index) => ({ set: `${PREFIX}${index}`, value: one }));
  await writeFile(join(cwd, "statements"), renderStatements(shell, changes));
  const [program, ...before] = command;
  const env = { PATH: process.env.PATH, HOME: cwd, LC_ALL: "C.UTF-8" };
  const { stdout, stderr } = await run(program, [...before, ...args], {
    cwd,
    env,
    encoding: "buffer",
    maxBuffer: LONGEST,
  });
  const read = new Map(
    stdout
      .toString("latin1")
      .split("\0")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const wrong = batch.flatMap((one, index) => {
    const was = Buffer.from(one).toString("latin1");
    const is = read.get(`${PREFIX}${index}`);
    return is === was ? [] : [`${shell}: ${JSON.stringify(one)} became ${JSON.stringify(is)}`];
  });
  const left = (await readdir(cwd)).filter((name) => name !== "statements" && !name.startsWith("."));
  if (left.length > 0) wrong.push(`${shell}: a value made ${left.join(", ")}`);
  if (stderr.length > 0) wrong.push(`${shell}: it said ${JSON.stringify(stderr.toString().slice(0, 200))}`);
  return wrong;
}
