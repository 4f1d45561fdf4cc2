// A hub account with people in it, two accounts beyond it, and what a source is made with: the sandbox and injected fakes.
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { sessionKey } from "../dist/sessions/session-key.js";
import type {
  AuthEvent,
  ClientSettings,
  CredentialsSource,
  KeptSession,
  Locks,
  LongLivedKeys,
  Prompt,
  Question,
  SecretStore,
  SessionCache,
  SourceContext,
} from "../dist/types.js";

export const HUB = "111111111111";
export const DEV = "222222222222";
export const PROD = "333333333333";
export const ALICE_DEVICE = `arn:aws:iam::${HUB}:mfa/alices-phone`;
/** RFC 6238's own seed, so that codes can be made from it. */
export const ALICE_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

export const policy = (...statements: object[]): Record<string, unknown> => ({
  Version: "2012-10-17",
  Statement: statements,
});
const trustHub = (condition?: object) =>
  policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${HUB}:root` },
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    ...(condition !== undefined && { Condition: condition }),
  });
const withMfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const everything = { all: policy({ Effect: "Allow", Action: "*", Resource: "*" }) };
const ownDevices = { Effect: "Allow", Action: ["iam:ListMFADevices", "iam:*AccessKey*"], Resource: "*" };
const roles = policy({ Effect: "Allow", Action: ["sts:*"], Resource: "*" }, ownDevices);
const bucket = (name: string, account: string) => ({
  name,
  account,
  region: "eu-west-1",
  objects: [{ key: "x", body: "y" }],
});
const seedOf = (letter: string) => letter.repeat(32);

export const WORLD: WorldFile = {
  accounts: [
    {
      id: HUB,
      users: [
        { name: "alice", policies: { roles }, mfaDevices: [{ name: "alices-phone", secret: ALICE_SEED }] },
        {
          name: "bob",
          policies: { roles },
          mfaDevices: [
            { name: "bobs-phone", secret: seedOf("B") },
            { name: "bobs-tablet", secret: seedOf("C") },
          ],
        },
        {
          name: "dora",
          policies: {
            // As IAM's guide to self-management has it: one's own keys, and only with a code.
            own: policy(
              { Effect: "Allow", Action: "iam:ListMFADevices", Resource: "*" },
              { Effect: "Allow", Action: "iam:*AccessKey*", Resource: "*", Condition: withMfa },
            ),
          },
          mfaDevices: [{ name: "doras-phone", secret: seedOf("D") }],
        },
        { name: "carl", policies: { roles, data: policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }) } },
      ],
    },
    {
      id: DEV,
      roles: [
        { name: "DEVELOPER", trustPolicy: trustHub(withMfa), policies: everything },
        { name: "ADMIN", trustPolicy: trustHub(withMfa), policies: everything, maxSessionDuration: 43_200 },
        { name: "OPEN", trustPolicy: trustHub(), policies: everything },
      ],
    },
    {
      id: PROD,
      roles: [{ name: "DEVELOPER", path: "/people/", trustPolicy: trustHub(withMfa), policies: everything }],
    },
  ],
  buckets: [bucket("hub-data", HUB), bucket("dev-data", DEV)],
};

/** A prompt that gives the answers in turn and remembers what it was asked and told. */
export const createFakePrompt = (
  answer: (question: Question) => string,
): Prompt & {
  readonly asked: Question[];
  readonly told: string[];
} => {
  const asked: Question[] = [];
  const told: string[] = [];
  return {
    isAvailable: true,
    asked,
    told,
    ask: async (question) => {
      asked.push(question);
      return answer(question);
    },
    tell: (message) => void told.push(message),
  };
};

export const createMemoryLocks = (): Locks => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    withLock: async (name, work) => {
      const before = tails.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      tails.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
};

export const createMemorySecrets = (): SecretStore & { readonly held: Map<string, string> } => {
  const held = new Map<string, string>();
  return {
    kind: "memory",
    held,
    get: async (name) => held.get(name),
    set: async (name, secret) => void held.set(name, secret),
    delete: async (name) => void held.delete(name),
    names: async () => [...held.keys()],
  };
};

export const createMemoryCache = (): SessionCache & { readonly held: Map<string, KeptSession> } => {
  const held = new Map<string, KeptSession>();
  return {
    held,
    get: async (key) => held.get(key),
    set: async (key, session) => void held.set(key, session),
    delete: async (key) => void held.delete(key),
    list: async () => [...held.values()],
    clear: async () => held.clear(),
  };
};

export interface HubWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly client: ClientSettings;
  readonly context: SourceContext;
  readonly prompt: ReturnType<typeof createFakePrompt>;
  readonly cache: ReturnType<typeof createMemoryCache>;
  readonly secrets: ReturnType<typeof createMemorySecrets>;
  readonly events: AuthEvent[];
  /** Another process's view: the same cache and locks, and nothing remembered. */
  readonly renewContext: () => SourceContext;
  /** Milliseconds that both this side's and the sandbox's clock have. */
  readonly now: () => number;
  readonly advance: (milliseconds: number) => void;
  /** Keys of a user of the hub. */
  keysOf(userName: string): LongLivedKeys;
  /** How often AWS was asked this. */
  count(operation: string): number;
}

const START = Date.parse("2026-03-01T12:00:05Z");

/** Starts the world; `answer` is what a person types, by default the code that Alice's phone shows. */
export const startHubWorld = async (answer?: (question: Question, sandbox: Sandbox) => string): Promise<HubWorld> => {
  const clock = { time: START };
  const now = () => clock.time;
  const sandbox = await startSandbox({ world: WORLD, now });
  const reply = answer ?? (() => sandbox.mfaCode(ALICE_DEVICE));
  const prompt = createFakePrompt((question) => reply(question, sandbox));
  const cache = createMemoryCache();
  const secrets = createMemorySecrets();
  const locks = createMemoryLocks();
  const events: AuthEvent[] = [];
  const record = async (event: AuthEvent) => void events.push(event);
  const renewContext = (): SourceContext => {
    const keeper = createSessionKeeper({ cache, locks, record, prompt, now, jitter: () => 0.5 });
    return { keeper, locks, secrets, prompt, now };
  };
  return {
    sandbox,
    client: { region: "eu-west-1", endpoint: sandbox.endpoint },
    context: renewContext(),
    renewContext,
    prompt,
    cache,
    secrets,
    events,
    now,
    advance: (milliseconds) => void (clock.time += milliseconds),
    keysOf: (userName) => {
      const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, userName);
      return { accessKeyId, secretAccessKey, accountId: HUB };
    },
    count: (operation) => sandbox.calls().filter(({ action }) => action === operation).length,
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
};

/** A source of a user's keys, as a profile's or a hub's is. */
export const createKeys = (keys: LongLivedKeys, description = "user alice"): CredentialsSource => ({
  question: { kind: "keys", accessKeyId: keys.accessKeyId },
  description,
  get: async () => keys,
});

/** What a rejection was: its code, or the error where it is none of ours. */
export const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => ({ code: "granted" }),
    (reason: unknown) => reason,
  );
  const code: unknown = Reflect.get(Object(error), "code");
  return typeof code === "string" ? code : String(error);
};

export { sessionKey };
