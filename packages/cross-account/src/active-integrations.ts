// Which integration a customer's credentials are for, right now. Remembers what the store said for a short while.
import { CrossAccountError } from "./errors.js";
import type { IntegrationStore } from "./store-types.js";
import type { Integration } from "./types.js";

/**
 * For so long, in milliseconds, a store's answer is believed without asking again. It bounds how long another process
 * goes on handing out sessions that it holds after this one revoked; in this process a revocation is immediate.
 */
export const rereadAfterMs = 30_000;

/** So long, in milliseconds, the store may take; then it counts as down. */
const patienceMs = 5_000;

/** A question to the store that is under way. */
interface Reading {
  readonly answer: Promise<readonly Integration[]>;
  /** When it was asked, by our clock. */
  readonly time: number;
  /** It has taken longer than our patience: nobody waits for it again. */
  late: boolean;
}

/** Tells a customer's integrations apart; without either, the customer must have exactly one that is active. */
export interface IntegrationChoice {
  readonly integrationId?: string | undefined;
  readonly label?: string | undefined;
}

export interface ActiveIntegrations {
  /**
   * Returns the active integration of a customer. Throws `CrossAccountError`: `integration_not_found`,
   * `integration_not_active`, `ambiguous_integration`, or what the store throws when nothing is remembered.
   */
  find(customerId: string, choice: IntegrationChoice): Promise<Integration>;
  /**
   * Returns the integration whose old key may stand in for a role that is not there yet; `undefined` when there is none, or
   * not exactly one. A suspended or revoked integration has a reason to be closed, and no key opens it.
   */
  findWithLegacyKey(customerId: string, choice: IntegrationChoice): Promise<Integration | undefined>;
  /** From this moment the integration is never found again by this process. */
  bar(integrationId: string): void;
  /** Takes `bar` back; for ids that turn out not to exist. */
  unbar(integrationId: string): void;
  isBarred(integrationId: string): boolean;
  /** Forgets what the store said about a customer. */
  forget(customerId: string): void;
}

/** Returns a reader over the store. Customers whom the store does not know are not remembered. */
export function createActiveIntegrations(store: IntegrationStore, now: () => number): ActiveIntegrations {
  const remembered = new Map<string, { readonly integrations: readonly Integration[]; readonly time: number }>();
  const reading = new Map<string, Reading>();
  const barred = new Set<string>();

  async function read(customerId: string): Promise<readonly Integration[]> {
    const known = remembered.get(customerId);
    if (known !== undefined && isRecent(known.time)) return known.integrations;
    try {
      return await waitFor(readOnce(customerId));
    } catch (error) {
      // A row that was tampered with is no outage: what it said before is not believed either.
      if (!isOutage(error)) remembered.delete(customerId);
      // A store that is down takes no working session away: new ones need its audit, old ones end by themselves.
      const last = remembered.get(customerId);
      if (last === undefined) throw error;
      return last.integrations;
    }
  }

  /** A clock that was set back makes the age unknown, and unknown is too old. */
  function isRecent(time: number): boolean {
    const age = now() - time;
    return age >= 0 && age < rereadAfterMs;
  }

  function readOnce(customerId: string): Reading {
    const underWay = reading.get(customerId);
    // A question that got lost is asked again after a while; until then a store that hangs gets no more of them.
    if (underWay !== undefined && (!underWay.late || isRecent(underWay.time))) return underWay;
    const time = now();
    const started: Reading = { answer: store.listByCustomer(customerId), time, late: false };
    reading.set(customerId, started);
    const settle = (integrations: readonly Integration[]) => {
      // Forgotten meanwhile: what was read may be from before the change, and is not remembered.
      if (reading.get(customerId) !== started) return;
      reading.delete(customerId);
      if (integrations.length > 0) remembered.set(customerId, { integrations, time });
    };
    started.answer.then(settle, () => settle([]));
    return started;
  }

  return {
    async find(customerId, choice) {
      const kept = await read(customerId);
      return chooseActive(kept, choice, barred);
    },
    async findWithLegacyKey(customerId, choice) {
      const meant = (await read(customerId)).filter((kept) => isMeant(kept, choice) && !barred.has(kept.integrationId));
      if (meant.some(({ state }) => state === "active")) return undefined;
      const waiting = meant.filter(({ state, legacyKey }) => isWaiting(state) && legacyKey !== null);
      return waiting.length === 1 ? waiting[0] : undefined;
    },
    bar(integrationId) {
      barred.add(integrationId);
    },
    unbar(integrationId) {
      barred.delete(integrationId);
    },
    isBarred: (integrationId) => barred.has(integrationId),
    forget(customerId) {
      remembered.delete(customerId);
      reading.delete(customerId);
    },
  };
}

/** Says whether the store is down, and not that it answered with something that must not be used. */
function isOutage(error: unknown): boolean {
  return !(error instanceof CrossAccountError) || error.code === "store_unavailable";
}

/** A store that hangs is down like one that fails. The timer does not keep the process alive. */
async function waitFor(reading: Reading): Promise<readonly Integration[]> {
  if (reading.late) throw storeIsLate();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reading.late = true;
      reject(storeIsLate());
    }, patienceMs).unref();
  });
  try {
    return await Promise.race([reading.answer, end]);
  } finally {
    clearTimeout(timer);
  }
}

function storeIsLate(): CrossAccountError {
  return new CrossAccountError("store_unavailable", `the store did not answer within ${patienceMs} ms`, {
    hint: "see that its database answers, then try again",
  });
}

function isMeant(integration: Integration, { integrationId, label }: IntegrationChoice): boolean {
  return (
    (integrationId === undefined || integration.integrationId === integrationId) &&
    (label === undefined || integration.label === label)
  );
}

function isWaiting(state: Integration["state"]): boolean {
  return state === "pending" || state === "unproven";
}

function chooseActive(
  integrations: readonly Integration[],
  choice: IntegrationChoice,
  barred: ReadonlySet<string>,
): Integration {
  const stateOf = (integration: Integration) => (barred.has(integration.integrationId) ? "revoked" : integration.state);
  const meant = integrations.filter((integration) => isMeant(integration, choice));
  const active = meant.filter((integration) => stateOf(integration) === "active");
  const [only, ...others] = active;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const labels = active.map((integration) => JSON.stringify(integration.label)).join(", ");
    throw new CrossAccountError("ambiguous_integration", `the customer has ${active.length} active integrations`, {
      hint: `choose one by label or integrationId; the labels are ${labels}`,
    });
  }
  const last = meant.findLast((integration) => stateOf(integration) !== "revoked") ?? meant.at(-1);
  if (last === undefined) {
    throw new CrossAccountError("integration_not_found", "the customer has no such integration", {
      hint: "create it, then verify it",
    });
  }
  throw new CrossAccountError("integration_not_active", `the customer's integration is ${stateOf(last)}`, {
    hint: stateOf(last) === "revoked" ? "create a new integration" : `verify integration ${last.integrationId}`,
  });
}
