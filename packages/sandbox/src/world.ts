// Makes the empty world and adds accounts to it. Everything else is put in by IAM, S3, STS and the world file.
import type { Account, Clock, RandomBytes } from "./types.js";
import type { World } from "./world-types.js";

/** Returns a world without accounts. `clock` gives milliseconds since 1970. */
export function createWorld(options: {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly stackDurationMs?: number;
}): World {
  return {
    clock: options.clock,
    randomBytes: options.randomBytes,
    partition: "aws",
    accounts: new Map(),
    accessKeys: new Map(),
    sessions: new Map(),
    mfaDevices: new Map(),
    buckets: new Map(),
    identityCenter: {
      instance: undefined,
      clients: new Map(),
      devices: new Map(),
      codes: new Map(),
      accessTokens: new Map(),
      refreshTokens: new Map(),
    },
    stacks: new Map(),
    stackDurationMs: options.stackDurationMs ?? 0,
    serviceControl: new Map(),
    organizationId: undefined,
    faults: [],
    pending: new Map(),
    sourceIps: { everywhere: undefined, byKey: new Map() },
    tokenIssuers: new Map(),
    calls: [],
  };
}

/** Adds an account without users and returns it. The caller has checked that the id is 12 digits and free. */
export function addAccount(world: World, account: { readonly id: string; readonly name: string }): Account {
  const added: Account = {
    id: account.id,
    name: account.name,
    users: new Map(),
    roles: new Map(),
    groups: new Map(),
    policies: new Map(),
    instanceProfiles: new Map(),
    oidcProviders: new Map(),
    canonicalId: Buffer.from(world.randomBytes(32)).toString("hex"),
  };
  world.accounts.set(added.id, added);
  return added;
}
