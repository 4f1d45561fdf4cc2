// Records the first minutes of a new user on the sandbox as pictures of real sessions: docs/pictures/cli-*.svg.
//
//   node scripts/picture-terminal/main.mjs [folder]
//
// Needs tmux. Nothing is acted: the program runs, and what it shows is drawn. Ports, times and codes differ each time.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { renderScreen } from "./render-screen.mjs";
import { openTerminal } from "./type-in-tmux.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = at("../../packages/cli/bin/daypass.cjs");
const VISITOR = at("../../packages/cli/test/visit-portal.mjs");
const COLUMNS = 116;
const out = process.argv[2] ?? at("../../docs/pictures");
mkdirSync(out, { recursive: true });

const work = mkdtempSync(join(tmpdir(), "ada-"));
const env = {
  PATH: process.env.PATH,
  HOME: work,
  SHELL: "/bin/bash",
  TERM: "screen-256color",
  LANG: "C.UTF-8",
  PS1: "$ ",
};
/** Where the AWS CLI is installed, it is in the pictures. */
const hasAwsCli = spawnSync("aws", ["--version"], { env }).status === 0;
const terminal = openTerminal({ columns: COLUMNS, rows: 44, command: "env PS1='$ ' bash --norc --noprofile", env });

const save = (name, title) =>
  writeFileSync(join(out, `cli-${name}.svg`), renderScreen(terminal.look(), { columns: COLUMNS, title }));
const enter = (text) => {
  terminal.type(text);
  terminal.press("Enter");
};
try {
  terminal.type(`daypass() { ${process.execPath} ${PROGRAM} "$@"; }`);
  terminal.press("Enter");
  await terminal.clear();
  enter("daypass sandbox");
  await terminal.see(/what happened\s+\(-\) \$ $/);
  save("1-sandbox", "a company to practise in");

  await terminal.clear();
  enter("daypass list");
  await terminal.see(/prod\/read-only.*\n+\(-\) \$ $/);
  enter("daypass sandbox code");
  const [, code] = await terminal.see(/code\n(\d{6})\n/);
  enter("aws-as dev/admin");
  await terminal.see(/MFA code.*:/);
  save("2-question", "one question");
  enter(code);
  await terminal.see(/\(dev\/admin\) \$ $/);
  enter("aws-as");
  await terminal.see(/aws-as\n(?:.*\n)+\(dev\/admin\) \$ $/);
  if (hasAwsCli) {
    enter("aws s3 ls");
    await terminal.see(/dev-reports/);
  }
  enter("aws-as prod/read-only");
  await terminal.see(/\(prod\/read-only\) \$ $/);
  enter("aws-as -");
  await terminal.see(/aws-as -\n(?:.*\n)*\(-\) \$ $/);
  save("3-switch", "who this shell is");

  await terminal.clear();
  enter("daypass login company");
  await terminal.see(/another device\?/);
  enter("y");
  const [, address] = await terminal.see(/(http:\/\/127\.0\.0\.1:\d+\/\S*user_code=[\w-]+)/);
  save("4-login", "signing in to IAM Identity Center");
  await new Promise((resolve, reject) => {
    spawn(process.execPath, [VISITOR, address], { stdio: "inherit" }).once("exit", (status) =>
      status === 0 ? resolve() : reject(new Error("nobody approved")),
    );
  });
  await terminal.see(/next: `daypass sync/);
  await terminal.clear();
  enter("daypass sync company");
  await terminal.see(/config\?/);
  enter("y");
  await terminal.see(/written to/);
  save("5-sync", "a profile for every role");

  await terminal.clear();
  enter("daypass explain dev/admin");
  await terminal.see(/all: .*\n+\(-\) \$ $/);
  enter("daypass doctor");
  await terminal.see(/to look at/);
  save("6-explain", "where it comes from, and what is wrong");

  await terminal.clear();
  enter("daypass audit");
  await terminal.see(/\n\(-\) \$ $/);
  enter("daypass audit --verify");
  await terminal.see(/head [0-9a-f]{64}/);
  save("7-audit", "what happened");
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
} finally {
  terminal.press("C-c");
  enter("exit");
  // The practice ends with its shell, and takes its agent along.
  for (let tries = 0; tries < 40 && !/\nexit\n(?:.*\n)*\$ $/.test(`${terminal.plain().trimEnd()} `); tries++)
    await sleep(250);
  terminal.close();
  await rm(work, { recursive: true, force: true, maxRetries: 10 });
}
