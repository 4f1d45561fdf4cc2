// What is held: the document that is handed out, as bytes that can be overwritten, beside facts that are no secrets.
// The strings it was made from stay in the heap until they are collected; nothing in JavaScript can overwrite those.
import { AgentError } from "./errors.js";
import type { AgentAnswer } from "./types.js";

/** An answer, ready to be handed out. */
export interface SealedAnswer {
  /** AWS SDKs and Tools Reference Guide, "Process credential provider": the document, without an end of line. */
  readonly document: Buffer;
  /** Milliseconds since 1970; `undefined` for keys that do not end by themselves. */
  readonly expiration: number | undefined;
  readonly region: string | undefined;
  readonly arn: string | undefined;
}

/** Printable ASCII without blanks, as AWS's keys and tokens are: nothing that could end a line. */
const PLAIN = /^[\x21-\x7e]{1,20000}$/;

/** Returns the answer as it is held. Throws `AgentError` `answer_unusable` where it is none, or has ended at `now`. */
export function sealAnswer(answer: AgentAnswer, now: number): SealedAnswer {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = answer.credentials;
  const isTemporary = sessionToken !== undefined;
  if (!PLAIN.test(accessKeyId) || !PLAIN.test(secretAccessKey) || (isTemporary && !PLAIN.test(sessionToken))) {
    throw unusable("are malformed");
  }
  const ends = expiration?.getTime();
  if (isTemporary !== (ends !== undefined) || Number.isNaN(ends)) throw unusable("do not say when they end");
  if (ends !== undefined && ends <= now) throw unusable("have expired");
  const json = JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(isTemporary && { SessionToken: sessionToken }),
    ...(ends !== undefined && { Expiration: new Date(ends).toISOString() }),
    ...(accountId !== undefined && { AccountId: accountId }),
  });
  // Not from the shared pool, so that overwriting it overwrites all of it.
  const document = Buffer.alloc(Buffer.byteLength(json));
  document.write(json);
  return { document, expiration: ends, region: answer.region, arn: answer.arn };
}

/** Returns a copy for one client, which overwrites it when it is sent. */
export function copyAnswer(sealed: SealedAnswer): SealedAnswer {
  const document = Buffer.alloc(sealed.document.length);
  sealed.document.copy(document);
  return { ...sealed, document };
}

function unusable(why: string): AgentError {
  return new AgentError("answer_unusable", `the credentials that came ${why}`, {
    hint: "ask again; if it stays so, ask for the identity without the agent",
  });
}
