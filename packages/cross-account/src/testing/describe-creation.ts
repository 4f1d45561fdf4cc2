// Creating and reading: what is unique, what comes back, what is refused.
import type { TestFunctions, WithStore } from "./test-functions.js";
import { activated, codeOf, moment, pendingIntegration, provenRole, revoked } from "./test-functions.js";

/** Ids and names that break stores which build keys or SQL from text. */
const hostileNames = [
  "__proto__",
  "constructor",
  "'; drop table integrations; --",
  '"',
  "\\",
  "%",
  "a/b|c:d",
  "𝕏 Ω 漢字",
  "İ",
];

export function describeCreation({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("creating and reading", () => {
    it(
      "gives back what was created, field by field",
      withStore(async ({ store }) => {
        const integration = pendingIntegration("a", { declaredAccountId: "222222222222", label: "production" });
        expect(await store.create(integration, [])).toEqual({ outcome: "created" });
        expect(await store.get("id-a")).toEqual(integration);
        expect(await store.get("id-b")).toBe(undefined);
        expect(await store.get("")).toBe(undefined);
      }),
    );

    it(
      "answers with the existing one when customer and label are taken",
      withStore(async ({ store }) => {
        const first = pendingIntegration("a");
        await store.create(first, []);
        const second = pendingIntegration("b", { customerId: first.customerId });
        expect(await store.create(second, [])).toEqual({ outcome: "exists", integration: first });
        expect(await store.get(second.integrationId)).toBe(undefined);
        const other = pendingIntegration("c", { customerId: first.customerId, label: "other" });
        expect(await store.create(other, [])).toEqual({ outcome: "created" });
      }),
    );

    it(
      "frees customer and label when the integration is revoked, but never its ids",
      withStore(async ({ store }) => {
        const first = pendingIntegration("a");
        await store.create(first, []);
        await store.update(revoked(first), []);
        const sameExternalId = pendingIntegration("b", { customerId: first.customerId, externalId: first.externalId });
        const sameId = pendingIntegration("b", { customerId: first.customerId, integrationId: first.integrationId });
        expect(await codeOf(() => store.create(sameExternalId, []))).toBe("conflict");
        expect(await codeOf(() => store.create(sameId, []))).toBe("conflict");
        const fresh = pendingIntegration("b", { customerId: first.customerId });
        expect(await store.create(fresh, [])).toEqual({ outcome: "created" });
        expect((await store.listByCustomer(first.customerId)).map((kept) => kept.integrationId)).toEqual([
          "id-a",
          "id-b",
        ]);
      }),
    );

    it(
      "refuses to create one that is not new",
      withStore(async ({ store }) => {
        const active = activated(pendingIntegration("a"), provenRole("reader"));
        expect(await codeOf(() => store.create({ ...active, version: 1 }, []))).toBe("invalid_option");
        expect(await codeOf(() => store.create(pendingIntegration("a", { version: 2 }), []))).toBe("invalid_option");
      }),
    );

    it(
      "keeps hostile names as they are and apart from each other",
      withStore(async ({ store }) => {
        for (const [index, name] of hostileNames.entries()) {
          await store.create(pendingIntegration(String(index), { customerId: name, label: name }), []);
        }
        for (const [index, name] of hostileNames.entries()) {
          const kept = await store.listByCustomer(name);
          expect(kept.map((integration) => [integration.customerId, integration.label])).toEqual([[name, name]]);
          expect((await store.get(`id-${index}`))?.customerId).toBe(name);
        }
        await store.create(pendingIntegration("proto", { integrationId: "__proto__" }), []);
        expect((await store.get("__proto__"))?.customerId).toBe("customer-proto");
        expect(await store.get("constructor")).toBe(undefined);
      }),
    );

    it(
      "tells names apart that differ in letter case, accents, width or blanks only",
      withStore(async ({ store }) => {
        const names = ["acme", "ACME", "acme ", " acme", "\u00e9", "e\u0301", "\uff41cme", "ss", "\u00df"];
        for (const [index, name] of names.entries()) {
          const fresh = pendingIntegration(`n${index}`, { customerId: name, externalId: `id:${name}` });
          expect(await store.create(fresh, [])).toEqual({ outcome: "created" });
          const labelled = pendingIntegration(`l${index}`, { customerId: "one", label: name });
          expect(await store.create(labelled, [])).toEqual({ outcome: "created" });
        }
        for (const name of names) {
          const kept = await store.listByCustomer(name);
          expect(kept.map((integration) => integration.customerId)).toEqual([name]);
        }
        expect((await store.listByCustomer("one")).map(({ label }) => label)).toEqual(names);
        await store.create(pendingIntegration("upper", { integrationId: "ID-N0" }), []);
        expect((await store.get("ID-N0"))?.customerId).toBe("customer-upper");
        expect((await store.get("id-n0"))?.customerId).toBe("acme");
      }),
    );

    it(
      "refuses control characters, NUL and halves of surrogate pairs in names",
      withStore(async ({ store }) => {
        for (const name of ["a\u0000b", "a\nb", "\u001b[31m", "\ud800", "\u202e", ""]) {
          expect(await codeOf(() => store.create(pendingIntegration("a", { customerId: name }), []))).toBe(
            "invalid_option",
          );
          expect(await codeOf(() => store.create(pendingIntegration("a", { label: name }), []))).toBe("invalid_option");
          expect(await codeOf(() => store.create(pendingIntegration("a", { integrationId: name }), []))).toBe(
            "invalid_option",
          );
        }
        expect(await store.list({ limit: 10 })).toEqual([]);
      }),
    );

    it(
      "lists in order of the id, page by page",
      withStore(async ({ store }) => {
        for (const name of ["c", "a", "e", "b", "d"]) await store.create(pendingIntegration(name), []);
        const first = await store.list({ limit: 2 });
        const second = await store.list({ after: "id-b", limit: 2 });
        const third = await store.list({ after: "id-d", limit: 2 });
        expect([first, second, third].map((page) => page.map((kept) => kept.integrationId))).toEqual([
          ["id-a", "id-b"],
          ["id-c", "id-d"],
          ["id-e"],
        ]);
      }),
    );

    it(
      "shares no object with its callers",
      withStore(async ({ store }) => {
        const created = new Date(moment);
        await store.create(pendingIntegration("a", { created }), []);
        created.setFullYear(1990);
        (await store.get("id-a"))?.created.setFullYear(1991);
        (await store.list({ limit: 1 }))[0]?.created.setFullYear(1992);
        expect((await store.get("id-a"))?.created).toEqual(moment);
      }),
    );

    it(
      "answers nothing after it was closed",
      withStore(async ({ store }) => {
        await store.create(pendingIntegration("a"), []);
        await store.close();
        await store.close();
        expect(await codeOf(() => store.get("id-a"))).toBe("store_unavailable");
        expect(await codeOf(() => store.create(pendingIntegration("b"), []))).toBe("store_unavailable");
      }),
    );
  });
}
