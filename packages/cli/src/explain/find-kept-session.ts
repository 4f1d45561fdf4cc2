// Whether a session that answers is held already: by the agent, or in the sealed files. Nobody is asked for it, neither
// AWS nor the person, and no agent is started.
import type { CredentialsSource, Home } from "@daypass/auth";
import { openAgentDoor } from "../agent-door.js";
import { isAgentOn } from "../is-agent-on.js";
import type { Workbench } from "../workbench.js";

export interface KeptSession {
  /** `nowhere`: none is kept. `unknown`: the secrets that seal the files are locked. */
  readonly by: "agent" | "files" | "nowhere" | "unknown";
  readonly expiration?: Date;
}

/** One text for one question, whatever the order of its fields. */
const textOf = (question: object): string =>
  JSON.stringify(
    Object.entries(question)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const askAgent = async (bench: Workbench, home: Home, identity: string): Promise<Date | undefined> => {
  if (!isAgentOn(bench, home.directory)) return undefined;
  const { client } = await openAgentDoor(bench, home);
  if (!(await client.isRunning())) return undefined;
  const { held } = await client.status();
  return held.find((one) => one.identity === identity && !one.isNarrowed)?.expiration;
};

/** Returns where the session of an identity is kept, and until when. `source` is the identity's own. */
export const findKeptSession = async (
  bench: Workbench,
  { identity, source }: { readonly identity: string; readonly source: CredentialsSource },
): Promise<KeptSession> => {
  const home = await bench.home();
  // An agent that does not answer is the doctor's matter.
  const held = await askAgent(bench, home, identity).catch(() => undefined);
  if (held !== undefined && held.getTime() > bench.now()) return { by: "agent", expiration: held };
  if (await home.secrets.needsPerson()) return { by: "unknown" };
  const wanted = textOf(source.question);
  const signInId = await source.signInId?.();
  // What came of a sign-in that is over is not handed out, and goes with the next asking.
  const isOfSignIn = (session: { readonly signInId?: string }): boolean =>
    source.signInId === undefined || (signInId !== undefined && session.signInId === signInId);
  const kept = (await home.cache.list()).find((session) => textOf(session.question) === wanted && isOfSignIn(session));
  const expiration = kept?.credentials.expiration;
  if (expiration === undefined || expiration.getTime() <= bench.now()) return { by: "nowhere" };
  return { by: "files", expiration };
};
