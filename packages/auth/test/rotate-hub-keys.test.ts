// New keys for a hub: whatever is killed when, there is one key in the end, it is stored, and it works.
import { ListAccessKeysCommand, IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, describe, expect, test } from "vitest";
import { createHubRoleSource } from "../dist/hubs/hub-sources.js";
import { rotateHubKeys } from "../dist/hubs/rotate-hub-keys.js";
import type { AuthEvent, SourceContext } from "../dist/types.js";
import { codeOf, HUB } from "./hub-world.js";
import { closeHubs, startPersonsHub, type PersonsHub } from "./persons-hub.js";

afterEach(closeHubs);

/** A hub without MFA and with one key, so that what is counted is the rotation's own. */
const start = async (answer = "yes") => {
  const hub = await startPersonsHub(() => answer);
  const keys = hub.keysOf("carl");
  await hub.add({ keys, withoutMfa: true });
  await hub.environments({});
  const events: AuthEvent[] = [];
  const slept: number[] = [];
  const options = {
    name: "work",
    record: async (event: AuthEvent) => void events.push(event),
    sleep: async (ms: number) => {
      slept.push(ms);
      hub.advance(ms);
    },
  };
  const rotate = (context: SourceContext = hub.context, setting = hub.setting) =>
    rotateHubKeys(context, setting, options);
  return { hub, keys, events, slept, options, rotate };
};
const keysAtAws = async (hub: PersonsHub, UserName = "carl"): Promise<readonly (string | undefined)[]> => {
  const { accessKeyId, secretAccessKey } = hub.sandbox.account(HUB).admin;
  const { endpoint } = hub.sandbox;
  const iam = new IAMClient({ region: "eu-west-1", endpoint, credentials: { accessKeyId, secretAccessKey } });
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  iam.destroy();
  return AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId);
};
const storedKey = (hub: PersonsHub): unknown =>
  Reflect.get(Object(JSON.parse(hub.secrets.held.get("hub/work") ?? "{}")), "accessKeyId");
const expectDone = async (hub: PersonsHub, old: string) => {
  const { hubs } = await hub.setting.config.read();
  expect(await keysAtAws(hub)).toEqual([hubs[0]?.accessKeyId]);
  expect(storedKey(hub)).toBe(hubs[0]?.accessKeyId);
  expect(storedKey(hub)).not.toBe(old);
  expect([...hub.secrets.held.keys()]).toEqual(["hub/work"]);
};

describe("new keys", () => {
  test("take the place of the old ones, which are deleted, and it is said what ends with them", async () => {
    const { hub, keys, events, rotate } = await start();
    const { oldAccessKeyId, accessKeyId, explanation } = await rotate();
    expect(oldAccessKeyId).toBe(keys.accessKeyId);
    await expectDone(hub, keys.accessKeyId);
    expect(explanation.join()).toContain("the sessions that the old key made end with it");
    expect(events.map(({ type }) => type)).toEqual(["secret.stored", "key.rotated"]);
    expect(events[1]).toMatchObject({ name: "hub/work", accessKeyId });
    expect(await codeOf((await createHubRoleSource(hub.context, hub.setting, "dev/OPEN")).get())).toBe("granted");
  });

  test("cost a code before and one after, where the user may see to keys only with MFA", async () => {
    const serial = `arn:aws:iam::${HUB}:mfa/doras-phone`;
    const hub = await startPersonsHub((_, sandbox) => {
      try {
        return sandbox.mfaCode(serial);
      } catch {
        hub.advance(30_000);
        return sandbox.mfaCode(serial);
      }
    });
    const keys = hub.keysOf("dora");
    await hub.add({ keys });
    const options = { name: "work", record: async () => undefined, sleep: async (ms: number) => hub.advance(ms) };
    await rotateHubKeys(hub.context, hub.setting, options);
    expect(hub.prompt.asked).toHaveLength(2);
    expect(await keysAtAws(hub, "dora")).toEqual([storedKey(hub)]);
    expect(storedKey(hub)).not.toBe(keys.accessKeyId);
  });

  test("are waited for where AWS does not know them at once", async () => {
    const { hub, keys, slept, rotate } = await start();
    hub.sandbox.fault({ kind: "propagation", delayMs: 12_000 });
    await rotate();
    hub.advance(60_000);
    await expectDone(hub, keys.accessKeyId);
    expect(slept.slice(0, 3)).toEqual([1000, 2000, 4000]);
  });

  test("are not made where the user has two, and the other one is named", async () => {
    const { hub, keys, rotate } = await start();
    const { accessKeyId } = hub.keysOf("carl");
    const error: unknown = await rotate().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "invalid_option" });
    expect(Reflect.get(Object(error), "hint")).toContain(accessKeyId);
    expect(storedKey(hub)).toBe(keys.accessKeyId);
    expect(hub.secrets.held.size).toBe(1);
  });

  test("are not made where it cannot be put on record", async () => {
    const { hub, options } = await start();
    const record = () => Promise.reject(new Error("the disk is full"));
    await expect(rotateHubKeys(hub.context, hub.setting, { ...options, record })).rejects.toThrow("the disk is full");
    expect(await keysAtAws(hub)).toHaveLength(1);
  });
});

/** A process that ends at its n-th step: before or after anything that leaves a trace. */
const killAt = (hub: PersonsHub, step: number) => {
  const state = { steps: 0 };
  const tick = () => {
    if (++state.steps > step) throw new Error("killed");
  };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    tick();
    const done = await work();
    tick();
    return done;
  };
  const { requestHandler } = new STSClient({ region: "eu-west-1" }).config;
  const handle: typeof requestHandler.handle = (...args) => around(() => requestHandler.handle(...args));
  const context: SourceContext = {
    ...hub.context,
    secrets: {
      ...hub.secrets,
      set: (name, secret) => around(() => hub.secrets.set(name, secret)),
      delete: (name) => around(() => hub.secrets.delete(name)),
    },
    requestHandler: new Proxy(requestHandler, {
      get: (target, key): unknown => (key === "handle" ? handle : Reflect.get(target, key)),
    }),
  };
  const { config } = hub.setting;
  const setting = {
    ...hub.setting,
    config: { ...config, update: (change) => around(() => config.update(change)) } as typeof config,
  };
  return { context, setting, state };
};

describe("a rotation that is killed", () => {
  test("at any step goes on when it is called again", async () => {
    let step = 0;
    for (let isDone = false; !isDone; step++) {
      const { hub, keys, rotate } = await start();
      const { context, setting } = killAt(hub, step);
      isDone = (await codeOf(rotate(context, setting))) === "granted";
      await rotate();
      await expectDone(hub, keys.accessKeyId);
      await closeHubs();
    }
    // Four calls of IAM, one of STS, four of the secret store, one of the configuration; before and after each.
    expect(step).toBeGreaterThan(18);
  });

  test("before its key was stored asks before it deletes what may be somebody else's", async () => {
    const { hub, keys, rotate } = await start("no");
    hub.secrets.held.set("hub/work/rotation", JSON.stringify({ oldAccessKeyId: keys.accessKeyId }));
    const { accessKeyId } = hub.keysOf("carl");
    expect(await codeOf(rotate())).toBe("cancelled");
    expect(hub.prompt.asked[0]?.message).toContain(accessKeyId);
    expect(await keysAtAws(hub)).toContain(accessKeyId);
    const context = { ...hub.context, prompt: { ...hub.prompt, isAvailable: false } };
    expect(await codeOf(rotate(context))).toBe("prompt_unavailable");
  });

  test("of keys that the hub has no more is not gone on with", async () => {
    const { hub, keys, rotate } = await start();
    const created = { accessKeyId: "AKIAUNKNOWNUNKNOWN01", secretAccessKey: "x" };
    hub.secrets.held.set("hub/work/rotation", JSON.stringify({ oldAccessKeyId: "AKIAUNKNOWNUNKNOWN02", created }));
    await rotate();
    await expectDone(hub, keys.accessKeyId);
  });

  test("with a journal that cannot be read touches nothing", async () => {
    const { hub, keys, rotate } = await start();
    hub.secrets.held.set("hub/work/rotation", "{");
    expect(await codeOf(rotate())).toBe("secrets_damaged");
    expect(await keysAtAws(hub)).toEqual([keys.accessKeyId]);
  });
});
