// The guide's session in Nushell, whose own editor draws on the whole screen: so there is one here, tmux's.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openTerminal, type TmuxTerminal } from "../../../scripts/picture-terminal/type-in-tmux.mjs";
import { isInstalled, NU, openHome, requiresShells, TEST_SHELLS, type TestHome } from "./terminal/open-shell.js";
import { identityOf } from "./terminal/shell-rules.js";

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
const canRun = requiresShells || (hasTmux && TEST_SHELLS.some((shell) => shell.argv[0] === NU && isInstalled(shell)));
if (!canRun) process.stderr.write("skipped: Nushell on a terminal: it or tmux is not installed\n");

const QUESTION = "Enter MFA code for arn:aws:iam::111111111111:mfa/my-user1: ";
const identities = {
  "my-user1-dev": { ...identityOf("USER"), caller: { UserId: "AIDCRAZYLOOKINGSTRING" }, asks: QUESTION },
  "my-role1-dev": { ...identityOf("ROLE"), caller: { UserId: "AROBUNCHOFRANDOMSTUFF:user1@dev-account" } },
};
const INDEX = "my-role1-dev\tp\t-\tmy-role1-dev\nit's $(touch ran)\tq\t-\tit_s___touch_ran_\n";
const CONFIG = `$env.config.show_banner = false
$env.PROMPT_COMMAND = {|| "" }
$env.PROMPT_COMMAND_RIGHT = {|| "" }
$env.PROMPT_INDICATOR = "$ "
`;

let home: TestHome;
let terminal: TmuxTerminal;

/** Opens it as the readme says: the file is in the folder that each Nushell reads. */
const open = (label?: string): void => {
  home = openHome({ identities, index: INDEX, env: label === undefined ? {} : { DAYPASS_LABEL: label } });
  const config = join(home.folder, ".config", "nushell");
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "config.nu"), CONFIG);
  const save = "mkdir $nu.user-autoload-dirs.0; aws-as-activate nu | save --force ($nu.user-autoload-dirs.0)/aws-as.nu";
  const { status, stderr } = spawnSync(NU, ["-c", save], { env: home.env, cwd: home.folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const env = { ...home.env, TERM: "screen" };
  terminal = openTerminal({ columns: 120, rows: 40, command: `cd ${home.folder} && exec ${NU}`, env });
};

const enter = async (line: string, until: RegExp): Promise<void> => {
  terminal.type(line);
  terminal.press("Enter");
  await terminal.see(until);
};

describe.skipIf(!canRun)("in Nushell on a terminal", () => {
  afterEach(() => {
    terminal.close();
    home.close();
  });

  test("the label, the question, Tab and the way back are the guide's", { timeout: 60_000 }, async () => {
    open();
    await terminal.see(/\(-\) \$ $/);
    await enter("aws-as my-user1-dev", /my-user1: $/);
    await enter("123456", /\(my-user1-dev\) \$ $/);
    await enter("aws sts get-caller-identity", /"AIDCRAZYLOOKINGSTRING"[\s\S]*\n\(my-user1-dev\) \$ $/);
    terminal.type("aws-as my-r");
    terminal.press("Tab");
    await terminal.see(/\$ aws-as my-role1-dev\s*$/);
    await enter("", /\(my-role1-dev\) \$ $/);
    await enter("aws-as nobody", /no such identity\n {2}hint: try another\n\(my-role1-dev\) \$ $/);
    await enter("aws-as", /\nmy-role1-dev \(\d+ h \d+ min left\)\n\(my-role1-dev\) \$ $/);
    terminal.type('aws-as --agent "it');
    terminal.press("Tab");
    await terminal.see(/\$ aws-as --agent "it's \$\(touch ran\)"\s*$/);
    await enter("", /\n\(it_s___touch_ran_\) \$ $/);
    await enter("aws-as -", /\n\(-\) \$ $/);
    await enter("aws-as-deactivate", /\n\$ $/);
    expect(terminal.plain()).not.toContain("(-) (-)");
    expect(existsSync(join(home.folder, "ran"))).toBe(false);
  });

  test("a label from outside that could change the terminal is not shown", { timeout: 60_000 }, async () => {
    open("%n$(touch ran)`touch ran`!\u001b]0;x\u0007");
    await terminal.see(/\(\?\) \$ $/);
  });
});
