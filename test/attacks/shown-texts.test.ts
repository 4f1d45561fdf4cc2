// What others wrote, as the command line shows it: on stdout and on stderr, as words and as JSON, nothing that a terminal acts on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main, type Machine } from "daypass";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answers } from "./attack-table.js";
import { shownTexts, type Door } from "./tables/shown-texts.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "daypass-shown-"));
  for (const folder of [".aws", ".daypass"]) mkdirSync(join(home, folder), { mode: 0o700 });
});
afterEach(() => rmSync(home, { recursive: true }));

const ACTED_ON = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Returns what a terminal would obey in all that the commands print. */
const obeyed = async (
  commands: readonly (readonly string[])[],
  { env = {}, input = "" }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<{ readonly obeyed: readonly string[]; readonly shown: string }> => {
  let shown = "";
  const machine: Machine = {
    env: {
      HOME: home,
      CI: "true",
      DAYPASS_KEYCHAIN: "off",
      DAYPASS_AGENT: "off",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      ...env,
    },
    homeDir: home,
    platform: process.platform,
    stdout: { write: (text) => void (shown += text) },
    stderr: { write: (text) => void (shown += text) },
    readStdin: async () => input,
    now: () => 1_780_000_000_000,
    packageDirectory: fileURLToPath(new URL("../../packages/cli", import.meta.url)),
    packageName: "daypass",
    version: "0.0.0",
  };
  for (const words of commands) await main("daypass", words, machine);
  return { obeyed: shown.match(ACTED_ON) ?? [], shown };
};

const config = (text: string): void => writeFileSync(join(home, ".aws", "config"), text);
const READ = [
  ["list"],
  ["list", "--json"],
  ["explain"],
  ["explain", "--json"],
  ["whoami", "--why"],
  ["doctor"],
  ["doctor", "--json"],
];

const ATTACKS: Readonly<Record<Door, (text: string) => ReturnType<typeof obeyed>>> = {
  "a word that is no command": (text) => obeyed([[text], ["config", text], ["agent", text], ["sandbox", `--${text}`]]),
  "an identity": (text) =>
    obeyed([
      ...["web", "auth", "exec", "explain", "rotate", "login", "logout", "sync", "import", "completion"].map(
        (command) => (command === "exec" ? [command, text, "--", text] : [command, text]),
      ),
      ["config", "remove-hub", text, "--yes"],
      ["config", "remove-role", text],
    ]),
  "a flag's value": (text) =>
    obeyed([
      ["web", "x", "--duration", text],
      ["web", "x", "--browser", text],
      ["web", "x", "--region", text],
      ["env", "x", "--shell", text],
      ["unauth", "--profile", text],
      ["auth", "x", "--profile", text, "--policy-file", text],
      ["documents", "spoke", "--hub", text, "--account", text, "--role", text, "--any-user", "--policy", text],
      ["sync", "--template", text],
      ["audit", "--since", text],
      ["login", "--start-url", text, "--region", text],
    ]),
  "too many words": (text) =>
    obeyed([
      ["list", text],
      ["web", "a", text],
      ["auth", "a", text, "b"],
    ]),
  "a variable of this shell": (text) =>
    obeyed([["whoami"], ["whoami", "--json"], ["whoami", "--why"], ["explain"], ["doctor"], ["auth", "x"]], {
      env: {
        AWS_PROFILE: text,
        AWS_REGION: text,
        AWS_ACCESS_KEY_ID: text,
        AWS_SECRET_ACCESS_KEY: "x",
        DAYPASS_IDENTITY: text,
        BROWSER: text,
      },
    }),
  "a profile": (text) => {
    config(
      `[profile ${text}]\nregion = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = ${text}\n`,
    );
    return obeyed([...READ, ["web", text], ["explain", text], ["auth", text]], { env: { AWS_PROFILE: text } });
  },
  "a profile's region": (text) => {
    config(
      `[profile x]\nregion = ${text}\nsso_start_url = ${text}\nsso_region = ${text}\nsso_account_id = ${text}\nsso_role_name = ${text}\n`,
    );
    return obeyed([...READ, ["web", "x", "--portal", "--print"], ["web", "x"], ["explain", "x"]], {
      env: { AWS_PROFILE: "x" },
    });
  },
  "a sign-in": (text) => {
    config(
      `[sso-session ${text}]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n[sso-session other]\nsso_start_url = https://y.awsapps.com/start\nsso_region = eu-west-1\n`,
    );
    return obeyed([
      ...READ,
      ["logout", "--all"],
      ["logout"],
      ["sync"],
      ["sync", text, "--yes"],
      ["explain", `${text}/111122223333/x`],
    ]);
  },
  "a sign-in's address": (text) => {
    config(
      `[sso-session x]\nsso_start_url = https://${text}\nsso_region = ${text}\n[profile p]\nsso_session = x\nsso_account_id = 111122223333\nsso_role_name = r\n`,
    );
    return obeyed([
      ...READ,
      ["logout", "x"],
      ["sync", "x", "--yes"],
      ["explain", "p"],
      ["web", "p", "--portal", "--print"],
    ]);
  },
  "the environments of a team": (text) => {
    const one = { name: text, accountId: text, region: text, roles: [text], [text]: text };
    const input = JSON.stringify({ environments: [one], [text]: [] });
    return obeyed(
      [
        ["config", "import", "-"],
        ["config", "import", "-", "--hub", text],
      ],
      { input },
    );
  },
  "an old configuration": (text) => {
    const environments = [{ name: text, accountId: "111122223333", region: text, roles: [text] }];
    const awsCredentials = { accessKeyId: text, secretAccessKey: "x".repeat(40), mfaArn: text };
    writeFileSync(join(home, "old.json"), JSON.stringify({ profiles: [{ name: text, awsCredentials, environments }] }));
    const file = join(home, "old.json");
    return obeyed([
      ["import", file, "--dry-run"],
      ["import", file, "--dry-run", "--json"],
      ["import", file, "--yes", "--plain"],
    ]);
  },
  "what was used last": (text) => {
    const recent = [{ name: text, used: "2026-01-01T00:00:00.000Z" }];
    writeFileSync(join(home, ".daypass", "recent.json"), JSON.stringify({ version: 1, recent }), { mode: 0o600 });
    config(`[profile ${text}]\nregion = eu-west-1\n`);
    return obeyed([["list"], ["list", "--json"], ["web"], ["env", "--format", "json"]]);
  },
};

answers("a text of others, shown", shownTexts, ({ door, text }) => ATTACKS[door](text));

test("what is shown is shown whole: JSON says the same text, and words say what stands for it", async () => {
  config("[profile a\u009b31mb\u202ec]\nregion = eu-west-1\n");
  const { shown } = await obeyed([["list", "--json"]]);
  expect(JSON.parse(shown)).toMatchObject([{ name: "a\u009b31mb\u202ec" }]);
  expect((await obeyed([["list"]])).shown).toContain("a\\u{9b}31mb\\u{202e}c");
});
