// Takes away the roles that came of a sign-in: at its end, and where another one begins, which may be another person's.
import type { KeptSession, SessionQuestion, SsoSession } from "../types.js";
import type { KeptSessions } from "./sso-types.js";
import { signInIdOf, type ReadToken } from "./token-file.js";

const isOfSession = ({ name, startUrl, region }: SsoSession, question: SessionQuestion): boolean =>
  question.kind === "sso_role" &&
  question["sessionName"] === (name ?? null) &&
  question["startUrl"] === startUrl &&
  question["region"] === region;

/**
 * Forgets every kept role of an sso-session, and what was assumed by them under the sign-in that ends, and returns how many
 * there were. What another process has in its memory is of no use to it: it looks which sign-in stands, each time.
 * Rejects with what the cache says.
 */
export const forgetRoles = async (
  session: SsoSession,
  ended: ReadToken,
  { cache, keeper }: KeptSessions,
): Promise<number> => {
  const kept = await cache.list();
  const endedId = ended.state === "present" ? signInIdOf(ended.token) : undefined;
  const isOfSignIn = ({ signInId }: KeptSession): boolean => signInId !== undefined && signInId === endedId;
  const ofSession = kept.filter((one) => isOfSession(session, one.question) || isOfSignIn(one));
  for (const { question } of ofSession) await keeper.forget(question);
  return ofSession.length;
};
