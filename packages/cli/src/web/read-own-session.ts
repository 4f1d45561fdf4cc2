// Who this shell is already, for the console: asked for nobody, it opens as that one, and as no more than that.
import { readWho } from "../commands/whoami.js";
import type { Workbench } from "../workbench.js";

export interface OwnSession {
  readonly identity: string;
  /** The shell's own keys. Absent where the agent serves it, which hands out nothing that was narrowed. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: Date;
  };
}

/**
 * Returns the shell's identity with its keys: they may have been asked for with `--read-only`, which its name does not
 * say. Undefined where it is nobody of ours, or where its keys have ended or do not end.
 */
export const readOwnSession = ({ env, names, now }: Workbench): OwnSession | undefined => {
  const { identity, by, accessKeyId, expiration } = readWho(env, names.envPrefix);
  if (identity === undefined) return undefined;
  if (by === "profile") return { identity };
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) return undefined;
  if (expiration === undefined || expiration.getTime() <= now()) return undefined;
  return { identity, credentials: { accessKeyId, secretAccessKey, sessionToken, expiration } };
};
