// Updating: versions, what may never change, and who holds a role.
import type { TestFunctions, WithStore } from "./test-functions.js";
import { activated, codeOf, pendingIntegration, provenRole, revoked } from "./test-functions.js";

export function describeUpdates({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("updating", () => {
    it(
      "writes the whole aggregate when the version is the next one",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const active = activated(pending, provenRole("reader"));
        expect(await store.update(active, [])).toEqual({ outcome: "updated" });
        expect(await store.get("id-a")).toEqual(active);
      }),
    );

    it(
      "writes nothing when somebody else wrote before, or when there is nothing to write over",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const active = activated(pending, provenRole("reader"));
        await store.update(active, []);
        const stale = { ...pending, state: "unproven", version: 2 } as const;
        expect(await store.update(stale, [])).toEqual({ outcome: "conflict" });
        expect(await store.update({ ...stale, version: 4 }, [])).toEqual({ outcome: "conflict" });
        expect(await store.update({ ...pendingIntegration("b"), version: 2 }, [])).toEqual({ outcome: "conflict" });
        expect(await store.get("id-a")).toEqual(active);
      }),
    );

    it(
      "never changes customer, label, external ID or the time of creation",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const next = { ...pending, version: 2 };
        for (const changes of [
          { customerId: "other" },
          { label: "other" },
          { externalId: "Other-External-Id" },
          { created: new Date(0) },
        ]) {
          expect(await codeOf(() => store.update({ ...next, ...changes }, []))).toBe("invalid_option");
        }
        expect(await store.get("id-a")).toEqual(pending);
      }),
    );

    it(
      "never activates one that has no proven role",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const active = activated(pending, provenRole("reader"));
        expect(await codeOf(() => store.update({ ...active, role: null }, []))).toBe("invalid_option");
        expect(await codeOf(() => store.update({ ...active, verification: null }, []))).toBe("invalid_option");
        expect(await store.get("id-a")).toEqual(pending);
      }),
    );

    it(
      "never changes one that is revoked",
      withStore(async ({ store }) => {
        const active = activated(pendingIntegration("a"), provenRole("reader"));
        await store.create(pendingIntegration("a"), []);
        await store.update(active, []);
        const over = revoked(active);
        expect(await store.update(over, [])).toEqual({ outcome: "updated" });
        const back = { ...activated(over, provenRole("reader")), reason: null };
        expect(await store.update(back, [])).toEqual({ outcome: "conflict" });
        expect(await store.get("id-a")).toEqual(over);
      }),
    );

    it(
      "lets one integration hold a role, whatever its case, path or unique id is said to be",
      withStore(async ({ store }) => {
        const [holder, rival] = [pendingIntegration("a"), pendingIntegration("b")];
        await store.create(holder, []);
        await store.create(rival, []);
        await store.update(activated(holder, provenRole("reader")), []);
        const claims = [
          provenRole("reader"),
          provenRole("reader", { roleUniqueId: "AROA-other" }),
          provenRole("READER", { roleUniqueId: "AROA-other" }),
          provenRole("reader", { roleArn: "arn:aws:iam::222222222222:role/path/reader", roleUniqueId: "AROA-other" }),
          provenRole("other", { roleUniqueId: "AROA-reader" }),
        ];
        for (const claim of claims) {
          expect(await store.update(activated(rival, claim), [])).toEqual({ outcome: "role_taken" });
        }
        expect(await store.get("id-b")).toEqual(rival);
        const otherAccount = { roleArn: "arn:aws:iam::333333333333:role/reader", roleUniqueId: "AROA-333" };
        expect(await store.update(activated(rival, provenRole("reader", otherAccount)), [])).toEqual({
          outcome: "updated",
        });
      }),
    );

    it(
      "keeps the role with a suspended integration and frees it with a revoked one",
      withStore(async ({ store }) => {
        const [holder, rival] = [pendingIntegration("a"), pendingIntegration("b")];
        await store.create(holder, []);
        await store.create(rival, []);
        const active = activated(holder, provenRole("reader"));
        const suspended = { ...active, state: "suspended", reason: "denied", version: 3 } as const;
        await store.update(active, []);
        await store.update(suspended, []);
        expect(await store.update(activated(rival, provenRole("reader")), [])).toEqual({ outcome: "role_taken" });
        await store.update(revoked(suspended), []);
        expect(await store.update(activated(rival, provenRole("reader")), [])).toEqual({ outcome: "updated" });
      }),
    );

    it(
      "gives up the role that it held before when it proves another",
      withStore(async ({ store }) => {
        const [holder, rival] = [pendingIntegration("a"), pendingIntegration("b")];
        await store.create(holder, []);
        await store.create(rival, []);
        const first = activated(holder, provenRole("reader"));
        await store.update(first, []);
        await store.update(activated(first, provenRole("reader", { roleUniqueId: "AROA-again" })), []);
        const old = provenRole("elsewhere", { roleUniqueId: "AROA-reader" });
        expect(await store.update(activated(rival, old), [])).toEqual({ outcome: "updated" });
      }),
    );
  });
}
