// The README's table is the program's own help.
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { PROGRAM, runProgram } from "./practice.js";

const help = async (): Promise<readonly (readonly [name: string, brief: string])[]> => {
  const env = { PATH: process.env["PATH"] ?? "", HOME: tmpdir() };
  const { stdout } = await runProgram(process.execPath, [PROGRAM, "--help"], { env, cwd: tmpdir() });
  const [, commands = ""] = stdout.split("\nCOMMANDS\n");
  return [...commands.matchAll(/^ {2}(\S+) +(\S.*)$/gm)].map(([, name = "", brief = ""]) => [name, brief]);
};

it("the table of commands is what --help says, in its words and order", async () => {
  const text = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([\w-]+)` +\| (.+?) +\|$/gm)].map(([, name = "", what = ""]) => [
    name,
    what.replaceAll("`", ""),
  ]);
  const told = await help();
  expect(told.length).toBeGreaterThan(10);
  expect(rows).toEqual(told);
});
