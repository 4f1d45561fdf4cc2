// Hubs on the sandbox: set up from keys alone, one code for many roles, a long session for a code of its own.
import { afterEach, describe, expect, test } from "vitest";
import { removeHub } from "../dist/hubs/add-hub.js";
import { totpNameOf } from "../dist/hubs/codes-for-hub.js";
import { narrowSource } from "../dist/hubs/narrow-source.js";
import { createHubRoleSource, createHubUserSource } from "../dist/hubs/hub-sources.js";
import type { LongLivedKeys, Narrowing } from "../dist/types.js";
import { ALICE_DEVICE, ALICE_SEED, codeOf, HUB, policy, PROD } from "./hub-world.js";
import { closeHubs, startPersonsHub } from "./persons-hub.js";

afterEach(closeHubs);
const start = startPersonsHub;
const BOTH = [{}, { name: "prod", accountId: PROD, rolePath: "/people/", roles: ["DEVELOPER"] }];
const CARL = { withoutMfa: true } as const;
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "granted",
    (error: unknown) => error,
  );

describe("a hub that is added", () => {
  test("learns from AWS who it is and which device it has", async () => {
    const hub = await start();
    const keys = hub.keysOf("alice");
    expect(await hub.add({ keys })).toEqual({
      name: "work",
      accountId: HUB,
      partition: "aws",
      userName: "alice",
      accessKeyId: keys.accessKeyId,
      mfaSerial: ALICE_DEVICE,
      codes: { from: "terminal" },
    });
    expect(JSON.parse(hub.secrets.held.get("hub/work") ?? "")).toEqual({
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
    });
    expect(JSON.stringify(await hub.setting.config.read())).not.toContain(keys.secretAccessKey);
  });

  test("asks which device it is where there are several", async () => {
    const tablet = `arn:aws:iam::${HUB}:mfa/bobs-tablet`;
    const hub = await start(() => tablet);
    expect(await hub.add({ keys: hub.keysOf("bob") })).toMatchObject({ mfaSerial: tablet });
    expect(hub.prompt.asked[0]?.choices?.map(({ value }) => value)).toContain(tablet);
  });

  test("takes a named device where the user has it, and no other user's", async () => {
    const hub = await start();
    const keys = hub.keysOf("bob");
    const mfaSerial = `arn:aws:iam::${HUB}:mfa/bobs-phone`;
    expect(await hub.add({ keys, mfaSerial })).toMatchObject({ mfaSerial });
    expect(await codeOf(hub.add({ keys, mfaSerial: ALICE_DEVICE }))).toBe("mfa_required");
  });

  test("is refused without a device, unless it is said that this is meant", async () => {
    const hub = await start();
    const keys = hub.keysOf("carl");
    expect(await codeOf(hub.add({ keys }))).toBe("mfa_required");
    expect(hub.secrets.held.size).toBe(0);
    expect(await hub.add({ keys, ...CARL })).toMatchObject({ withoutMfa: true });
  });

  test("is refused with keys of a session, with unknown keys, and as another user's under the same name", async () => {
    const hub = await start();
    await hub.add();
    const unknown: LongLivedKeys = { accessKeyId: "AKIAUNKNOWNUNKNOWN01", secretAccessKey: "x".repeat(40) };
    expect(await codeOf(hub.add({ name: "other", keys: unknown }))).toBe("caller_credentials");
    expect(await codeOf(hub.add({ keys: hub.keysOf("carl"), ...CARL }))).toBe("invalid_option");
    expect([...hub.secrets.held.keys()]).toEqual(["hub/work"]);
  });

  test("keeps nothing where it cannot be put on record or into the configuration", async () => {
    const hub = await start();
    const record = () => Promise.reject(new Error("the disk is full"));
    await errorOf(hub.add({ record }));
    expect(hub.secrets.held.size).toBe(0);
    await errorOf(hub.add({ name: "not a name" }));
    expect(hub.secrets.held.size).toBe(0);
  });

  test("is removed with its environments and secrets, and nobody else's", async () => {
    const hub = await start();
    await hub.add();
    await hub.add({ name: "workshop" });
    await hub.environments(...BOTH);
    hub.secrets.held.set(totpNameOf("work"), ALICE_SEED);
    await removeHub(hub.context, hub.setting, { name: "work", record: async () => undefined });
    expect([...hub.secrets.held.keys()]).toEqual(["hub/workshop"]);
    expect(await hub.setting.config.read()).toMatchObject({ hubs: [{ name: "workshop" }], environments: [] });
  });
});

describe("a hub's roles", () => {
  test("cost one code together, and none when their hours are over", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments(...BOTH);
    const dev = await createHubRoleSource(hub.context, hub.setting, "dev/DEVELOPER");
    const prod = await createHubRoleSource(hub.context, hub.setting, "prod/DEVELOPER");
    await Promise.all([dev.get(), prod.get(), dev.get()]);
    await (await createHubUserSource(hub.context, hub.setting, "work")).get();
    hub.advance(3_700_000);
    await Promise.all([dev.get(), prod.get()]);
    expect(hub.prompt.asked.filter(({ kind }) => kind === "mfa_code")).toHaveLength(1);
    expect(hub.count("GetSessionToken")).toBe(1);
    expect(hub.count("AssumeRole")).toBe(4);
  });

  test("are sessions of the account and the role that their name says", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments(...BOTH);
    await (await createHubRoleSource(hub.context, hub.setting, "prod/DEVELOPER")).get();
    const arns = [...hub.cache.held.values()].map(({ arn }) => arn);
    expect(arns).toContain(`arn:aws:sts::${PROD}:assumed-role/DEVELOPER/alice.daypass`);
  });

  test("for more than an hour are asked for directly, with a code of their own", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments({});
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/ADMIN", { wantedSeconds: 43_200 });
    expect(role.plan.method).toBe("direct");
    const { expiration } = await role.get();
    expect(expiration?.getTime()).toBeGreaterThan(hub.now() + 43_190_000);
    expect(hub.count("GetSessionToken")).toBe(0);
  });

  test("that AWS does not give for so long come by the hour, with the reason, and it is not tried again", async () => {
    const hub = await start((_, sandbox) => {
      // The code of the refused asking is spent: the next one is half a minute away.
      try {
        return sandbox.mfaCode(ALICE_DEVICE);
      } catch {
        hub.advance(30_000);
        return sandbox.mfaCode(ALICE_DEVICE);
      }
    });
    await hub.add();
    await hub.environments({});
    const long = { wantedSeconds: 21_600 };
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/DEVELOPER", long);
    const { expiration } = await role.get();
    expect(expiration?.getTime()).toBeLessThanOrEqual(hub.now() + 3_600_000);
    expect(hub.prompt.told.join()).toContain("6 hours in one piece are more than the role allows");
    // What is said of it is the way that was gone in the end.
    expect(role.plan).toMatchObject({ method: "session_token", durationSeconds: 3600 });
    expect(role.description).toContain("by the hub's session");
    expect(role.question["durationSeconds"]).toBe(3600);
    const codes = hub.prompt.asked.length;
    const again = await createHubRoleSource(hub.renewContext(), hub.setting, "dev/DEVELOPER", long);
    expect(again.plan.method).toBe("session_token");
    await again.get();
    await role.get();
    expect(hub.prompt.asked).toHaveLength(codes);
    // The role could look up itself what it allows.
    expect((await hub.setting.config.read()).environments[0]?.tooLong).toEqual([{ role: "DEVELOPER", seconds: 3601 }]);
  });

  test("of a hub without MFA are had without a code, and say so", async () => {
    const hub = await start();
    await hub.add({ keys: hub.keysOf("carl"), ...CARL });
    await hub.environments({});
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/OPEN");
    await role.get();
    expect(role.description).toContain("WITHOUT MFA");
    expect(role.plan.explanation[0]).toContain("WITHOUT MFA");
    const guarded = await createHubRoleSource(hub.context, hub.setting, "dev/DEVELOPER");
    expect(await codeOf(guarded.get())).toBe("access_denied");
    expect(hub.prompt.asked).toHaveLength(0);
  });

  test("are refused where the configuration has no device and AWS knows none", async () => {
    const hub = await start();
    await hub.add({ keys: hub.keysOf("carl"), ...CARL });
    await hub.environments({});
    await hub.setting.config.update((config) => ({
      ...config,
      hubs: config.hubs.map((known) => ({ ...known, withoutMfa: undefined })),
    }));
    expect(await codeOf(createHubRoleSource(hub.context, hub.setting, "dev/OPEN"))).toBe("mfa_required");
    expect(await codeOf(createHubUserSource(hub.context, hub.setting, "work"))).toBe("mfa_required");
    expect(hub.count("AssumeRole")).toBe(0);
  });

  test("find the device once where the configuration has none, and set it down", async () => {
    const tablet = `arn:aws:iam::${HUB}:mfa/bobs-tablet`;
    const hub = await start(() => tablet);
    await hub.add({ keys: hub.keysOf("bob") });
    await hub.environments({});
    await hub.setting.config.update((config) => ({
      ...config,
      hubs: config.hubs.map((known) => ({ ...known, mfaSerial: undefined })),
    }));
    const asked = hub.prompt.asked.length;
    await Promise.all([1, 2, 3].map(() => createHubRoleSource(hub.context, hub.setting, "dev/OPEN")));
    expect(hub.prompt.asked).toHaveLength(asked + 1);
    expect((await hub.setting.config.read()).hubs[0]?.mfaSerial).toBe(tablet);
  });

  test("take codes from a stored secret, each time step once", async () => {
    const hub = await start();
    await hub.add({ codes: { from: "totp" } });
    await hub.environments({});
    hub.secrets.held.set(totpNameOf("work"), ALICE_SEED);
    const long = { wantedSeconds: 43_200 };
    await (await createHubRoleSource(hub.context, hub.setting, "dev/ADMIN", long)).get();
    const before = hub.now();
    await (await createHubUserSource(hub.context, hub.setting, "work")).get();
    expect(hub.now() - before).toBeGreaterThan(0);
    expect(hub.prompt.asked).toHaveLength(0);
    expect(hub.sandbox.calls().filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
  });

  test("are handed out warm without the secret store being opened", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments({});
    await (await createHubRoleSource(hub.context, hub.setting, "dev/DEVELOPER")).get();
    const secrets = { ...hub.secrets, get: () => Promise.reject(new Error("locked")) };
    const context = { ...hub.renewContext(), secrets };
    expect(await codeOf((await createHubRoleSource(context, hub.setting, "dev/DEVELOPER")).get())).toBe("granted");
  });

  test("do not come from keys that the configuration does not name", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments({});
    const { accessKeyId, secretAccessKey } = hub.keysOf("bob");
    hub.secrets.held.set("hub/work", JSON.stringify({ accessKeyId, secretAccessKey }));
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/OPEN");
    expect(await codeOf(role.get())).toBe("caller_credentials");
    hub.secrets.held.set("hub/work", "{}");
    expect(await codeOf(role.get())).toBe("secrets_damaged");
  });

  test("narrow a user without MFA to a federated session, and a user with MFA not at all", async () => {
    const hub = await start((_, sandbox) => sandbox.mfaCode(ALICE_DEVICE));
    await hub.add({ keys: hub.keysOf("carl"), ...CARL });
    await hub.add({ name: "guarded" });
    const less = { policy: JSON.stringify(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" })) };
    const options = { client: hub.client, federatedName: "alice" };
    const open = await createHubUserSource(hub.context, hub.setting, "work");
    const narrow = narrowSource(hub.context, open, less, options);
    expect(narrow.question).toMatchObject({ kind: "federation_token", name: "alice.daypass" });
    expect(await codeOf(narrow.get())).toBe("granted");
    const guarded = await createHubUserSource(hub.context, hub.setting, "guarded");
    expect(() => narrowSource(hub.context, guarded, less, options)).toThrow(
      expect.objectContaining({ code: "cannot_narrow" }),
    );
  });

  const reads = JSON.stringify(policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }));
  const lists = JSON.stringify(policy({ Effect: "Allow", Action: "s3:ListBucket", Resource: "*" }));
  test.each<[string, Narrowing, Narrowing]>([
    ["a policy by ARNs, which AWS would add to it", { policy: reads }, { policyArns: ["arn:aws:iam::aws:policy/X"] }],
    ["ARNs by a policy", { policyArns: ["arn:aws:iam::aws:policy/X"] }, { policy: reads }],
    ["a policy by another", { policy: reads }, { policy: lists }],
  ])("never widen %s when they are narrowed twice", async (_, first, second) => {
    const hub = await start();
    await hub.add({ keys: hub.keysOf("carl"), ...CARL });
    await hub.environments({});
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/OPEN", { narrowing: first });
    expect(() => role.narrow?.(second)).toThrow(expect.objectContaining({ code: "cannot_narrow" }));
  });

  test("live no longer when they are narrowed twice than the shorter of the two", async () => {
    const hub = await start();
    await hub.add({ keys: hub.keysOf("carl"), ...CARL });
    await hub.environments({});
    const role = await createHubRoleSource(hub.context, hub.setting, "dev/OPEN", {
      narrowing: { durationSeconds: 900 },
    });
    expect(role.narrow?.({ durationSeconds: 3600, tags: { team: "red" } }).question).toMatchObject({
      durationSeconds: 900,
      tags: { team: "red" },
    });
  });

  test.each([["Müller, Jörg <x>", "daypass"], ["x"], ["a".repeat(90), "t"], ["", ""], ["DOMAIN\\user", "my tool"]])(
    "have a session name that AWS takes, whoever it is: %j",
    async (...sessionNameParts) => {
      const hub = await start();
      await hub.add({ keys: hub.keysOf("carl"), ...CARL });
      await hub.environments({});
      const setting = { ...hub.setting, sessionNameParts };
      expect(await codeOf((await createHubRoleSource(hub.context, setting, "dev/OPEN")).get())).toBe("granted");
    },
  );

  test("are looked for by their exact name only", async () => {
    const hub = await start();
    await hub.add();
    await hub.environments({});
    expect(await codeOf(createHubRoleSource(hub.context, hub.setting, "dev/developer"))).toBe("not_found");
    expect(await codeOf(createHubRoleSource(hub.context, hub.setting, "work"))).toBe("not_found");
    expect(await codeOf(createHubUserSource(hub.context, hub.setting, "dev/ADMIN"))).toBe("not_found");
  });
});
