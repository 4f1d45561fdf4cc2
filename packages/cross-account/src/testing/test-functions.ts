// What the suite needs from a test runner, and the integrations that it writes. No runner is imported.
import { CrossAccountError } from "../errors.js";
import type { IntegrationStore } from "../store-types.js";
import type { Integration, IntegrationEvent, ProvenRole, Verification } from "../types.js";

/** The three functions that vitest, Jest and node:test with an `expect` have in common. */
export interface TestFunctions {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  expect(value: unknown): {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
  };
}

/** A fresh, empty store, and for stores that outlive a process, how to close it and open the same one again. */
export interface OpenedStore {
  readonly store: IntegrationStore;
  readonly reopen?: () => Promise<IntegrationStore>;
}

/** Runs `body` with a fresh store and closes it afterwards. */
export type WithStore = (body: (opened: OpenedStore) => Promise<void>) => () => Promise<void>;

export const moment = new Date("2026-11-20T12:00:00.000Z");

/** A pending integration, as `create` wants it; every name in it follows from `name`. */
export function pendingIntegration(name: string, changes: Partial<Integration> = {}): Integration {
  return {
    integrationId: `id-${name}`,
    customerId: `customer-${name}`,
    label: "default",
    externalId: `External-Id-Of-${name}`,
    state: "pending",
    declaredAccountId: null,
    role: null,
    verification: null,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created: moment,
    updated: moment,
    version: 1,
    ...changes,
  };
}

/** The role NAME of account 222222222222, with a unique id that follows from its name. */
export function provenRole(name: string, changes: Partial<ProvenRole> = {}): ProvenRole {
  return {
    roleArn: `arn:aws:iam::222222222222:role/${name}`,
    accountId: "222222222222",
    roleUniqueId: `AROA-${name}`,
    proven: moment,
    ...changes,
  };
}

/** `integration` one version on, active with `role`. */
export function activated(integration: Integration, role: ProvenRole): Integration {
  const verification: Verification = {
    outcome: "proven",
    roleArn: role.roleArn,
    causes: [],
    nextStep: null,
    probes: [
      {
        kind: "no_external_id",
        round: "after_propagation",
        answer: "denied",
        code: "access_denied",
        awsRequestId: "request-1",
        time: moment,
      },
    ],
    capabilities: [],
    started: moment,
    finished: moment,
  };
  return { ...integration, state: "active", role, verification, version: integration.version + 1 };
}

/** `integration` one version on, revoked. */
export function revoked(integration: Integration): Integration {
  return { ...integration, state: "revoked", reason: "over", version: integration.version + 1 };
}

/** An event about `integration`, told apart by `reason`. */
export function eventAbout(integration: Integration, reason: string): IntegrationEvent {
  return {
    type: "integration.created",
    time: moment,
    integrationId: integration.integrationId,
    customerId: integration.customerId,
    state: integration.state,
    externalIdFingerprint: "fingerprint",
    roleArn: integration.role?.roleArn ?? null,
    reason,
  };
}

/** The reasons of all kept events in order: what `eventAbout` wrote. */
export async function keptReasons(store: IntegrationStore): Promise<unknown[]> {
  const stored = await store.listEvents({ limit: 1000 });
  return stored.map(({ event }) => ("reason" in event ? event.reason : undefined));
}

/** The code of the `CrossAccountError` that `operation` rejects with, or what happened instead. */
export async function codeOf(operation: () => Promise<unknown>): Promise<string> {
  try {
    await operation();
    return "no error";
  } catch (error) {
    return error instanceof CrossAccountError ? error.code : String(error);
  }
}
