// Ends a sign-in: here first, so that nothing of it is left whatever the network does, then at AWS.
import type { Clock, RecordAuthEvent, RequestHandler, SettingsFor, SsoSession } from "../types.js";
import { createPortal } from "./ask-portal.js";
import { forgetRoles } from "./forget-roles.js";
import type { TokenStore } from "./keep-tokens.js";
import type { SignedOut, SsoTokens } from "./sso-types.js";
import type { ReadToken } from "./token-file.js";

export interface SignOutOptions {
  readonly session: SsoSession;
  readonly settingsFor: SettingsFor;
  readonly requestHandler: RequestHandler | undefined;
  readonly store: TokenStore;
  readonly record: RecordAuthEvent;
  readonly now: Clock;
  readonly timeoutMs: number;
  readonly underLock: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Returns the signing out of a session. Rejects with what the store of secrets or a file says, after the rest is done. */
export const createSignOut = (options: SignOutOptions): SsoTokens["signOut"] => {
  const { session, settingsFor, requestHandler, store, record, now, underLock, timeoutMs } = options;
  const connect = createPortal({ settingsFor, region: session.region, requestHandler, timeoutMs });

  const revoke = async (accessToken: string): Promise<boolean> => {
    try {
      const { sdk, client, inTime } = await connect();
      await client.send(new sdk.LogoutCommand({ accessToken }), inTime());
      return true;
    } catch {
      // Dead already, or out of reach: either way there is nothing more to do, and the caller is told.
      return false;
    }
  };

  return ({ sessions } = {}) =>
    underLock(async (): Promise<SignedOut> => {
      await record({
        type: "sign_out",
        time: new Date(now()),
        name: session.name ?? session.startUrl,
        region: session.region,
      });
      const read = await store.read().catch((): ReadToken => ({ state: "damaged" }));
      await store.dropToken();
      const secretGone = store.dropSecret().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const forgottenSessions = sessions === undefined ? 0 : await forgetRoles(session, read, sessions);
      const revoked = read.state === "present" && (await revoke(read.token.accessToken));
      const problem = await secretGone;
      if (problem !== undefined) throw problem.error;
      return { revoked, forgottenSessions };
    });
};
