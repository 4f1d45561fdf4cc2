import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  createCrossAccount,
  createMemoryStore,
  CrossAccountError,
  externalIdLength,
  externalIdPattern,
  type CrossAccount,
  type CrossAccountOptions,
} from "@daypass/cross-account";
import { canaryRoleArn, CUSTOMER, region, servicePrincipal, VENDOR } from "./vendor-world.js";

function options(changes: Partial<CrossAccountOptions> = {}): CrossAccountOptions {
  return {
    serviceName: "Acme",
    vendorAccountId: VENDOR,
    region,
    vendorPrincipals: [servicePrincipal],
    canaryRoleArn,
    store: createMemoryStore(),
    ...changes,
  };
}

const acme = { customerId: "acme", declaredAccountId: CUSTOMER } as const;

/** An object with one more key, past the compiler. */
function withKey(input: object, key: string, value: unknown = "x"): never {
  return { ...input, [key]: value } as never;
}

const casings = [
  "externalId",
  "ExternalId",
  "externalID",
  "external_id",
  "EXTERNALID",
  "externalid",
  "sts:ExternalId",
  "externalIḍ",
];

describe("minting external IDs", () => {
  it("gives ten thousand different ones that STS and our templates accept, in mixed case", async () => {
    const store = createMemoryStore();
    const crossAccount = createCrossAccount(options({ store }));
    const minted = new Set<string>();
    for (let count = 0; count < 10_000; count++) {
      const { integrationId } = await crossAccount.createIntegration({
        customerId: "a",
        label: `${count}`,
        declaredAccountId: null,
      });
      const externalId = (await store.get(integrationId))?.externalId ?? "";
      expect(externalId).toMatch(new RegExp(`^${externalIdPattern}$`));
      expect(externalId).toMatch(/^[\w+=,.@:/-]{2,1224}$/);
      expect(externalId).toMatch(/[a-z].*[A-Z]|[A-Z].*[a-z]/);
      minted.add(externalId);
    }
    expect(minted.size).toBe(10_000);
    expect(externalIdLength * Math.log2(62)).toBeGreaterThan(128);
  });

  it("draws every character equally often", async () => {
    const store = createMemoryStore();
    const crossAccount = createCrossAccount(options({ store }));
    const counts = new Map<string, number>();
    for (let count = 0; count < 2000; count++) {
      const { integrationId } = await crossAccount.createIntegration({
        customerId: "a",
        label: `${count}`,
        declaredAccountId: null,
      });
      for (const character of (await store.get(integrationId))?.externalId ?? "") {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(62);
    // 64,000 characters over 62: 1,032 each, standard deviation 32. A fold of 256 onto 62 would give 8 of them 25 % more.
    for (const count of counts.values()) expect(Math.abs(count - 1032)).toBeLessThan(6 * 32);
  });

  it.each([
    ["zeros", (length: number) => new Uint8Array(length)],
    ["too few bytes", () => randomBytes(3)],
    ["something else than bytes", () => "random" as never],
    ["only digits' bytes", (length: number) => Uint8Array.from({ length }, (_, index) => index % 10)],
  ])("mints nothing from a source that gives %s", async (_title, broken) => {
    const store = createMemoryStore();
    const crossAccount = createCrossAccount(options({ store, randomBytes: broken }));
    await expect(crossAccount.createIntegration(acme)).rejects.toMatchObject({ code: "invalid_option" });
    expect(await store.list({ limit: 10 })).toEqual([]);
  });

  it("never mints one twice, even from a source that repeats itself", async () => {
    const store = createMemoryStore();
    const repeated = Uint8Array.from(randomBytes(256));
    const crossAccount = createCrossAccount(options({ store, randomBytes: (length) => repeated.slice(0, length) }));
    const { integrationId } = await crossAccount.createIntegration(acme);
    await expect(crossAccount.createIntegration({ ...acme, label: "second" })).rejects.toMatchObject({
      code: "conflict",
    });
    await crossAccount.revoke({ integrationId, reason: "over" });
    await expect(crossAccount.createIntegration(acme)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("creating an integration", () => {
  it("is the same integration however often it is asked for", async () => {
    const crossAccount = createCrossAccount(options());
    const answers = await Promise.all(Array.from({ length: 50 }, () => crossAccount.createIntegration(acme)));
    expect(new Set(answers.map(({ integrationId }) => integrationId)).size).toBe(1);
    expect(new Set(answers.map(({ externalIdFingerprint }) => externalIdFingerprint)).size).toBe(1);
  });

  it("shows the external ID by its fingerprint, everywhere but in the customer's documents", async () => {
    const store = createMemoryStore();
    const crossAccount = createCrossAccount(options({ store }));
    const created = await crossAccount.createIntegration(acme);
    const { externalId } = await crossAccount.roleDocuments(created.integrationId);
    const shown = [
      created,
      await crossAccount.getIntegration(created.integrationId),
      await crossAccount.listIntegrations({ customerId: "acme" }),
      await crossAccount.listIntegrations({ limit: 10 }),
      await store.listEvents({ limit: 10 }),
      crossAccount,
      crossAccount.assumeCustomerRole("acme"),
    ];
    expect(inspect(shown, { depth: 20, showHidden: true })).not.toContain(externalId);
    expect(created).not.toHaveProperty("externalId");
  });

  it("keeps every legal customer apart, and gives each a legal role name", async () => {
    const crossAccount = createCrossAccount(options({ serviceName: "A".repeat(32) }));
    const customers = [
      "__proto__",
      "constructor",
      "a/b",
      "a|b",
      "Ω 漢字 𝕏",
      "x".repeat(256),
      "'; drop table",
      "temp-acme",
      "${AWS::AccountId}",
    ];
    const names = new Set<string>();
    for (const customerId of customers) {
      const { integrationId } = await crossAccount.createIntegration({ customerId, declaredAccountId: null });
      const { roleName, path } = await crossAccount.roleDocuments(integrationId);
      expect(roleName).toMatch(/^[\w+=,.@-]{1,64}$/);
      expect(path).toMatch(/^\/[\w+=,.@-]+\/$/);
      names.add(roleName);
      expect((await crossAccount.listIntegrations({ customerId })).map((found) => found.integrationId)).toEqual([
        integrationId,
      ]);
    }
    expect(names.size).toBe(customers.length);
  });

  it.each(["", "a\nb", "a\u0000", "\u001b[2J", "\ud800", "x".repeat(257), "a\u202eb"])(
    "does not take %j for a customer",
    async (customerId) => {
      const crossAccount = createCrossAccount(options());
      await expect(crossAccount.createIntegration({ ...acme, customerId })).rejects.toMatchObject({
        code: "invalid_option",
      });
    },
  );

  it("needs a declared account or an explicit null, and never the vendor's own", async () => {
    const crossAccount = createCrossAccount(options());
    for (const declaredAccountId of [undefined, "12345678901", "1234567890123", "22222222222a", VENDOR, 222222222222]) {
      await expect(
        crossAccount.createIntegration({ customerId: "acme", declaredAccountId } as never),
      ).rejects.toMatchObject({ code: "invalid_option" });
    }
    await crossAccount.createIntegration(acme);
    await expect(crossAccount.createIntegration({ ...acme, declaredAccountId: null })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });
});

describe("external IDs from outside", () => {
  it.each(casings)("no function takes %s, and no message repeats its value", async (key) => {
    const crossAccount = createCrossAccount(options());
    const { integrationId } = await crossAccount.createIntegration(acme);
    const value = "an-external-id-of-somebody-else";
    const attempts = [
      () => crossAccount.createIntegration(withKey(acme, key, value)),
      () => crossAccount.verifyIntegration(withKey({ integrationId }, key, value)),
      () => crossAccount.revoke(withKey({ integrationId, reason: "x" }, key, value)),
      () => crossAccount.listIntegrations(withKey({ customerId: "acme" }, key, value)),
      async () => crossAccount.assumeCustomerRole("acme", withKey({}, key, value)),
      async () => createCrossAccount(withKey(options(), key, value)),
    ];
    for (const attempt of attempts) {
      const error: unknown = await attempt().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "invalid_option" });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(value);
    }
    expect(await crossAccount.getIntegration(integrationId)).toMatchObject({ version: 1 });
  });
});

describe("the vendor's options", () => {
  const bad: readonly [title: string, changes: Record<string, unknown>][] = [
    ["vendorPrincipals left out", { vendorPrincipals: undefined }],
    ["no principals at all", { vendorPrincipals: [] }],
    ["a wildcard principal", { vendorPrincipals: [`arn:aws:iam::${VENDOR}:role/*`] }],
    ["the account's root as a principal", { vendorPrincipals: [`arn:aws:iam::${VENDOR}:root`] }],
    ["another account's principal", { vendorPrincipals: [`arn:aws:iam::${CUSTOMER}:role/service`] }],
    ["a session as a principal", { vendorPrincipals: [`arn:aws:sts::${VENDOR}:assumed-role/service/x`] }],
    ["canaryRoleArn left out", { canaryRoleArn: undefined }],
    ["a canary of another partition", { canaryRoleArn: "arn:aws-cn:iam::111111111111:role/canary" }],
    ["a canary that is no role", { canaryRoleArn: "canary" }],
    ["an account id of letters", { vendorAccountId: "abcdefghijkl" }],
    ["a region that is a host", { region: "us-east-1.evil.example/#" }],
    ["a partition that does not exist", { partition: "aws-moon" }],
    ["a service name with a quote", { serviceName: "Acme'" }],
    ["a service name that is too long", { serviceName: "A".repeat(33) }],
    ["a path without slashes", { rolePath: "acme" }],
    ["sessions of a day", { sessionDurationSeconds: 86_400 }],
    ["sessions of no time", { sessionDurationSeconds: Number.NaN }],
    ["a negative propagation time", { propagationMs: -1 }],
    ["an endpoint that is no URL", { endpoint: "localhost" }],
    ["an endpoint in the clear on another machine", { endpoint: "http://sts.example" }],
    ["an endpoint in the clear that only looks local", { endpoint: "http://localhost.evil.example" }],
    ["a store that is none", { store: {} }],
    ["a store that cannot list a customer's integrations", { store: { ...createMemoryStore(), listByCustomer: 1 } }],
  ];
  it.each(bad)("are refused with %s", (_title, changes) => {
    expect(() => createCrossAccount({ ...options(), ...changes })).toThrow(
      expect.objectContaining({ name: "CrossAccountError", code: "invalid_option" }),
    );
  });

  it.each(["https://sts.eu-west-1.amazonaws.com", "http://127.0.0.1:4566/", "http://[::1]:4566", "http://localhost"])(
    "may name the endpoint %s",
    (endpoint) => {
      expect(() => createCrossAccount(options({ endpoint }))).not.toThrow();
    },
  );

  it("are taken with an explicit null where that is allowed", () => {
    expect(() => createCrossAccount(options({ vendorPrincipals: null, canaryRoleArn: null }))).not.toThrow();
  });
});

describe("the hint", () => {
  const hintOf = async (input: unknown) =>
    createCrossAccount(options())
      .createIntegration(input as never)
      .then(
        () => "",
        (error: unknown) => (error instanceof CrossAccountError ? error.hint : String(error)),
      );

  it("names the option that was meant, and those that there are", async () => {
    const hint = "did you mean `customerId`? it knows customerId, label, declaredAccountId";
    expect(await hintOf({ customerid: "acme", customerId: "acme", declaredAccountId: null })).toBe(hint);
    expect(await hintOf({ customer: "x", customerId: "acme", declaredAccountId: null })).not.toContain("did you mean");
  });

  it("shows the form to who passes a text, and says it of external IDs only where one was passed", async () => {
    expect(await hintOf("acme")).toBe("call it with an object, createIntegration({ customerId, … })");
    const passed = await hintOf({ external_id: "mine", customerId: "acme", declaredAccountId: null });
    expect(passed).toBe("remove it; external IDs are minted here and never passed in");
  });
});

describe("an argument that does not fit", () => {
  const wrong: readonly [
    call: "createIntegration" | "listIntegrations" | "getIntegration",
    input: unknown,
    message: string,
  ][] = [
    ["createIntegration", undefined, "createIntegration needs an object"],
    ["createIntegration", {}, "createIntegration needs `customerId`: it is missing"],
    ["createIntegration", { customerId: 7 }, "createIntegration needs `customerId` to be text"],
    ["createIntegration", { customerId: "acme" }, "createIntegration needs `declaredAccountId`: it is missing"],
    ["listIntegrations", { customerId: "acme", limit: 5 }, 'listIntegrations does not know "limit"'],
    ["listIntegrations", { limit: 0 }, "listIntegrations needs `limit` to be a whole number from 1 to 1,000"],
    ["getIntegration", null, "getIntegration needs text"],
  ];
  it.each(wrong)("of %s is named: %j", async (call, input, message) => {
    const { [call]: method }: Pick<CrossAccount, typeof call> = createCrossAccount(options());
    await expect(method(input as never)).rejects.toMatchObject({ code: "invalid_option", message });
  });
});
