// The session of the aws-as guide once more, with nothing standing in: the program, a user and a role of the sandbox, and
// AWS's own command line, in every shell.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startSandbox, type WorldFile } from "@daypass/sandbox/testing";
import { afterEach, describe, expect, test } from "vitest";
import { PROGRAM } from "./shell-world.js";
import { isInstalled, openHome, TEST_SHELLS, typeMeanwhile, type Step } from "./terminal/open-shell.js";

const ACCOUNT = "111111111111";
const DEVICE = `arn:aws:iam::${ACCOUNT}:mfa/my-user1`;
const QUESTION = `Enter MFA code for ${DEVICE}: `;

const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] });
const WORLD: WorldFile = {
  accounts: [
    {
      id: ACCOUNT,
      users: [
        {
          name: "my-user1",
          policies: { sts: policy({ Effect: "Allow", Action: "sts:*", Resource: "*" }) },
          // RFC 6238's own seed.
          mfaDevices: [{ name: "my-user1", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }],
        },
      ],
      roles: [
        {
          name: "my-role1",
          trustPolicy: policy({
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
            Action: "sts:AssumeRole",
            Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
          }),
        },
      ],
    },
  ],
};

const CONFIG = `[profile my-user1-dev]
region = eu-west-1
mfa_serial = ${DEVICE}
[profile my-role1-dev]
region = eu-west-1
role_arn = arn:aws:iam::${ACCOUNT}:role/my-role1
source_profile = my-user1-dev
mfa_serial = ${DEVICE}
role_session_name = my-user1@dev
`;

/** What AWS's command line says of each; ids of the sandbox are its own. */
const said = (id: string, arn: string) => JSON.stringify({ UserId: id, Account: ACCOUNT, Arn: arn }, null, 4);
const USER = said("AIDA…", `arn:aws:iam::${ACCOUNT}:user/my-user1`);
const ROLE = said("AROA…:my-user1@dev", `arn:aws:sts::${ACCOUNT}:assumed-role/my-role1/my-user1@dev`);

const aws = [join(dirname(process.env["DAYPASS_PYTHON"] ?? "/usr/bin/python3"), "aws"), "/usr/bin/aws"].find((path) =>
  existsSync(path),
);
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("aws");
if (aws === undefined) process.stderr.write("skipped: the guide's session with AWS's command line: it is not there\n");

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const openMachine = async () => {
  const sandbox = await startSandbox({ world: WORLD });
  const env = {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    DAYPASS_KEYCHAIN: "off",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  const home = openHome({ identities: {}, env, isReal: true });
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(ACCOUNT, "my-user1");
  const keys = `[my-user1-dev]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  mkdirSync(join(home.folder, ".aws"), { mode: 0o700 });
  writeFileSync(join(home.folder, ".aws", "credentials"), keys, { mode: 0o600 });
  writeFileSync(join(home.folder, ".aws", "config"), CONFIG, { mode: 0o600 });
  // Version 2.9 does not know AWS_ENDPOINT_URL yet.
  const program = `#!/bin/sh\nexec '${aws ?? ""}' --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n`;
  writeFileSync(join(home.folder, "bin", "aws"), program, { mode: 0o755 });
  open.push(
    () => spawnSync(process.execPath, [PROGRAM, "agent", "stop"], { env: { ...home.env } }),
    () => home.close(),
    () => sandbox.stop(),
  );
  return { sandbox, home };
};

const CALLER = "aws sts get-caller-identity";

const session = (activate: string, code: string): readonly Step[] => [
  [activate, "\n(-) $ "],
  ["aws-as my-user1-dev", QUESTION],
  [code, "\n(my-user1-dev) $ "],
  [CALLER, "\n(my-user1-dev) $ "],
  ["aws-as my-role1-dev", "\n(my-role1-dev) $ "],
  [CALLER, "\n(my-role1-dev) $ "],
  ["aws-as my-user1-dev", "\n(my-user1-dev) $ "],
  ["aws-as my-role1-dev", "\n(my-role1-dev) $ "],
  ["aws-as -", "\n(-) $ "],
  ["aws-as my-user1-dev", "\n(my-user1-dev) $ "],
  ["aws-as-deactivate", "\n$ "],
];

const SEEN = `
(-) $ aws-as my-user1-dev
${QUESTION}CODE
(my-user1-dev) $ ${CALLER}
${USER}
(my-user1-dev) $ aws-as my-role1-dev
(my-role1-dev) $ ${CALLER}
${ROLE}
(my-role1-dev) $ aws-as my-user1-dev
(my-user1-dev) $ aws-as my-role1-dev
(my-role1-dev) $ aws-as -
(-) $ aws-as my-user1-dev
(my-user1-dev) $ aws-as-deactivate
$`;

/** Nushell wants a terminal that answers it: nushell-terminal.test.ts has its session. */
const SHELLS = TEST_SHELLS.filter((shell) => shell.language !== "nu" && isInstalled(shell));

describe.each(SHELLS)("in $title", (shell) => {
  test.skipIf(aws === undefined && !required)(
    "the guide's session is what the program, the sandbox and AWS's command line make of it, for one code",
    { timeout: 180_000 },
    async () => {
      const { sandbox, home } = await openMachine();
      const code = sandbox.mfaCode(DEVICE);
      const seen = (await typeMeanwhile(shell, home, session(shell.activate, code)))
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .replace(`${QUESTION}${code}`, `${QUESTION}CODE`)
        .replaceAll(/"(AIDA|AROA)\w+/g, '"$1…');
      expect(seen.slice(seen.indexOf(`$ ${shell.activate}`))).toBe(`$ ${shell.activate}${SEEN}`);
      const count = (action: string) => sandbox.calls().filter((call) => call.action === action).length;
      expect([count("GetSessionToken"), count("AssumeRole")]).toEqual([1, 1]);
    },
  );
});
