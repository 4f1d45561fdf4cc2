// The session of the aws-as guide, on a real terminal, as a person sees it: prompts, question and answers word for word.
import { describe, expect, test } from "vitest";
import { isInstalled, openHome, TEST_SHELLS, typeInto, type Step, type TestShell } from "./terminal/open-shell.js";
import { identityOf } from "./terminal/shell-rules.js";

const USER = {
  UserId: "AIDCRAZYLOOKINGSTRING",
  Account: "111111111111",
  Arn: "arn:aws:iam::111111111111:user/my-user1",
};
const ROLE = {
  UserId: "AROBUNCHOFRANDOMSTUFF:user1@dev-account",
  Account: "111111111111",
  Arn: "arn:aws:sts::111111111111:assumed-role/my-role1/my-user1@dev",
};
const QUESTION = "Enter MFA code for arn:aws:iam::111111111111:mfa/my-user1: ";
const identities = {
  "my-user1-dev": { ...identityOf("USER"), caller: USER, asks: QUESTION },
  "my-role1-dev": { ...identityOf("ROLE"), caller: ROLE },
};

const session = (activate: string): readonly Step[] => [
  [activate, "\n(-) $ "],
  ["", "\n(-) $ "],
  ["aws-as my-user1-dev", QUESTION],
  ["123456", "\n(my-user1-dev) $ "],
  ["aws sts get-caller-identity", "\n(my-user1-dev) $ "],
  ["aws-as my-role1-dev", "\n(my-role1-dev) $ "],
  ["aws sts get-caller-identity", "\n(my-role1-dev) $ "],
  ["aws-as my-user1-dev", "\n(my-user1-dev) $ "],
  ["aws-as my-role1-dev", "\n(my-role1-dev) $ "],
  ["aws-as -", "\n(-) $ "],
  ["aws-as my-user1-dev", "\n(my-user1-dev) $ "],
  ["aws-as-deactivate", "\n$ "],
];

const SEEN = `
(-) $
(-) $ aws-as my-user1-dev
${QUESTION}123456
(my-user1-dev) $ aws sts get-caller-identity
${JSON.stringify(USER, null, 4)}
(my-user1-dev) $ aws-as my-role1-dev
(my-role1-dev) $ aws sts get-caller-identity
${JSON.stringify(ROLE, null, 4)}
(my-role1-dev) $ aws-as my-user1-dev
(my-user1-dev) $ aws-as my-role1-dev
(my-role1-dev) $ aws-as -
(-) $ aws-as my-user1-dev
(my-user1-dev) $ aws-as-deactivate
$`;

const lines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");

const inHome = (shell: TestShell, steps: readonly Step[], env: Record<string, string> = {}): string => {
  const home = openHome({ identities, env });
  try {
    return lines(typeInto(shell, home, steps));
  } finally {
    home.close();
  }
};

/** Nushell's own editor draws on the whole screen: nushell-terminal.test.ts looks at that. */
const SHELLS = TEST_SHELLS.filter(({ language }) => language !== "nu");

for (const shell of SHELLS) {
  describe.skipIf(!isInstalled(shell))(`in ${shell.title}`, () => {
    test("the guide's session looks as the guide shows it", () => {
      const seen = inHome(shell, session(shell.activate));
      expect(seen.slice(seen.indexOf(`$ ${shell.activate}`))).toBe(`$ ${shell.activate}${SEEN}`);
    });

    test("with --keep-creds the session token is still there", () => {
      const look = shell.language === "sh" ? '"${AWS_SESSION_TOKEN+yep, still there}"' : '"$?AWS_SESSION_TOKEN"';
      const echo = shell.language === "fish" ? "set -qx AWS_SESSION_TOKEN; and echo yep, still there" : `echo ${look}`;
      const seen = inHome(shell, [
        [shell.activate, "\n(-) $ "],
        ["aws-as my-role1-dev", "\n(my-role1-dev) $ "],
        ["aws-as-deactivate --keep-creds", "\n$ "],
        [echo, "\n$ "],
      ]);
      const answer = shell.language === "csh" ? "1" : "yep, still there";
      expect(seen.endsWith(`\n$ ${echo}\n${answer}\n$`)).toBe(true);
    });
  });
}

const shellOf = (title: string): TestShell | undefined =>
  SHELLS.find((shell) => shell.title === title && isInstalled(shell));

describe.each([
  ["bash", "PROMPT_COMMAND='PS1=\"> \"'", "export PS1", "\n> ", "\n(-) > "],
  ["bash", "PROMPT_COMMAND=([3]=: 'PS1=\"> \"')", "export PS1", "\n> ", "\n(-) > "],
  ["zsh", "precmd() { PS1='> ' }", "export PS1", "\n> ", "\n(-) > "],
])("%s", (title, hook, command, plain, shown) => {
  const shell = shellOf(title);
  test.skipIf(shell === undefined)("a prompt that is set again each time has the label once", () => {
    if (shell === undefined) return;
    const seen = inHome(shell, [
      [hook, plain],
      [shell.activate, shown],
      [command, shown],
      ["aws-as my-role1-dev", "\n(my-role1-dev) > "],
      ["aws-as-deactivate", plain],
    ]);
    expect(seen).not.toContain("(-) (-)");
  });
});

test.each(SHELLS.filter(isInstalled))(
  "$title: a label from outside that could change the terminal is not shown",
  (shell) => {
    const seen = inHome(shell, [[shell.activate, "\n(?) $ "]], {
      DAYPASS_LABEL: "%n$(touch ran)`touch ran`!\u001b]0;x\u0007",
    });
    expect(seen.endsWith("(?) $")).toBe(true);
  },
);
