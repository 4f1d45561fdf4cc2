// credential_process: another program gives the credentials. It is trusted with that and with nothing else.
// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
import { createHash } from "node:crypto";
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import { splitWords } from "../files/split-words.js";
import type { AwsCredentials, Clock, CredentialsSource } from "../types.js";
import { checkProcessAnswer, isUnusable } from "./check-credentials.js";
import { findProgram } from "./find-program.js";
import { keepInMemory } from "./keep-in-memory.js";
import { runProcess } from "./run-process.js";
import { splitWindowsWords } from "./split-windows-words.js";

/** Which commands are already running above this one: a command that asks us for itself would never end. */
const CHAIN_VARIABLE = "_DAYPASS_PROCESS_CHAIN";
/** The AWS CLI's own limit. */
const MOST_LINKS = 4;
const MOST_BYTES = 65_536;
/** A command may ask a person for a code. */
const TIMEOUT_MS = 300_000;
const MOST_WORDS_SHOWN = 300;

export interface ProcessSourceOptions {
  /** As it stands in the profile. */
  readonly command: string;
  /** The profile's name. */
  readonly name: string;
  /** The command's environment. */
  readonly env: Environment;
  readonly description: string;
  /** Default 300,000. */
  readonly timeoutMs?: number;
  /** Default: this machine's. Decides how the command is split into words. */
  readonly platform?: NodeJS.Platform;
}

const hashOf = (...texts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);

/**
 * Returns what a program said, harmless on a terminal: one line, without control characters, and with everything that
 * could be a key or a token taken out.
 */
const showTalk = (text: string): string =>
  text
    .replaceAll(/\u001b\[[\d;?]*[@-~]/g, "")
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replaceAll(/\b(?:AKIA|ASIA)\w+/g, "…")
    .replaceAll(/[\w+/=.-]{24,}/g, (run) => (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) ? "…" : run))
    .trim()
    .slice(0, MOST_WORDS_SHOWN);

/**
 * Returns a source that runs the command of a profile, without a shell, and keeps its answer in this process until it is
 * about to expire. `get` rejects with `process_failed`; what the command wrote to stdout is never repeated.
 */
export const createProcessSource = (
  { now }: { readonly now: Clock },
  options: ProcessSourceOptions,
): CredentialsSource => {
  const { command, name, env, description, timeoutMs = TIMEOUT_MS, platform = process.platform } = options;
  const own = hashOf(name, command);
  const failed = (reason: string, hint: string): AuthError =>
    new AuthError("process_failed", `the command of profile ${name} ${reason}`, { hint });

  const linkChain = (): string => {
    const above = (env[CHAIN_VARIABLE] ?? "").split(",").filter((link) => link !== "");
    if (above.includes(own)) {
      throw failed("asks for the credentials of the same profile", "let it name another profile, or take it out");
    }
    if (above.length >= MOST_LINKS) {
      throw failed(`is the fifth that waits for another`, "let fewer commands ask for each other's credentials");
    }
    return [...above, own].join(",");
  };

  const obtain = async (): Promise<AwsCredentials> => {
    const chain = linkChain();
    const [word, ...words] = (platform === "win32" ? splitWindowsWords(command) : splitWords(command)) ?? [];
    if (word === undefined) throw failed("cannot be split into words", "close its quotes, and double a last backslash");
    const program = await findProgram(word, { env, platform });
    if ("reason" in program) throw failed(program.reason, program.hint);
    const { stdout, stderr, failure } = await runProcess({
      path: program.path,
      words,
      env: { ...env, [CHAIN_VARIABLE]: chain },
      timeoutMs,
      mostBytes: MOST_BYTES,
    });
    if (failure !== undefined) {
      const talk = showTalk(stderr);
      throw failed(talk === "" ? failure : `${failure}: ${talk}`, "run the command by hand and see what it says");
    }
    const found = checkProcessAnswer(stdout, now);
    if (!isUnusable(found)) return found;
    throw failed(found.reason, "it must write one JSON object with Version 1 to stdout, and nothing else");
  };

  return {
    // The command may carry a secret among its words, and questions are kept.
    question: { kind: "process", name, command: hashOf(command) },
    description,
    get: keepInMemory(now, obtain),
  };
};
