// Steps out of turn, other tenants, taken buckets, and customers who are named like programs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createMemoryStore, type Integration, type IntegrationStore } from "@daypass/cross-account";
import { createSqliteStore } from "@daypass/stores";
import { afterAll, beforeAll } from "vitest";
import {
  bucket,
  letAnybodyRead,
  openTemplateWorld,
  type TemplateWorld,
} from "../../packages/cross-account/test/template-world.js";
import { CUSTOMER, OTHER_CUSTOMER, region, VENDOR } from "../../packages/cross-account/test/vendor-world.js";
import { answers, refuses } from "./attack-table.js";
import { goodInputs } from "./tables/cross-account-doors.js";
import {
  bucketTakeovers,
  forbiddenSteps,
  foreignQuestions,
  lookalikeCustomers,
  type BucketState,
  type State,
} from "./tables/forbidden-steps.js";
import { hostileCustomers } from "./tables/hostile-customers.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-attacks-"));
let world: TemplateWorld;
let sqlite: IntegrationStore;
const ids: Record<State, string> = { pending: "", active: "", suspended: "", revoked: "", unknown: "nobody-made-this" };
const owned = { own: "", acme: "" };

beforeAll(async () => {
  world = await openTemplateWorld({
    certificateKey: { keyId: "key", privateKey: generateKeyPairSync("ed25519").privateKey },
  });
  sqlite = await createSqliteStore({
    path: join(folder, "store.db"),
    sealingKeys: { current: { id: "k", key: randomBytes(32) } },
  });
  await world.makeBucket();
  const { crossAccount } = world;
  await crossAccount.publishTemplate();
  const make = async (customerId: string, label = "default", declaredAccountId: string | null = null) =>
    (await crossAccount.createIntegration({ customerId, label, declaredAccountId })).integrationId;
  ids.pending = await make("pending");
  for (const state of ["active", "suspended", "revoked"] as const) {
    ids[state] = (await world.linkedIntegration(state)).integrationId;
  }
  await crossAccount.revoke({ integrationId: ids.revoked, reason: "over" });
  const kept = (await world.store.get(ids.suspended)) as Integration;
  await world.store.update({ ...kept, state: "suspended", reason: "denied", version: kept.version + 1 }, []);
  owned.own = await make("other");
  await make("other", "second");
  owned.acme = await make("acme");
  await make("acme", "acme-only");
});
afterAll(async () => {
  await sqlite.close();
  await world.sandbox.stop();
  rmSync(folder, { recursive: true });
});

refuses("a step out of turn", forbiddenSteps, async ({ state, step }) => {
  const { crossAccount } = world;
  const integrationId = ids[state];
  if (step === "assumeCustomerRole") {
    return crossAccount.assumeCustomerRole(state === "unknown" ? "nobody" : state).credentials();
  }
  if (step === "createIntegration") {
    return crossAccount.createIntegration({ customerId: state, declaredAccountId: OTHER_CUSTOMER });
  }
  const stranger = `arn:aws:iam::${CUSTOMER}:role/another`;
  const ahead = new Date(world.clock.now() + 86_400_000);
  const inputs: Readonly<Record<string, object>> = {
    verifyIntegration: { integrationId, roleArn: stranger },
    attachLegacyKey: { ...goodInputs.attachLegacyKey, integrationId, cutOff: ahead },
    revoke: { integrationId, reason: "over" },
    awaitIntegration: { integrationId, timeoutSeconds: 1 },
    generateIntegrationUrl: { integrationId, region },
    generateRoleCommands: { integrationId, region },
  };
  const call = crossAccount[step] as (input: unknown) => Promise<unknown>;
  return call(inputs[step] ?? integrationId);
});

refuses("another tenant's name", lookalikeCustomers, async ({ store, customerId }) => {
  const vendor = world.another({ store: store === "memory" ? world.store : sqlite });
  if (store === "SQLite") await vendor.createIntegration({ customerId: "acme", declaredAccountId: null });
  await vendor.assumeCustomerRole(customerId).credentials();
});

refuses("another tenant's integration", foreignQuestions, async ({ choice }) => {
  const { integrationId } = choice;
  const real: Readonly<Record<string, string>> = { "acme's": owned.acme, own: owned.own, OWN: owned.own.toUpperCase() };
  const given = { ...choice, ...(integrationId !== undefined && { integrationId: real[integrationId] ?? "" }) };
  // Two that are active, so that only the choice is missing.
  const vendor = "label" in choice || "integrationId" in choice ? world.crossAccount : await twoActive();
  await vendor.assumeCustomerRole("other", given).credentials();
});

/** A vendor for whom the customer's both integrations are active. */
async function twoActive() {
  const store = createMemoryStore();
  const active = (await world.store.get(ids.active)) as Integration;
  for (const [at, label] of ["one", "two"].entries()) {
    const role = {
      ...(active.role ?? never()),
      roleArn: `arn:aws:iam::${CUSTOMER}:role/r${at}`,
      roleUniqueId: `AROA${at}EXAMPLEEXAMPLE`,
    };
    const identity = { integrationId: `two-${label}`, externalId: `id-of-${label}`, customerId: "other", label };
    const pending = { ...active, ...identity };
    await store.create({ ...pending, state: "pending", role: null, verification: null, version: 1 }, []);
    await store.update({ ...pending, role, version: 2 }, []);
  }
  return world.another({ store });
}

function never(): never {
  throw new Error("an active integration has a role");
}

answers("a customer who is named like a program", hostileCustomers, async ({ text }) => {
  const { crossAccount } = world;
  const { integrationId, customerId, label } = await crossAccount.createIntegration({
    customerId: `evil ${text}`,
    label: text,
    declaredAccountId: CUSTOMER,
  });
  const launch = await crossAccount.generateIntegrationUrl({ integrationId, region });
  const { script } = await crossAccount.generateRoleCommands({ integrationId, region });
  const { origin, pathname, hash } = new URL(launch.url);
  const query = new URLSearchParams(hash.slice(hash.indexOf("?") + 1));
  const names = [...query.keys()]
    .filter((name) => name.startsWith("param_"))
    .map((name) => name.slice("param_".length));
  await crossAccount.verifyIntegration({ integrationId, roleArn: `arn:aws:iam::${CUSTOMER}:role/none` });
  const events = await world.store.listEvents({ limit: 100_000 });
  const sessions = events.flatMap(({ event }) => ("roleSessionName" in event ? [event.roleSessionName] : []));
  return {
    kept: customerId === `evil ${text}` && label === text,
    samePlace:
      origin === world.sandbox.endpoint &&
      pathname === "/cloudformation/home" &&
      hash.startsWith("#/stacks/create/review?"),
    parameters: names.toSorted(),
    inScripts: [launch.script, script].some(
      (each) => each.includes("evil") || (text.length > 3 && each.includes(text)),
    ),
    inSession: sessions.some((name) => name.includes("evil")),
  };
});

refuses("a bucket that is not ours alone", bucketTakeovers, async ({ bucket: state }) => {
  const taken = await openTemplateWorld();
  try {
    await arrange[state](taken);
    const { crossAccount } = taken;
    const { integrationId } = await crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER });
    if (published.has(state)) await crossAccount.generateIntegrationUrl({ integrationId, region });
    else await crossAccount.publishTemplate();
  } finally {
    await taken.sandbox.stop();
  }
});

/** Where the template was published first and tampered with later: then it is the link that is refused. */
const published = new Set<BucketState>(["replaced", "cut", "longer", "removed"]);

async function makeForeign(taken: TemplateWorld): Promise<void> {
  const s3 = taken.s3(CUSTOMER);
  await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } });
  await s3.putBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } });
}

async function publish(taken: TemplateWorld): Promise<{ readonly Bucket: string; readonly Key: string }> {
  await taken.makeBucket();
  const { templateUrl } = await taken.crossAccount.publishTemplate();
  return { Bucket: bucket, Key: templateUrl.slice(templateUrl.lastIndexOf("/") + 1) };
}

async function rewrite(taken: TemplateWorld, change: (body: string) => string): Promise<void> {
  const object = await publish(taken);
  const { Body } = await taken.s3(VENDOR).getObject(object);
  await taken.s3(VENDOR).putObject({ ...object, Body: change((await Body?.transformToString()) ?? "") });
}

const arrange: Readonly<Record<BucketState, (taken: TemplateWorld) => Promise<unknown>>> = {
  none: async () => undefined,
  foreign: makeForeign,
  "foreign and open": async (taken) => {
    await makeForeign(taken);
    await letAnybodyRead(taken.s3(CUSTOMER), [
      "s3:PutObject",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
    ]);
  },
  unversioned: (taken) => taken.makeBucket("versioning"),
  suspended: async (taken) => {
    await taken.makeBucket();
    await taken.s3(VENDOR).putBucketVersioning({ Bucket: bucket, VersioningConfiguration: { Status: "Suspended" } });
  },
  private: (taken) => taken.makeBucket("policy"),
  squatted: async (taken) => {
    const { Key } = await publish(taken);
    await taken.s3(VENDOR).putObject({ Bucket: bucket, Key, Body: '{"Resources":{}}' });
  },
  replaced: (taken) => rewrite(taken, (body) => body.replace(VENDOR, OTHER_CUSTOMER)),
  cut: (taken) => rewrite(taken, (body) => body.slice(0, -2)),
  longer: (taken) => rewrite(taken, (body) => `${body} `),
  removed: async (taken) => {
    await taken.s3(VENDOR).deleteObject(await publish(taken));
  },
};
