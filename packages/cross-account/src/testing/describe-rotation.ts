// External IDs that change, and never come back.
import type { Integration } from "../types.js";
import type { TestFunctions, WithStore } from "./test-functions.js";
import { activated, codeOf, pendingIntegration, provenRole } from "./test-functions.js";

const started = new Date("2026-11-20T12:00:00.000Z");

export function describeRotation({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("replacing an external ID", () => {
    it(
      "goes from offered to taken to retired, and keeps everything on the way",
      withStore(async ({ store }) => {
        const active = activated(pendingIntegration("a"), provenRole("reader"));
        await store.create(pendingIntegration("a"), []);
        await store.update(active, []);
        const offered = next(active, { rotation: { externalId: "Next-Id", phase: "offered", started } });
        const taken = next(offered, {
          externalId: "Next-Id",
          rotation: { externalId: active.externalId, phase: "retiring", started },
        });
        const retired = next(taken, { rotation: null });
        for (const step of [offered, taken, retired]) {
          expect(await store.update(step, [])).toEqual({ outcome: "updated" });
          expect(await store.get("id-a")).toEqual(step);
        }
      }),
    );

    it(
      "never takes an ID that was not offered before, nor loses sight of the old one",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const offered = next(pending, { rotation: { externalId: "Next-Id", phase: "offered", started } });
        await store.update(offered, []);
        const jump = next(offered, {
          externalId: "Another-Id",
          rotation: { externalId: pending.externalId, phase: "retiring", started },
        });
        const lost = next(offered, { externalId: "Next-Id", rotation: null });
        const swapped = next(offered, {
          externalId: "Next-Id",
          rotation: { externalId: "Third-Id", phase: "retiring", started },
        });
        for (const wrong of [jump, lost, swapped]) {
          expect(await codeOf(() => store.update(wrong, []))).toBe("invalid_option");
        }
        expect(await store.get("id-a")).toEqual(offered);
      }),
    );

    it(
      "never brings an ID that anybody ever held: offered, given up, retired or another's",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        await store.create(pendingIntegration("b"), []);
        const offered = next(pending, { rotation: { externalId: "Given-Up-Id", phase: "offered", started } });
        await store.update(offered, []);
        const cancelled = next(offered, { rotation: null });
        await store.update(cancelled, []);
        const second = next(cancelled, { rotation: { externalId: "Second-Id", phase: "offered", started } });
        await store.update(second, []);
        const taken = next(second, {
          externalId: "Second-Id",
          rotation: { externalId: pending.externalId, phase: "retiring", started },
        });
        await store.update(taken, []);
        const retired = next(taken, { rotation: null });
        await store.update(retired, []);
        const b = (await store.get("id-b")) ?? pendingIntegration("b");
        for (const externalId of ["Given-Up-Id", "Second-Id", pending.externalId]) {
          const again = next(b, { rotation: { externalId, phase: "offered", started } });
          expect(await codeOf(() => store.update(again, []))).toBe("conflict");
          const fresh = { ...pendingIntegration("c"), externalId };
          expect(await codeOf(() => store.create(fresh, []))).toBe("conflict");
        }
        for (const externalId of ["Given-Up-Id", pending.externalId, b.externalId]) {
          const again = next(retired, { rotation: { externalId, phase: "offered", started } });
          expect(await codeOf(() => store.update(again, []))).toBe("conflict");
        }
      }),
    );

    it(
      "keeps everything else that a life brings as it was written",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const full = next(pending, {
          launch: {
            by: "stack",
            templateVersion: "0123456789abcdef",
            region: "eu-west-1",
            stackName: "Acme-a",
            offered: started,
          },
          setup: { until: started, removed: null },
          inspection: { templateVersion: null, stackId: null, findings: 3, inspected: started },
          legacyKey: {
            accessKeyId: "AKIAEXAMPLE",
            secretAccessKey: "planted secret",
            created: started,
            attached: started,
            cutOff: started,
          },
        });
        expect(await store.update(full, [])).toEqual({ outcome: "updated" });
        expect(await store.get("id-a")).toEqual(full);
      }),
    );
  });
}

function next(integration: Integration, changes: Partial<Integration>): Integration {
  return { ...integration, ...changes, version: integration.version + 1 };
}
