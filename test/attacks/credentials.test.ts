// The engine's doors under attack: questions, options, answers, caches, and what comes over the wire.
import { inspect } from "node:util";
import {
  createAssumeRole,
  createAuditedAttempt,
  createCredentialsBroker,
  createMemoryCache,
  requestKey,
  type AssumedRole,
  type CachedRole,
  type RoleRequest,
} from "@daypass/credentials";
import { afterAll, beforeAll, expect } from "vitest";
import { answers, errorOf, refuses } from "./attack-table.js";
import { serveAnswers, type AnsweringServer } from "./serve-answers.js";
import { keyPairs } from "./tables/cache-keys.js";
import { engineInheritedRows, engineKeyRows, engineNullRows, type EngineDoor } from "./tables/engine-options.js";
import { lyingAnswers, plantedEntries } from "./tables/lying-answers.js";
import { endpoints, regions } from "./tables/regions.js";
import { engineRoleArns } from "./tables/role-arns.js";
import {
  externalIdRows,
  goodRequest,
  narrowingRows,
  requestKeyRows,
  sessionNameRows,
  wrongKindRows,
} from "./tables/role-requests.js";
import { withOwn } from "./tables/spellings.js";
import { foreignNames, SENT, strangersWords, stsWords } from "./tables/sts-words.js";

const START = Date.UTC(2030, 0, 1);
const caller = { accessKeyId: "ASIACALLER0123456789", ...SENT };

const granted = (request: RoleRequest): AssumedRole => ({
  credentials: {
    accessKeyId: "ASIA0123456789ABCDEF",
    secretAccessKey: "secret-of-sts",
    sessionToken: "token-of-sts",
    expiration: new Date(START + 3_600_000),
  },
  assumedRoleArn: `arn:aws:sts::222222222222:assumed-role/reader/${request.roleSessionName}`,
  roleUniqueId: "AROA0123456789ABCDEF0",
});

/** A broker over an STS that counts its calls. */
function openBroker(answer: (request: RoleRequest) => AssumedRole = granted, cache = createMemoryCache()) {
  const counts = { calls: 0 };
  const broker = createCredentialsBroker({
    assumeRole: async (request) => {
      counts.calls += 1;
      return answer(request);
    },
    record: async () => undefined,
    cache,
    now: () => START,
    jitter: () => 0.5,
    sleep: async () => undefined,
    waitMs: 0,
  });
  return { broker, counts };
}

/** Asks for credentials; a question that is refused must not have reached STS. */
async function ask(change: Readonly<Record<string, unknown>>) {
  const { broker, counts } = openBroker();
  const request: unknown = { ...goodRequest, ...change };
  const error = await errorOf(() => broker.provider(request as RoleRequest)());
  expect(counts.calls, "STS was asked").toBe(0);
  const attempt = createAuditedAttempt({
    assumeRole: async () => expect.fail("STS was asked"),
    record: async () => expect.fail("something was recorded"),
  });
  expect(await errorOf(() => attempt(request as RoleRequest))).toEqual(error);
  if (error instanceof Error) throw error;
}

refuses("a role that is none", engineRoleArns, ({ roleArn }) => ask({ roleArn }));
refuses(
  "a region from which a foreign host could be made",
  regions.filter(({ door }) => door === "of an AssumeRole"),
  ({ region }) => ask({ region }),
);
refuses("an external ID that STS would not take", externalIdRows, ({ change }) => ask(change));
refuses("a name that ends up in a log", sessionNameRows, ({ change }) => ask(change));
refuses("a limit that limits nothing", narrowingRows, ({ change }) => ask(change));
refuses("a field of another kind", wrongKindRows, ({ change }) => ask(change));
refuses("a field in another spelling", requestKeyRows, ({ change }) => ask(change));

const factories: Readonly<Record<EngineDoor, (options: never) => unknown>> = {
  createAssumeRole,
  createAuditedAttempt,
  createCredentialsBroker,
  createMemoryCache,
};
const goodOptions: Readonly<Record<EngineDoor, object>> = {
  createAssumeRole: { credentials: caller },
  createAuditedAttempt: { assumeRole: granted, record: async () => undefined },
  createCredentialsBroker: { assumeRole: granted, record: async () => undefined },
  createMemoryCache: {},
};
for (const [title, rows] of [
  ["an option in another spelling", engineKeyRows],
  ["an option with an inherited name", engineInheritedRows],
  ["an option that is null", engineNullRows],
] as const) {
  refuses(title, rows, ({ door, key, value }) => {
    try {
      return factories[door](withOwn(goodOptions[door], key, value) as never);
    } finally {
      expect(Reflect.get({}, "admin")).toBeUndefined();
    }
  });
}

refuses(
  "an endpoint that would see the answer",
  endpoints.filter(({ door }) => door === "createAssumeRole"),
  ({ endpoint }) => createAssumeRole({ credentials: caller, endpoint }),
);

refuses("an STS that lies", lyingAnswers, async ({ lie }) => {
  const { broker } = openBroker((request) => lie(granted(request)) as AssumedRole);
  const error = await errorOf(() => broker.provider(goodRequest)());
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/secret-of-sts|token-of-sts/);
  throw error;
});

answers("a cache that others write to", plantedEntries, async ({ plant }) => {
  const right: CachedRole = {
    request: goodRequest,
    assumedRole: {
      ...granted(goodRequest),
      credentials: { ...granted(goodRequest).credentials, accessKeyId: "PLANTED" },
    },
    obtained: new Date(START),
  };
  const other: RoleRequest = { ...goodRequest, roleArn: "arn:aws:iam::333333333333:role/reader", externalId: "theirs" };
  const foreign: CachedRole = {
    request: other,
    assumedRole: {
      ...right.assumedRole,
      assumedRoleArn: "arn:aws:sts::333333333333:assumed-role/reader/acme.report",
    },
    obtained: right.obtained,
  };
  const planted = plant(right, foreign) as CachedRole;
  const { broker, counts } = openBroker(granted, {
    get: async () => planted,
    set: async () => undefined,
    delete: async () => undefined,
    clear: async () => undefined,
  });
  const { accessKeyId } = await broker.provider(goodRequest)();
  return { served: accessKeyId === "PLANTED" ? "the cache" : "STS", calls: counts.calls };
});

answers("two questions that look alike", keyPairs, ({ one, other }) => ({
  distinct: requestKey(one as RoleRequest) !== requestKey(other as RoleRequest),
}));

let server: AnsweringServer;
beforeAll(async () => {
  server = await serveAnswers();
});
afterAll(() => server.close());

async function askOverTheWire(answer: AnsweringServer["answer"]) {
  server.answer = answer;
  const assumeRole = createAssumeRole({ credentials: caller, endpoint: server.endpoint });
  const error = await errorOf(() => assumeRole({ ...goodRequest, policy: SENT.policy }));
  const shown = inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
  for (const secret of [...Object.values(SENT), "canary:Policy", "123456"]) expect(shown).not.toContain(secret);
  throw error;
}

refuses("what STS says, on its way to a terminal", stsWords, ({ answer }) => askOverTheWire(answer));
refuses("what others say in STS's place", strangersWords, ({ answer }) => askOverTheWire(answer));

refuses("a provider that fails in words of its own", foreignNames, async ({ error: name }) => {
  const failure = Object.assign(new Error(`no token, only ${SENT.secretAccessKey}`), { name });
  const assumeRole = createAssumeRole({ credentials: () => Promise.reject(failure), endpoint: server.endpoint });
  const error = await errorOf(() => assumeRole(goodRequest));
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SENT.secretAccessKey);
  throw error;
});
