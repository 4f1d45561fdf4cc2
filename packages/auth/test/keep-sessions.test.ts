// The keeper: warm sessions at once, one asker at a time for the rest, nothing expired, nothing off the record.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { sessionKey } from "../dist/sessions/session-key.js";
import type { AuthEvent, KeptSession, Locks, ObtainedSession, SessionCache, SessionQuestion } from "@daypass/auth";

const MINUTE = 60_000;
const QUESTION: SessionQuestion = { kind: "sso_role", accountId: "111111111111", roleName: "Reader", source: "s" };

let time: number;
let events: AuthEvent[];
let told: string[];
let stored: Map<string, KeptSession>;
let asked: number;

const cache: SessionCache = {
  get: async (key) => stored.get(key),
  set: async (key, session) => void stored.set(key, session),
  delete: async (key) => void stored.delete(key),
  list: async () => [...stored.values()],
  clear: async () => stored.clear(),
};

/** One queue for each name, as between processes. */
const createQueue = (): Locks => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async withLock(name, work, { onWait } = {}) {
      const before = tails.get(name);
      if (before !== undefined) onWait?.(4711);
      const mine = (before ?? Promise.resolve()).then(work, work);
      tails.set(name, mine);
      return mine.finally(() => tails.get(name) === mine && tails.delete(name));
    },
  };
};

const session = (minutes = 60, id = "ASIAEXAMPLE"): ObtainedSession => ({
  credentials: {
    accessKeyId: id,
    secretAccessKey: "canary-secret",
    sessionToken: "canary-token",
    expiration: new Date(time + minutes * MINUTE),
  },
});

/** Answers with sessions numbered from 1. */
const obtain = async (): Promise<ObtainedSession> => session(60, `ASIA${++asked}`);

const createKeeper = (more: Partial<Parameters<typeof createSessionKeeper>[0]> = {}) =>
  createSessionKeeper({
    cache,
    locks: createQueue(),
    record: async (event) => void events.push(event),
    prompt: { isAvailable: false, ask: async () => "", tell: (message) => void told.push(message) },
    now: () => time,
    jitter: () => 0,
    ...more,
  });

const settle = () => new Promise((done) => setImmediate(done));

beforeEach(() => {
  time = Date.UTC(2026, 10, 21);
  events = [];
  told = [];
  stored = new Map();
  asked = 0;
});

describe("a session", () => {
  test("is asked for once and then kept", async () => {
    const keeper = createKeeper();
    const first = await keeper.get(QUESTION, { needsPerson: false, obtain });
    const second = await keeper.get(QUESTION, { needsPerson: false, obtain });
    expect(second).toEqual(first);
    expect(asked).toBe(1);
  });

  test("is asked for once by a hundred callers at the same time", async () => {
    const keeper = createKeeper();
    const all = await Promise.all(
      Array.from({ length: 100 }, () => keeper.get(QUESTION, { needsPerson: true, obtain })),
    );
    expect(asked).toBe(1);
    expect(new Set(all.map(({ credentials }) => credentials.accessKeyId))).toEqual(new Set(["ASIA1"]));
  });

  test("behind a passphrase is found when that is typed, before a code is asked for", async () => {
    await createKeeper().get(QUESTION, { needsPerson: true, obtain });
    let isOpen = false;
    const locked: SessionCache = { ...cache, get: async (key) => (isOpen ? cache.get(key) : undefined) };
    const open = async () => void (isOpen = true);
    const kept = await createKeeper({ cache: locked }).get(QUESTION, { needsPerson: true, open, obtain });
    expect([kept.credentials.accessKeyId, asked]).toEqual(["ASIA1", 1]);
  });

  test("is not asked for where the passphrase is not typed", async () => {
    const open = async () => Promise.reject(new Error("given up"));
    await expect(createKeeper().get(QUESTION, { needsPerson: true, open, obtain })).rejects.toThrow("given up");
    expect([asked, events]).toEqual([0, []]);
  });

  test("that another process has just got is taken from the cache, not asked for again", async () => {
    const locks = createQueue();
    const keepers = [createKeeper({ locks }), createKeeper({ locks })];
    const all = await Promise.all(keepers.map((keeper) => keeper.get(QUESTION, { needsPerson: true, obtain })));
    expect(asked).toBe(1);
    expect(all[0]?.credentials).toEqual(all[1]?.credentials);
    expect(told).toEqual(["waiting for process 4711, which is asking already"]);
  });

  test("of another question is not handed out, whatever the cache says", async () => {
    const other: SessionQuestion = { ...QUESTION, roleName: "Admin" };
    stored.set(sessionKey(QUESTION), { ...session(), question: other, obtained: new Date(time) });
    const kept = await createKeeper().get(QUESTION, { needsPerson: false, obtain });
    expect(kept.credentials.accessKeyId).toBe("ASIA1");
  });

  test("that is expired is not handed out", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    time += 60 * MINUTE - 4_000;
    const kept = await keeper.get(QUESTION, { needsPerson: false, obtain });
    expect(kept.credentials.accessKeyId).toBe("ASIA2");
  });

  test("is judged by AWS's clock where this machine's is slow", async () => {
    const keeper = createKeeper();
    const slow = async () => ({ ...(await obtain()), clockOffsetMs: 30 * MINUTE });
    const expiring = async () => {
      const answer = await slow();
      return { ...answer, credentials: { ...answer.credentials, expiration: new Date(time + 90 * MINUTE) } };
    };
    await keeper.get(QUESTION, { needsPerson: true, obtain: expiring });
    time += 61 * MINUTE;
    expect((await keeper.get(QUESTION, { needsPerson: true, obtain: expiring })).credentials.accessKeyId).toBe("ASIA2");
  });

  test("that expires on its way is refused", async () => {
    const expired = async () => session(0);
    await expect(createKeeper().get(QUESTION, { needsPerson: false, obtain: expired })).rejects.toMatchObject({
      code: "aws_unavailable",
    });
    expect(stored.size).toBe(0);
  });

  test("is still handed out when the cache fails", async () => {
    const fail = async () => {
      throw new Error("disk full");
    };
    const keeper = createKeeper({ cache: { ...cache, get: fail, set: fail } });
    expect((await keeper.get(QUESTION, { needsPerson: false, obtain })).credentials.accessKeyId).toBe("ASIA1");
  });

  test("that was forgotten is asked for again", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    await keeper.forget(QUESTION);
    expect(stored.size).toBe(0);
    expect((await keeper.get(QUESTION, { needsPerson: false, obtain })).credentials.accessKeyId).toBe("ASIA2");
  });
});

describe("renewal", () => {
  test("happens behind the caller's back past half life", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    time += 31 * MINUTE;
    expect((await keeper.get(QUESTION, { needsPerson: false, obtain })).credentials.accessKeyId).toBe("ASIA1");
    await settle();
    expect((await keeper.get(QUESTION, { needsPerson: false, obtain })).credentials.accessKeyId).toBe("ASIA2");
  });

  test("does not happen behind the back of a program that is about to end", async () => {
    const keeper = createKeeper({ renewBehind: false });
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    time += 31 * MINUTE;
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    await settle();
    expect(asked).toBe(1);
  });

  test("does not ask a person before it must", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, { needsPerson: true, obtain });
    time += 58 * MINUTE;
    await keeper.get(QUESTION, { needsPerson: true, obtain });
    await settle();
    expect(asked).toBe(1);
  });

  test("that fails never takes away a session that still works, and is not tried again at once", async () => {
    const keeper = createKeeper({ jitter: () => 0.9 });
    await keeper.get(QUESTION, { needsPerson: false, obtain });
    time += 31 * MINUTE;
    let failures = 0;
    const fail = async () => {
      failures++;
      throw new Error("no route");
    };
    for (let i = 0; i < 20; i++) {
      expect((await keeper.get(QUESTION, { needsPerson: false, obtain: fail })).credentials.accessKeyId).toBe("ASIA1");
      await settle();
    }
    expect(failures).toBe(1);
    time += 28 * MINUTE + 30_000;
    expect((await keeper.get(QUESTION, { needsPerson: false, obtain: fail })).credentials.accessKeyId).toBe("ASIA1");
    time += 29_000;
    await expect(keeper.get(QUESTION, { needsPerson: false, obtain: fail })).rejects.toThrow("no route");
  });
});

describe("the record", () => {
  test("has the intent before AWS is asked and the outcome after, and no secret", async () => {
    let before: string[] = [];
    const noting = async () => {
      before = events.map(({ type }) => type);
      return obtain();
    };
    await createKeeper().get({ ...QUESTION, policy: "canary-policy" }, { needsPerson: false, obtain: noting });
    expect(before).toEqual(["session.intent"]);
    expect(events.map(({ type }) => type)).toEqual(["session.intent", "session.granted"]);
    expect(events[1]).toMatchObject({ kind: "sso_role", accountId: "111111111111", roleName: "Reader" });
    expect(events[0]?.attemptId).toBe(events[1]?.attemptId);
    expect(JSON.stringify(events)).not.toContain("canary");
  });

  test("says why it was refused, by code and not by words", async () => {
    const refuse = async () => {
      throw Object.assign(new Error("canary-words"), { code: "access_denied" });
    };
    await expect(createKeeper().get(QUESTION, { needsPerson: false, obtain: refuse })).rejects.toThrow("canary-words");
    expect(events[1]).toMatchObject({ type: "session.refused", code: "access_denied" });
    expect(JSON.stringify(events)).not.toContain("canary");
  });

  test("that cannot be written before means that AWS is not asked", async () => {
    const record = async () => {
      throw new Error("disk full");
    };
    await expect(createKeeper({ record }).get(QUESTION, { needsPerson: false, obtain })).rejects.toMatchObject({
      code: "audit_unavailable",
    });
    expect(asked).toBe(0);
  });

  test("that cannot be written after means that nothing is handed out or kept", async () => {
    const record = async ({ type }: AuthEvent) => {
      if (type === "session.granted") throw new Error("disk full");
    };
    await expect(createKeeper({ record }).get(QUESTION, { needsPerson: false, obtain })).rejects.toMatchObject({
      code: "audit_unavailable",
    });
    expect(stored.size).toBe(0);
  });
});

describe("what has ended", () => {
  /** Frees what nobody holds, now. */
  const collect = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
  };

  test("is not remembered for ever, however many questions are asked", async () => {
    const keeper = createKeeper({ cache: { ...cache, get: async () => undefined, set: async () => undefined } });
    const held: WeakRef<object>[] = [];
    const ask = async (source: string) => {
      const { credentials } = await keeper.get({ ...QUESTION, source }, { needsPerson: false, obtain: remembered });
      return credentials.expiration;
    };
    const remembered = async (): Promise<ObtainedSession> => {
      const fresh = await obtain();
      held.push(new WeakRef(fresh.credentials));
      return fresh;
    };
    for (const source of ["a", "b", "c"]) await ask(source);
    await collect();
    expect(held.map((one) => one.deref() !== undefined)).toEqual([true, true, true]);
    time += 61 * MINUTE;
    await ask("d");
    await collect();
    expect(held.map((one) => one.deref() !== undefined)).toEqual([false, false, false, true]);
  });
});

describe("a session of a sign-in", () => {
  let current: string | undefined;
  const signInId = async () => current;
  /** Credentials of the sign-in that stands while they are asked for. */
  const obtainNow = async (): Promise<ObtainedSession> => ({
    ...(await obtain()),
    ...(current !== undefined && { signInId: current }),
  });
  const options = { needsPerson: false, obtain: obtainNow, signInId };
  beforeEach(() => {
    current = "first";
  });

  test("is handed out while it stands, and is not there for another one or for nobody's", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, options);
    await keeper.get(QUESTION, options);
    expect(asked).toBe(1);
    current = "second";
    expect((await keeper.get(QUESTION, options)).signInId).toBe("second");
    expect(asked).toBe(2);
    current = undefined;
    const refused = () => Promise.reject(new Error("nobody is signed in"));
    await expect(keeper.get(QUESTION, { ...options, obtain: refused })).rejects.toThrow("nobody is signed in");
  });

  test("is asked for again where the sign-in changed while AWS was asked: who asks gets no other person's", async () => {
    const changing = async (): Promise<ObtainedSession> => {
      const answer = await obtainNow();
      current = "second";
      return answer;
    };
    expect((await createKeeper().get(QUESTION, { ...options, obtain: changing })).signInId).toBe("second");
    expect(asked).toBe(2);
  });

  test("is given up where sign-ins come and go without end", async () => {
    const restless = async (): Promise<ObtainedSession> => {
      const answer = await obtainNow();
      current = `${asked}`;
      return answer;
    };
    const got = createKeeper().get(QUESTION, { ...options, obtain: restless });
    await expect(got).rejects.toMatchObject({ code: "sign_in_required" });
    expect(asked).toBe(3);
  });

  test("that does not say which is not handed out", async () => {
    await expect(createKeeper().get(QUESTION, { ...options, obtain })).rejects.toMatchObject({
      code: "sign_in_required",
    });
  });

  test("in its last minute is not handed out after a failed renewal in which the person signed out", async () => {
    const keeper = createKeeper();
    await keeper.get(QUESTION, options);
    time += 59.5 * MINUTE;
    const failing = () => Promise.reject(new Error("AWS is out"));
    expect((await keeper.get(QUESTION, { ...options, obtain: failing })).signInId).toBe("first");
    const leaving = async () => {
      current = undefined;
      throw new Error("AWS is out");
    };
    await expect(keeper.get(QUESTION, { ...options, obtain: leaving })).rejects.toThrow("AWS is out");
  });

  test("that another process has just obtained is taken where it is of the same sign-in", async () => {
    const locks = createQueue();
    const both = [createKeeper({ locks }), createKeeper({ locks })];
    const got = await Promise.all(both.map((keeper) => keeper.get(QUESTION, options)));
    expect([asked, new Set(got.map(({ credentials }) => credentials.accessKeyId)).size]).toEqual([1, 1]);
    const others = { ...(stored.get(sessionKey(QUESTION)) as KeptSession), signInId: "second" };
    const late = createKeeper({
      locks: {
        withLock: async (_name, work) => {
          stored.set(sessionKey(QUESTION), { ...others, obtained: new Date(time) });
          return work();
        },
      },
    });
    stored.clear();
    expect((await late.get(QUESTION, options)).signInId).toBe("first");
  });
});
