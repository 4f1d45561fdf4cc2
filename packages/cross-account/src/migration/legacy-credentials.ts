// Credentials for customers whose role is not there yet: their old key, for a few minutes at a time, until the cut-off.
import { eventOf } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import type { Integration } from "../types.js";

/** An access key as an SDK takes it. It has no session token. */
export interface LegacyCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** When to ask again, not when AWS stops honouring it: that is for the customer to do. */
  readonly expiration: Date;
}

/** For so long, in milliseconds, a key is handed out without asking again. A cut-off, or the role, takes over within it. */
const lifeMs = 300_000;

/** Returns a function that gives the credentials of an integration's key, each load recorded before it is handed out. */
export function createLegacyCredentials({ store, now }: CheckedOptions) {
  const loaded = new Map<string, LegacyCredentials>();

  /** Rejects with what the store rejects with. The integration must have a key that is not cut off. */
  return async function legacyCredentials(integration: Integration): Promise<LegacyCredentials | undefined> {
    const { integrationId, legacyKey } = integration;
    const time = now();
    if (legacyKey === null || time >= legacyKey.cutOff.getTime()) {
      loaded.delete(integrationId);
      return undefined;
    }
    const { accessKeyId, secretAccessKey, cutOff } = legacyKey;
    const last = loaded.get(integrationId);
    const left = (last?.expiration.getTime() ?? 0) - time;
    if (last !== undefined && last.accessKeyId === accessKeyId && left > 0 && left <= lifeMs) return last;
    const expiration = new Date(Math.min(time + lifeMs, cutOff.getTime()));
    await store.record(eventOf("integration.legacy_key_used", integration, new Date(time)));
    const fresh = { accessKeyId, secretAccessKey, expiration };
    loaded.set(integrationId, fresh);
    return fresh;
  };
}
