// Sign-in tokens: what temporary credentials are traded for, so that a link can carry a person to the console without them.
// Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import type { Session } from "../types.js";
import type { World } from "../world-types.js";

/** "The URL … is valid for 15 minutes from the time it is created." */
const TOKEN_MS = 15 * 60 * 1000;
const MAX_TOKENS = 1000;

export interface SigninTokens {
  /** Returns a new token for these credentials; the console session lasts `durationSeconds`, or as long as they do. */
  issue(session: Session, durationSeconds: number | undefined): string;
  /**
   * Returns the credentials as the console session is to have them, expiration included; `undefined` for a token that is
   * unknown, too old, or used before: a link that is found later, in a history or a log, must open nothing.
   */
  redeem(token: string): Session | undefined;
}

interface Kept {
  readonly session: Session;
  readonly durationSeconds: number | undefined;
  readonly endsAt: number;
}

/** Returns the sign-in tokens of one sandbox. */
export function createSigninTokens(world: World): SigninTokens {
  const tokens = new Map<string, Kept>();
  return {
    issue(session, durationSeconds) {
      for (const [token, { endsAt }] of tokens) if (endsAt <= world.clock()) tokens.delete(token);
      const [oldest] = tokens.keys();
      if (oldest !== undefined && tokens.size >= MAX_TOKENS) tokens.delete(oldest);
      const token = Buffer.from(world.randomBytes(48)).toString("base64url");
      tokens.set(token, { session, durationSeconds, endsAt: world.clock() + TOKEN_MS });
      return token;
    },
    redeem(token) {
      const kept = tokens.get(token);
      tokens.delete(token);
      const now = world.clock();
      if (kept === undefined || now >= kept.endsAt) return undefined;
      const { session, durationSeconds } = kept;
      // "This is separate from the duration of the temporary credentials".
      return durationSeconds === undefined
        ? session
        : { ...session, expiration: new Date(now + durationSeconds * 1000) };
    },
  };
}
