// Tab, by the shells themselves: commands first, then identities, odd names inert.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram, startShellWorld, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
beforeAll(async () => {
  world = await startShellWorld();
  await mkdir(join(world.directory, "shells"), { recursive: true });
  const names = ["dev/OPEN", "prod/ADMIN", "$(touch canary)", "two words"];
  const list = names.map((name) => `${name}\t-\t-\t!\n`).join("");
  await writeFile(join(world.directory, "shells", "identities"), list);
});
afterAll(() => world.close());

const scriptFor = async (shell: string): Promise<string> => (await world.call(["completion", shell])).stdout;
const isInstalled = (program: string): boolean => spawnSync(program, ["-c", ":"]).status === 0;

test("bash completes commands, then identities, each as one inert word", async () => {
  const script = await scriptFor("bash");
  const press = (line: string, word: number) =>
    `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=${word}; _daypass_words; printf '%s\\n' "\${COMPREPLY[@]}"; echo .\n`;
  const text = `${script}\n${press("daypass cred", 1)}${press("daypass exec dev", 2)}${press("daypass exec ", 2)}${press("daypass config add-", 2)}`;
  const { stdout } = await runProgram(["bash", "--norc"], { ...world.env }, text);
  const [first, second, third, fourth] = stdout.split(".\n");
  expect(first).toBe("credential-process\n");
  expect(second).toBe("dev/OPEN\n");
  expect(fourth).toBe("add-hub\nadd-environment\n");
  expect(third?.trim().split("\n")).toEqual(["dev/OPEN", "prod/ADMIN", "\\$\\(touch\\ canary\\)", "two\\ words"]);
});

test.skipIf(!isInstalled("fish"))("fish completes both", async () => {
  const script = await scriptFor("fish");
  const ask = `${script}\ncomplete -C 'daypass cred'\necho .\ncomplete -C 'daypass exec pro'\necho .\ncomplete -C 'daypass config add-'\n`;
  const { stdout } = await runProgram(["fish", "--no-config", "-c", ask], { ...world.env });
  expect(stdout).toBe("credential-process\n.\nprod/ADMIN\n.\nadd-environment\nadd-hub\n");
});

test.skipIf(!isInstalled("zsh"))("zsh completes what is in a group", async () => {
  const text = `compadd() { print -r -- "$@" }\n${await scriptFor("zsh")}\nwords=(daypass agent ''); CURRENT=3; _daypass_words\n`;
  const { stdout } = await runProgram(["zsh", "-f"], { ...world.env }, text);
  expect(stdout).toBe("-- start stop status lock unlock\n");
});

test.skipIf(!isInstalled("zsh"))("zsh reads it", async () => {
  const text = `${await scriptFor("zsh")}\nwhence -w _daypass_words\n`;
  const { stdout, stderr } = await runProgram(["zsh", "-f"], { ...world.env }, text);
  expect({ stdout, stderr }).toEqual({ stdout: "_daypass_words: function\n", stderr: "" });
});

test("hidden commands are not offered, and other shells are refused", async () => {
  expect(await scriptFor("bash")).not.toContain("shell-env");
  expect((await world.call(["completion", "cmd"])).code).toBe(2);
});
