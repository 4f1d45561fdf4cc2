// An agent in a process of its own. Arguments: DIRECTORY LOG [ask|plain] [MS]. LOG gets a line for each call of `answer`. With MS it
// takes over from another, for so long.
import { appendFileSync } from "node:fs";
import { hardenProcess, startAgent } from "@daypass/agent";
import { neverPrompt, openHome } from "@daypass/auth";

const hardened = hardenProcess({ title: "test agent" });
const [directory, log, mode, rest] = process.argv.slice(2);
const home = await openHome({
  toolName: "daypass",
  directory,
  homeDir: directory,
  env: {},
  prompt: neverPrompt("nobody is here"),
  keychain: "off",
});

const answer = async ({ identity }, prompt) => {
  appendFileSync(log, `answer ${identity}\n`);
  const code = mode === "ask" ? await prompt.ask({ kind: "mfa_code", message: "code" }) : "none";
  const credentials = {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: "canary/wJalrXUtnFEMI+K7MDENG",
    sessionToken: `token-${code}`,
    expiration: new Date(Date.now() + 3_600_000),
  };
  return { credentials, region: "eu-west-1" };
};

try {
  await startAgent({
    directory,
    locks: home.context.locks,
    answer,
    unlock: null,
    hardened,
    env: {},
    idleMs: 600_000,
    lifetimeMs: Number(rest ?? 600_000),
    takesOver: rest !== undefined,
  });
  appendFileSync(log, `ready ${process.pid}\n`);
} catch (error) {
  appendFileSync(log, `failed ${error.code}\n`);
  process.exitCode = 1;
}
