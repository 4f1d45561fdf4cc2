// The audit: in order, with its write or not at all, and still there after reopening.
import type { AuditEvent } from "../types.js";
import type { TestFunctions, WithStore } from "./test-functions.js";
import {
  activated,
  codeOf,
  eventAbout,
  keptReasons,
  moment,
  pendingIntegration,
  provenRole,
} from "./test-functions.js";

const granted = {
  type: "assume_role.granted" as const,
  time: moment,
  attemptId: "attempt-1",
  roleArn: "arn:aws:iam::222222222222:role/reader",
  roleSessionName: "vendor",
  region: "eu-west-1",
  durationSeconds: 3600,
  externalIdFingerprint: "fingerprint",
  subject: { customer: "acme", __proto__x: "kept" },
  expiration: new Date(moment.getTime() + 3_600_000),
  assumedRoleArn: "arn:aws:sts::222222222222:assumed-role/reader/vendor",
  accessKeyId: "ASIAEXAMPLE",
} satisfies AuditEvent;

export function describeEvents({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("the audit", () => {
    it(
      "keeps events in the order of their writes, page by page",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, [eventAbout(pending, "1"), eventAbout(pending, "2")]);
        await store.record(granted);
        await store.update(activated(pending, provenRole("reader")), [eventAbout(pending, "4")]);
        const all = await store.listEvents({ limit: 10 });
        expect(all.map(({ event }) => ("reason" in event ? event.reason : event.type))).toEqual([
          "1",
          "2",
          "assume_role.granted",
          "4",
        ]);
        expect(all[2]?.event).toEqual(granted);
        const sequences = all.map(({ sequence }) => sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
        const second = await store.listEvents({ after: sequences[1] ?? 0, limit: 1 });
        expect(second).toEqual([all[2]]);
      }),
    );

    it(
      "keeps no event of a write that did not happen",
      withStore(async ({ store }) => {
        const [holder, rival] = [pendingIntegration("a"), pendingIntegration("b")];
        await store.create(holder, []);
        await store.create(rival, []);
        await store.update(activated(holder, provenRole("reader")), []);
        await store.create(pendingIntegration("c", { customerId: holder.customerId }), [eventAbout(holder, "exists")]);
        const reused = pendingIntegration("c", { externalId: holder.externalId });
        await codeOf(() => store.create(reused, [eventAbout(reused, "conflict")]));
        await store.update({ ...holder, version: 2 }, [eventAbout(holder, "stale")]);
        await store.update(activated(rival, provenRole("reader")), [eventAbout(rival, "taken")]);
        await codeOf(() => store.update({ ...rival, label: "x", version: 2 }, [eventAbout(rival, "identity")]));
        expect(await keptReasons(store)).toEqual([]);
      }),
    );

    it(
      "keeps the order of fifty records made at once, each exactly once",
      withStore(async ({ store }) => {
        const names = Array.from({ length: 50 }, (_, index) => `attempt-${index}`);
        await Promise.all(names.map((attemptId) => store.record({ ...granted, attemptId })));
        const kept = await store.listEvents({ limit: 100 });
        const attempts = kept.map(({ event }) => ("attemptId" in event ? event.attemptId : ""));
        expect(attempts.sort()).toEqual([...names].sort());
        expect(new Set(kept.map(({ sequence }) => sequence)).size).toBe(50);
      }),
    );

    it(
      "shares no event with its callers",
      withStore(async ({ store }) => {
        const time = new Date(moment);
        await store.record({ ...granted, time });
        time.setFullYear(1990);
        (await store.listEvents({ limit: 1 }))[0]?.event.time.setFullYear(1991);
        expect((await store.listEvents({ limit: 1 }))[0]?.event.time).toEqual(moment);
      }),
    );

    it(
      "is still there after reopening, with the integrations, where the store outlives its process",
      withStore(async ({ store, reopen }) => {
        if (reopen === undefined) return;
        const pending = pendingIntegration("a");
        const active = activated(pending, provenRole("reader"));
        await store.create(pending, [eventAbout(pending, "1")]);
        await store.update(active, [eventAbout(active, "2")]);
        await store.record(granted);
        const before = await store.listEvents({ limit: 10 });
        await store.close();
        const again = await reopen();
        expect(await again.get("id-a")).toEqual(active);
        expect(await again.listEvents({ limit: 10 })).toEqual(before);
        await again.record(granted);
        expect((await again.listEvents({ after: before.at(-1)?.sequence ?? 0, limit: 10 })).length).toBe(1);
        await again.close();
      }),
    );
  });
}
