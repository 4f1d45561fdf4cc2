// Stands in for the installed programs, by the name in its first argument: `daypass shell-env`, `aws-as -s`, and AWS's own `aws`
// for one call. What it prints for shells is ours.
import { existsSync, openSync, readSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { becomeIdentity } from "../../dist/shells/change-environment.js";
import { prepareActivation } from "../../dist/shells/prepare-activation.js";
import { renderSwitch } from "../../dist/shells/render-switch.js";
import { namesOf } from "../../dist/names.js";

const names = namesOf("daypass");
const [program, ...args] = process.argv.slice(2);
const { env } = process;

/** Identities of the test: name → { access, region, asks }. Written by it as JSON. */
const identities = JSON.parse(readFileSync(env.STAND_IN_IDENTITIES, "utf8"));

const fail = (message, code) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
};

const askOnTerminal = (question) => {
  const terminal = openSync("/dev/tty", "r+");
  writeSync(terminal, question);
  const buffer = Buffer.alloc(64);
  readSync(terminal, buffer);
};

if (program === "aws") {
  const { UserId, Account, Arn } = identities[env.DAYPASS_IDENTITY]?.caller ?? {};
  process.stdout.write(`${JSON.stringify({ UserId, Account, Arn }, null, 4)}\n`);
} else if (program === "daypass") {
  const [command, , shell, ...rest] = args;
  const name = rest.find((word) => word !== "--agent") ?? "";
  const found = identities[name];
  if (command !== "shell-env") fail(`daypass: no command ${command}`, 2);
  else if (rest.includes("--help")) process.stdout.write("USAGE\n  $(touch ran)\n");
  else if (found === undefined) {
    // Half of an answer, and then the failure.
    process.stdout.write(renderSwitch(shell, [{ set: "AWS_ACCESS_KEY_ID", value: "HALF" }]));
    fail("daypass: there is no such identity\n  hint: try another", 3);
  } else {
    const asked = `${env.STAND_IN_IDENTITIES}.asked`;
    if (found.asks !== undefined && !existsSync(asked)) {
      askOnTerminal(found.asks);
      writeFileSync(asked, "");
    }
    const access = rest.includes("--agent")
      ? { profile: `agent-${name}` }
      : { ...found.access, expiration: new Date(found.access.expiration) };
    const answer = renderSwitch(shell, becomeIdentity({ names, identity: name, access, region: found.region }));
    process.stdout.write(found.isCut === true ? answer.slice(0, -20) : answer);
  }
} else {
  const shell = { "-s": "sh", "-c": "csh" }[args[0]] ?? args[0];
  const homeDir = env.HOME;
  process.stdout.write(
    await prepareActivation({ shell, names, packageDirectory: env.STAND_IN_PACKAGE, homeDir, home: homeDir }),
  );
}
