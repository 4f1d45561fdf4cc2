// A hub's keys exchanged for new ones, so that it can be killed at any step and goes on where it stopped. The journal is
// in the secret store, because for a while it holds the only copy of the new secret.
import type { AccessKeyMetadata } from "@aws-sdk/client-iam";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { AuthError } from "../errors.js";
import type { CredentialsSource, LongLivedKeys, RecordAuthEvent, SourceContext } from "../types.js";
import { callIam, type IamCall } from "./call-iam.js";
import type { Hub } from "./config-schema.js";
import { findHub } from "./find-identity.js";
import { createHubKeysSource, secretNameOf, storeHubKeys } from "./hub-keys.js";
import { createHubUserSource, type HubSetting } from "./hub-sources.js";
import { identifyKeys } from "./identify-keys.js";

export interface RotationOptions {
  readonly name: string;
  /** Awaited; where it rejects, no key is made. */
  readonly record: RecordAuthEvent;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** What was done. */
export interface Rotation {
  readonly oldAccessKeyId: string;
  readonly accessKeyId: string;
  /** What the person should know, in sentences. */
  readonly explanation: readonly string[];
}

const KEY = v.strictObject({ accessKeyId: v.string(), secretAccessKey: v.string() });
const JOURNAL = v.strictObject({ oldAccessKeyId: v.string(), created: v.optional(KEY) });
type Journal = v.InferOutput<typeof JOURNAL>;

// IAM User Guide, "Troubleshoot IAM": changes are not visible everywhere at once. New keys are known after 10 to 20
// seconds; this waits a minute and a half in all.
const WAITS_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000];

const journalNameOf = (name: string): string => `${secretNameOf(name)}/rotation`;

const describeKey = ({ AccessKeyId, Status, CreateDate }: AccessKeyMetadata): string =>
  `${AccessKeyId ?? "?"} (${Status ?? "?"}, made ${CreateDate?.toISOString() ?? "?"})`;

interface Rotating {
  readonly context: SourceContext;
  readonly setting: HubSetting;
  readonly options: RotationOptions;
}

/** The journal of a rotation of these keys. One of keys that the hub no longer has, because others were added, is void. */
const readJournal = async ({ context, options }: Rotating, hub: Hub): Promise<Journal | undefined> => {
  const stored = await context.secrets.get(journalNameOf(options.name));
  if (stored === undefined) return undefined;
  try {
    const journal = v.parse(JOURNAL, JSON.parse(stored));
    const isOfHub = [journal.oldAccessKeyId, journal.created?.accessKeyId].includes(hub.accessKeyId);
    return isOfHub ? journal : undefined;
  } catch {
    throw new AuthError("secrets_damaged", `the journal of the rotation of hub ${options.name} cannot be read`, {
      hint: "see to the user's access keys in the IAM console, then add the hub's keys again",
    });
  }
};

const writeJournal = ({ context, options }: Rotating, journal: Journal): Promise<void> =>
  context.secrets.set(journalNameOf(options.name), JSON.stringify(journal));

/** Where AWS does not know new keys yet, it is asked again; anything else is what it is. */
const untilKnown = async <Answer>({ options }: Rotating, ask: () => Promise<Answer>): Promise<Answer> => {
  const { sleep = setTimeout } = options;
  for (const wait of WAITS_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== "caller_credentials") throw error;
      await sleep(wait);
    }
  }
  return ask();
};

const asHub = (rotating: Rotating, hub: Hub): Pick<IamCall<unknown>, "client" | "keys" | "createSession"> => {
  const { context, setting, options } = rotating;
  const createSession = (): Promise<CredentialsSource> => createHubUserSource(context, setting, options.name);
  return {
    client: setting.settingsFor("iam", hub.region),
    keys: createHubKeysSource(context, hub),
    ...(hub.withoutMfa !== true && { createSession }),
  };
};

const listKeys = async (rotating: Rotating, hub: Hub): Promise<readonly AccessKeyMetadata[]> => {
  const { ListAccessKeysCommand } = await import("@aws-sdk/client-iam");
  const answer = await callIam(rotating.context, {
    ...asHub(rotating, hub),
    what: `the list of access keys to user ${hub.userName}`,
    send: (iam, abortSignal) => iam.send(new ListAccessKeysCommand({}), { abortSignal }),
  });
  return answer.AccessKeyMetadata ?? [];
};

/** Deletes a key of the user's that is not the one that asks. One that is gone already is as good. */
const deleteKey = async (rotating: Rotating, hub: Hub, AccessKeyId: string): Promise<void> => {
  const { DeleteAccessKeyCommand, UpdateAccessKeyCommand } = await import("@aws-sdk/client-iam");
  const asked = { ...asHub(rotating, hub), what: `the end of key ${AccessKeyId} to user ${hub.userName}` };
  try {
    // Deactivated first: should the deletion fail, the key is dead all the same.
    await callIam(rotating.context, {
      ...asked,
      send: (iam, abortSignal) =>
        iam.send(new UpdateAccessKeyCommand({ AccessKeyId, Status: "Inactive" }), { abortSignal }),
    });
    await callIam(rotating.context, {
      ...asked,
      send: (iam, abortSignal) => iam.send(new DeleteAccessKeyCommand({ AccessKeyId }), { abortSignal }),
    });
  } catch (error) {
    if (!(error instanceof AuthError) || !error.awsCode?.startsWith("NoSuchEntity")) throw error;
  }
};

/**
 * A rotation was killed after its key was made and before the secret was stored: then the secret is lost, and the key of
 * no use. It may as well be somebody else's, so that it is never deleted unasked.
 */
const removeLostKey = async (rotating: Rotating, hub: Hub, lost: AccessKeyMetadata): Promise<void> => {
  const { prompt } = rotating.context;
  const said = `a rotation of hub ${hub.name} was interrupted, and key ${describeKey(lost)} is there`;
  const hint = "delete that key in the IAM console if nobody uses it, then rotate again";
  if (!prompt.isAvailable) throw new AuthError("prompt_unavailable", said, { hint });
  const message = `${said}. Its secret is lost, unless somebody else made it. Delete it?`;
  const answer = await prompt.ask({ kind: "confirmation", message });
  if (answer !== "yes") throw new AuthError("cancelled", `${said}, and it stays`, { hint });
  await deleteKey(rotating, hub, lost.AccessKeyId ?? "");
};

const createKey = async (rotating: Rotating, hub: Hub, isResumed: boolean): Promise<LongLivedKeys> => {
  const other = (await listKeys(rotating, hub)).find(({ AccessKeyId }) => AccessKeyId !== hub.accessKeyId);
  if (other !== undefined) {
    if (!isResumed) {
      // IAM User Guide, "IAM and AWS STS quotas": two access keys for each user.
      throw new AuthError("invalid_option", `user ${hub.userName} has two keys, and AWS allows no third`, {
        hint: `delete the one that is not of this hub in the IAM console: ${describeKey(other)}`,
      });
    }
    await removeLostKey(rotating, hub, other);
  }
  // Said before it happens: whoever finds a key that is not stored knows where it came from.
  await writeJournal(rotating, { oldAccessKeyId: hub.accessKeyId });
  const { CreateAccessKeyCommand } = await import("@aws-sdk/client-iam");
  const { AccessKey } = await callIam(rotating.context, {
    ...asHub(rotating, hub),
    what: `a new access key to user ${hub.userName}`,
    send: (iam, abortSignal) => iam.send(new CreateAccessKeyCommand({}), { abortSignal }),
  });
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new AuthError("aws_unavailable", "AWS answered without the new key", { hint: "rotate again" });
  }
  const created = { accessKeyId, secretAccessKey };
  await writeJournal(rotating, { oldAccessKeyId: hub.accessKeyId, created });
  return created;
};

const verifyKeys = async (rotating: Rotating, hub: Hub, keys: LongLivedKeys): Promise<void> => {
  const client = rotating.setting.settingsFor("sts", hub.region);
  const asked = { credentials: keys, client, what: "the identity of the new keys" };
  const owner = await untilKnown(rotating, () => identifyKeys(rotating.context, asked));
  if (owner.accountId === hub.accountId && owner.userName === hub.userName) return;
  throw new AuthError("secrets_damaged", `the new keys are not of user ${hub.userName}`, {
    hint: "see to the user's access keys in the IAM console, then add the hub's keys again",
  });
};

/** From here on the new keys are those of the hub. Each step may be taken again. */
const switchKeys = async (rotating: Rotating, keys: LongLivedKeys): Promise<Hub> => {
  const { context, setting, options } = rotating;
  await storeHubKeys(context.secrets, options.name, keys);
  const config = await setting.config.update((before) => ({
    ...before,
    hubs: before.hubs.map((hub) => (hub.name === options.name ? { ...hub, accessKeyId: keys.accessKeyId } : hub)),
  }));
  return findHub(config, options.name);
};

const rotate = async (rotating: Rotating): Promise<Rotation> => {
  const { context, setting, options } = rotating;
  const { name, record } = options;
  const hub = findHub(await setting.config.read(), name);
  const journal = await readJournal(rotating, hub);
  await record({ type: "secret.stored", time: new Date(context.now()), name: secretNameOf(name) });
  const keys = journal?.created ?? (await createKey(rotating, hub, journal !== undefined));
  const oldAccessKeyId = journal?.oldAccessKeyId ?? hub.accessKeyId;
  await verifyKeys(rotating, hub, keys);
  const switched = await switchKeys(rotating, keys);
  // IAM may be asked elsewhere than STS was, where the keys are not known yet.
  await untilKnown(rotating, () => deleteKey(rotating, switched, oldAccessKeyId));
  await record({
    type: "key.rotated",
    time: new Date(context.now()),
    name: secretNameOf(name),
    accessKeyId: keys.accessKeyId,
  });
  await context.secrets.delete(journalNameOf(name));
  return {
    oldAccessKeyId,
    accessKeyId: keys.accessKeyId,
    explanation: [
      `hub ${name} uses key ${keys.accessKeyId} now, and key ${oldAccessKeyId} is deleted`,
      "the sessions that the old key made end with it, so the next role costs a code",
    ],
  };
};

/**
 * Exchanges a hub's keys: a new key is made, stored and proved, then the old one is deactivated and deleted. Killed at
 * any step, the next call goes on; until the new key is proved, the old one stays in use. Rejects with `invalid_option`
 * where the user has two keys, `cancelled` or `prompt_unavailable` where a lost key must be seen to, and as AWS does.
 */
export const rotateHubKeys = (
  context: SourceContext,
  setting: HubSetting,
  options: RotationOptions,
): Promise<Rotation> => context.locks.withLock(`hub/${options.name}`, () => rotate({ context, setting, options }));
