// What asks the agent: shells, programs, the command line.
import type { AwsCredentials, Prompt } from "@daypass/auth";
import { AgentError } from "./errors.js";
import { placeSocket } from "./place-socket.js";
import { judgeSettings } from "./trust-socket.js";
import { talkToAgent, type LastWord } from "./talk-to-agent.js";
import type { AgentAnswer, AgentRequest, AgentStatus } from "./types.js";
import type { CredentialDocument } from "./wire.js";

export interface AgentClientOptions {
  readonly directory: string;
  readonly runtimeDirectory?: string | undefined;
  /** Where the person is asked when the agent must know something. `neverPrompt` where nobody may be asked. */
  readonly prompt: Prompt;
  /** By what the caller would read files and find endpoints itself. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Every function rejects with `AgentError` `agent_unavailable` where no agent runs, `socket_untrusted`, `protocol`. */
export interface AgentClient {
  /** Rejects with `agent_locked`, `agent_busy`, `other_settings`, or as the agent's `answer` rejected: with an `AuthError`. */
  credentials(request: AgentRequest): Promise<AgentAnswer>;
  status(): Promise<AgentStatus>;
  /** Resolves when it is locked, and where it can be when the process that held something has ended. */
  lock(): Promise<void>;
  /** Rejects with `unlock_refused`. */
  unlock(passphrase?: string): Promise<void>;
  stop(): Promise<void>;
  /** False where no agent answers. Rejects with `socket_untrusted`. */
  isRunning(): Promise<boolean>;
}

/** Returns a client of the agent of a directory. Throws `AgentError` `invalid_option` or `unsupported_platform`. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const { directory, runtimeDirectory, prompt } = options;
  // oxlint-disable-next-line node/no-process-env -- the default of an option
  const { env = process.env } = options;
  const paths = placeSocket({ directory, runtimeDirectory });
  const quickly = (opening: Readonly<Record<string, unknown>>) =>
    talkToAgent(paths, opening, { prompt, isQuick: opening["op"] !== "unlock" && opening["op"] !== "lock" });
  const status = async (): Promise<AgentStatus> => {
    const word = await quickly({ op: "status" });
    if (!("status" in word)) throw unexpected(word);
    const { startedAt, endsAt, held } = word.status;
    return {
      ...word.status,
      startedAt: new Date(startedAt),
      endsAt: new Date(endsAt),
      held: held.map(({ identity, isNarrowed, expiration, arn }) => ({
        identity,
        isNarrowed,
        expiration: new Date(expiration),
        ...(arn !== undefined && { arn }),
      })),
    };
  };
  return {
    async credentials(request) {
      await judgeSettings(paths, env);
      const opening = { op: "credentials", ...request, canAsk: prompt.isAvailable };
      const word = await talkToAgent(paths, opening, { prompt, isQuick: false });
      if (!("credentials" in word)) throw unexpected(word);
      const { region, arn } = word;
      return {
        credentials: toCredentials(word.credentials),
        ...(region !== undefined && { region }),
        ...(arn !== undefined && { arn }),
      };
    },
    status,
    async lock() {
      await quickly({ op: "lock" });
    },
    async unlock(passphrase) {
      await quickly({ op: "unlock", ...(passphrase !== undefined && { passphrase }) });
    },
    async stop() {
      await quickly({ op: "stop" });
    },
    async isRunning() {
      try {
        await status();
        return true;
      } catch (error) {
        if (error instanceof AgentError && error.code === "agent_unavailable") return false;
        throw error;
      }
    },
  };
}

function toCredentials(document: CredentialDocument): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = document;
  const keys = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(AccountId !== undefined && { accountId: AccountId }),
  };
  if (SessionToken === undefined) return keys;
  const expiration = new Date(Expiration ?? Number.NaN);
  if (Number.isNaN(expiration.getTime())) throw unexpected(undefined);
  return { ...keys, sessionToken: SessionToken, expiration };
}

function unexpected(word: LastWord | undefined): AgentError {
  const what = word === undefined ? "something malformed" : "something else";
  return new AgentError("protocol", `the agent answered ${what}`, { hint: "stop it, and it starts anew by itself" });
}
