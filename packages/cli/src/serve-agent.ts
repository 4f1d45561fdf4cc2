// The agent's own process, started by whoever wants it first. What it holds is in its memory only, and it asks at the
// terminal of whoever waits: it has none itself.
import { hardenProcess, spawnAgent, startAgent, type AnswerRequest } from "@daypass/agent";
import {
  AuthError,
  createMemorySessionCache,
  getOfOneSignIn,
  neverPrompt,
  openHome,
  type Home,
  type Prompt,
} from "@daypass/auth";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lookUpIdentity } from "./look-up-identity.js";
import { namesOf } from "./names.js";
import { hintsOf } from "./render/tell-first-steps.js";

/** Not asked for anything for so long, it forgets: a working day and its evening. */
const IDLE_MS = 12 * 3_600_000;
const LIFETIME_MS = 7 * 86_400_000;

/** As the fourth word of its command line: it takes over from one that was locked, for so many milliseconds. */
const lifetimeOf = (word: string | undefined): number | undefined =>
  word !== undefined && /^\d{1,9}$/.test(word) ? Number(word) : undefined;

const serve = async (packageName: string, rest: number | undefined): Promise<void> => {
  const names = namesOf(packageName);
  const hardened = hardenProcess({ title: `${names.name}-agent` });
  // oxlint-disable-next-line node/no-process-env -- a program of its own
  const env = process.env;
  env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const directory = join(homedir(), names.directoryName);
  let relay: Prompt = neverPrompt("nobody waits at a terminal");
  let unlocking: string | undefined;
  let opened: Promise<Home> | undefined;

  const prompt: Prompt = {
    get isAvailable() {
      return unlocking !== undefined || relay.isAvailable;
    },
    ask(question, options) {
      if (question.kind !== "passphrase" || unlocking === undefined) return relay.ask(question, options);
      const passphrase = unlocking;
      // Once: a wrong one is not tried again by itself.
      unlocking = undefined;
      return Promise.resolve(passphrase);
    },
    tell: (message) => relay.tell(message),
  };
  const open = (): Promise<Home> =>
    openHome({
      toolName: names.name,
      directory,
      env,
      homeDir: homedir(),
      prompt,
      ...hintsOf(names),
      cache: createMemorySessionCache(),
      keychain: env[`${names.envPrefix}KEYCHAIN`] === "off" ? "off" : "auto",
      keychainProgram: join(dirname(fileURLToPath(import.meta.url)), "..", "keychain-program.mjs"),
    });
  const home = async (): Promise<Home> => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      // A file that was mended meanwhile is read anew.
      opened = undefined;
      throw error;
    }
  };

  const answer: AnswerRequest = async ({ identity, narrowing, renew }, waiting) => {
    relay = waiting;
    const at = await home();
    const { identity: found, source, isCurrent } = await lookUpIdentity(at, identity, narrowing);
    if (renew === true) {
      // Every role of the hub lives by this session: it is kept until it ends, whoever wants a newer one.
      if (found.kind === "hub_user") {
        throw new AuthError("prompt_unavailable", `the session of ${found.name} is not renewed before it ends`, {
          hint: "ask for it again when it has ended",
        });
      }
      await at.context.keeper.forget(source.question);
    }
    const { credentials, signInId } = await getOfOneSignIn(source);
    return {
      credentials,
      isCurrent: async () => (await source.signInId?.()) === signInId && (await isCurrent()),
      ...(found.region !== undefined && { region: found.region }),
    };
  };

  const empty = async (at: Home): Promise<void> => {
    at.secrets.lock();
    await at.cache.clear();
  };
  const forget = (): void => {
    void opened?.then(empty, () => undefined);
    // Its keeper remembers sessions, too.
    opened = undefined;
  };

  const unlock = async (passphrase: string | undefined): Promise<void> => {
    const at = await home();
    if (!(await at.secrets.needsPerson())) return;
    unlocking = passphrase;
    relay = neverPrompt("the agent is being unlocked");
    try {
      await at.secrets.names();
    } finally {
      unlocking = undefined;
    }
  };

  const { context, secrets } = await home();
  const agent = await startAgent({
    directory,
    runtimeDirectory: env["XDG_RUNTIME_DIR"],
    locks: context.locks,
    answer,
    // Without a passphrase there is nothing to unlock by: the keychain opens with the person's session.
    unlock: secrets.kind === "passphrase_file" ? unlock : null,
    hardened,
    idleMs: IDLE_MS,
    lifetimeMs: rest ?? LIFETIME_MS,
    onLock: forget,
    takesOver: rest !== undefined,
    async succeed(lifetimeMs) {
      const [node, program = ""] = process.argv;
      await spawnAgent({ command: [node ?? process.execPath, program, packageName, String(lifetimeMs)], env });
    },
  });
  await agent.ended;
};

await serve(process.argv[2] ?? "", lifetimeOf(process.argv[3]));
// What AWS is still being asked must not keep the process, and with it what is in its memory.
process.exit();
