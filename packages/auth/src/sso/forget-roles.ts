// Takes away the roles that came of a sign-in: at its end, and where another one begins, which may be another person's.
import type { SessionCache, SessionKeeper, SessionQuestion, SsoSession } from "../types.js";

/** Where sessions are kept, and who hands them out. */
export interface KeptSessions {
  readonly cache: SessionCache;
  readonly keeper: SessionKeeper;
}

const isOfSession = ({ name, startUrl, region }: SsoSession, question: SessionQuestion): boolean =>
  question.kind === "sso_role" &&
  question["sessionName"] === (name ?? null) &&
  question["startUrl"] === startUrl &&
  question["region"] === region;

/**
 * Forgets every kept role of an sso-session and returns how many there were. What another process has in its memory
 * stays there until it ends. Rejects with what the cache says.
 */
export const forgetRoles = async (session: SsoSession, { cache, keeper }: KeptSessions): Promise<number> => {
  const kept = await cache.list();
  const ofSession = kept.filter((one) => isOfSession(session, one.question));
  for (const { question } of ofSession) await keeper.forget(question);
  return ofSession.length;
};
