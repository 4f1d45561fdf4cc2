// The agent's own language: one JSON document for each line. Unknown members are refused, so that neither side believes
// that the other understood what it did not.
import * as v from "valibot";
import type { Question } from "@daypass/auth";

/** Both sides say it in each line; another version is another language. */
export const VERSION = 1;
/** The longest line, in bytes. A session policy has at most 2,048 characters, a passphrase 1,024. */
export const LONGEST_LINE = 64 * 1024;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.regex(/^[^\p{Cc}]*$/u));
const version = { v: v.literal(VERSION) };

/** AWS STS API Reference, AssumeRole: at most 50 tags, 10 policy ARNs, session policies of 2,048 characters. */
const NARROWING = v.strictObject({
  policy: v.optional(text(20_000)),
  policyArns: v.optional(v.pipe(v.array(text(2048)), v.maxLength(20))),
  tags: v.optional(
    v.pipe(
      v.record(text(128), text(256)),
      v.check((tags) => Object.keys(tags).length <= 50),
    ),
  ),
  transitiveTagKeys: v.optional(v.pipe(v.array(text(128)), v.maxLength(50))),
  sourceIdentity: v.optional(text(64)),
  durationSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(129_600))),
  externalId: v.optional(text(1224)),
  roleSessionName: v.optional(text(64)),
});

const OPENING = v.variant("op", [
  v.strictObject({
    ...version,
    op: v.literal("credentials"),
    identity: name,
    narrowing: v.optional(NARROWING),
    renew: v.optional(v.boolean()),
    retry: v.optional(v.boolean()),
    canAsk: v.boolean(),
  }),
  v.strictObject({ ...version, op: v.literal("unlock"), passphrase: v.optional(text(1024)) }),
  ...(["status", "lock", "stop"] as const).map((op) => v.strictObject({ ...version, op: v.literal(op) })),
]);

const REPLY = v.union([
  v.strictObject({ ...version, id: v.number(), answer: text(8192) }),
  v.strictObject({ ...version, id: v.number(), failed: v.picklist(["cancelled", "prompt_unavailable"]) }),
]);

const KINDS = ["mfa_code", "passphrase", "new_passphrase", "text", "secret", "confirmation", "choice"] as const;
const question = v.strictObject({
  id: v.number(),
  kind: v.picklist(KINDS),
  message: v.string(),
  choices: v.optional(v.array(v.strictObject({ value: v.string(), label: v.string(), hint: v.optional(v.string()) }))),
});
const credentials = v.strictObject({
  Version: v.literal(1),
  AccessKeyId: v.string(),
  SecretAccessKey: v.string(),
  SessionToken: v.optional(v.string()),
  Expiration: v.optional(v.string()),
  AccountId: v.optional(v.string()),
});
const status = v.strictObject({
  pid: v.number(),
  startedAt: v.string(),
  isLocked: v.boolean(),
  endsAt: v.string(),
  waiting: v.number(),
  isAsking: v.boolean(),
  held: v.array(
    v.strictObject({
      identity: v.string(),
      isNarrowed: v.boolean(),
      expiration: v.string(),
      arn: v.optional(v.string()),
    }),
  ),
});
const FROM_AGENT = v.union([
  v.strictObject({ ...version, ask: question }),
  v.strictObject({ ...version, withdraw: v.number() }),
  v.strictObject({ ...version, tell: v.string() }),
  v.strictObject({ ...version, credentials, region: v.optional(v.string()), arn: v.optional(v.string()) }),
  v.strictObject({ ...version, status }),
  v.strictObject({ ...version, done: v.literal(true) }),
  v.strictObject({ ...version, error: v.strictObject({ code: v.string(), message: v.string(), hint: v.string() }) }),
]);

/** What a client begins with. */
export type Opening = v.InferOutput<typeof OPENING>;
/** What a client says to a question. */
export type Reply = v.InferOutput<typeof REPLY>;
/** What the agent says. */
export type FromAgent = v.InferOutput<typeof FROM_AGENT>;
/** A question on its way. */
export type WireQuestion = v.InferOutput<typeof question>;
/** The document of the process credential provider. AWS SDKs and Tools Reference Guide, "Process credential provider". */
export type CredentialDocument = v.InferOutput<typeof credentials>;

/** Returns the opening that a line is, or `undefined`. */
export const readOpening = (line: string): Opening | undefined => read(OPENING, line);
/** Returns the reply that a line is, or `undefined`. */
export const readReply = (line: string): Reply | undefined => read(REPLY, line);
/** Returns what the agent says in a line, or `undefined`. */
export const readFromAgent = (line: string): FromAgent | undefined => read(FROM_AGENT, line);

/** Returns a message as a line. */
export function writeLine(message: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ v: VERSION, ...message })}\n`;
}

/** Returns a question as it travels: without the check, which stays with whoever asks. */
export function toWire(id: number, { kind, message, choices }: Question): WireQuestion {
  return {
    id,
    kind,
    message,
    ...(choices !== undefined && {
      choices: choices.map(({ value, label, hint }) => ({ value, label, ...(hint !== undefined && { hint }) })),
    }),
  };
}

function read<S extends v.GenericSchema>(schema: S, line: string): v.InferOutput<S> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // JSON.parse repeats the text in its message, and the text may be a secret.
    return undefined;
  }
}
