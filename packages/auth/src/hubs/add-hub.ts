// Setting up a hub: its user's keys go to the secret store, and what AWS says of them to the configuration.
import { AuthError } from "../errors.js";
import { findMfaDevice, listDevices } from "../mfa/find-device.js";
import { parseTotpSecret } from "../mfa/totp.js";
import type { LongLivedKeys, RecordAuthEvent, SourceContext } from "../types.js";
import { totpNameOf } from "./codes-for-hub.js";
import type { Hub } from "./config-schema.js";
import { readHubKeys, secretNameOf, storeHubKeys } from "./hub-keys.js";
import type { HubSetting } from "./hub-sources.js";
import { identifyKeys } from "./identify-keys.js";

export interface NewHub {
  readonly name: string;
  readonly keys: LongLivedKeys;
  /** Whose STS and IAM are asked. Absent: the settings' own. */
  readonly region?: string;
  readonly codes?: Hub["codes"];
  /** Base 32 or an `otpauth://totp/` address, where codes are made from a stored secret. */
  readonly totpSecret?: string;
  /** One of the user's devices. Absent: the only one, or the person chooses. */
  readonly mfaSerial?: string;
  /** Said on purpose: the user is used without MFA. */
  readonly withoutMfa?: true;
  /** Awaited; where it rejects, nothing is kept. */
  readonly record: RecordAuthEvent;
}

const deviceOf = async (context: SourceContext, setting: HubSetting, hub: NewHub): Promise<string | undefined> => {
  if (hub.withoutMfa === true) return undefined;
  const asked = { credentials: hub.keys, client: setting.settingsFor("iam", hub.region), owner: `hub ${hub.name}` };
  if (hub.mfaSerial === undefined) return findMfaDevice(context, asked);
  const known = await listDevices(context, asked).catch((error: unknown) => {
    // Many hub users may do nothing but assume roles. A wrong serial is refused by STS later, it opens nothing.
    if (error instanceof AuthError && error.code === "access_denied") return undefined;
    throw error;
  });
  if (known === undefined || known.includes(hub.mfaSerial)) return hub.mfaSerial;
  throw new AuthError("mfa_required", `hub ${hub.name} has no MFA device of that serial`, {
    hint: known.length === 0 ? "add a virtual MFA device to the user" : `name one of ${known.join(", ")}`,
  });
};

/** Read before anything is asked of AWS: a secret that makes no codes is found out now and not at the first sign-in. */
const checkTotp = ({ codes, totpSecret }: NewHub): void => {
  if (totpSecret === undefined) return;
  parseTotpSecret(totpSecret);
  if (codes?.from === "totp") return;
  throw new AuthError("invalid_option", "a TOTP secret is given, and no codes are made from one", {
    hint: "say that codes come from it, or leave it out",
  });
};

const refuseOther = (known: Hub, { accountId, userName }: { accountId: string; userName: string }): void => {
  if (known.accountId === accountId && known.userName === userName) return;
  // The roles of the environments were set up for somebody else.
  throw new AuthError(
    "invalid_option",
    `the hub ${known.name} is there, for user ${known.userName} of ${known.accountId}`,
    {
      hint: "give this one another name, or remove the other first",
    },
  );
};

/**
 * Adds a hub, or gives the one of this name new keys of the same user. Returns its entry. Rejects with `invalid_option`
 * (keys of the root user or of a session, a hub of another user, a TOTP secret that is none), `mfa_required`, or as calls of AWS, the configuration
 * and the secret store do; nothing is kept then.
 */
export const addHub = async (context: SourceContext, setting: HubSetting, hub: NewHub): Promise<Hub> => {
  const { name, keys, region, withoutMfa, codes = { from: "terminal" }, totpSecret, record } = hub;
  checkTotp(hub);
  const client = setting.settingsFor("sts", region);
  const owner = await identifyKeys(context, { credentials: keys, client, what: "the identity of these keys" });
  const mfaSerial = await deviceOf(context, setting, hub);
  const entry: Hub = {
    name,
    accountId: owner.accountId,
    partition: owner.partition,
    userName: owner.userName,
    accessKeyId: keys.accessKeyId,
    ...(region !== undefined && { region }),
    ...(mfaSerial !== undefined && { mfaSerial }),
    ...(withoutMfa === true && { withoutMfa }),
    codes,
  };
  return context.locks.withLock(`hub/${name}`, async () => {
    for (const known of (await setting.config.read()).hubs) if (known.name === name) refuseOther(known, owner);
    const before = await readHubKeys(context.secrets, name).catch(() => undefined);
    await record({
      type: "secret.stored",
      time: new Date(context.now()),
      name: secretNameOf(name),
      accessKeyId: keys.accessKeyId,
    });
    await storeHubKeys(context.secrets, name, keys);
    if (totpSecret !== undefined) await context.secrets.set(totpNameOf(name), totpSecret);
    try {
      await setting.config.update((config) => ({
        ...config,
        hubs: [...config.hubs.filter((known) => known.name !== name), entry],
      }));
    } catch (error) {
      if (before === undefined) await context.secrets.delete(secretNameOf(name));
      else await storeHubKeys(context.secrets, name, before);
      throw error;
    }
    return entry;
  });
};

/**
 * Removes a hub, its environments and its secrets from this machine. AWS is not asked: the user's keys go on working
 * until they are deleted there. Rejects as the configuration and the secret store do.
 */
export const removeHub = async (
  context: SourceContext,
  setting: HubSetting,
  { name, record }: { readonly name: string; readonly record: RecordAuthEvent },
): Promise<void> => {
  await context.locks.withLock(`hub/${name}`, async () => {
    await record({ type: "secret.deleted", time: new Date(context.now()), name: secretNameOf(name) });
    // Secrets first: a hub without keys is said to be one, keys without a hub would lie there unseen.
    for (const secret of await context.secrets.names()) {
      if (secret === secretNameOf(name) || secret.startsWith(`${secretNameOf(name)}/`))
        await context.secrets.delete(secret);
    }
    await setting.config.update((config) => ({
      ...config,
      hubs: config.hubs.filter((known) => known.name !== name),
      environments: config.environments.filter((known) => known.hub !== name),
    }));
  });
};
