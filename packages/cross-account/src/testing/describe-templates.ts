// Templates under their versions: kept once, never replaced.
import type { TestFunctions, WithStore } from "./test-functions.js";
import { codeOf } from "./test-functions.js";

const template = {
  version: "0123456789abcdef",
  description: `{"serviceName":"Acme"}`,
  created: new Date("2026-11-20T12:00:00.000Z"),
} as const;

export function describeTemplates({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("templates", () => {
    it(
      "are found under their version and nowhere else",
      withStore(async ({ store }) => {
        await store.saveTemplate(template);
        expect(await store.getTemplate(template.version)).toEqual(template);
        expect(await store.getTemplate("fedcba9876543210")).toBe(undefined);
      }),
    );

    it(
      "are kept once: the same again changes nothing, another under the version is refused",
      withStore(async ({ store }) => {
        await store.saveTemplate(template);
        await store.saveTemplate({ ...template, created: new Date(0) });
        expect(await codeOf(() => store.saveTemplate({ ...template, description: "{}" }))).toBe("conflict");
        expect(await store.getTemplate(template.version)).toEqual(template);
      }),
    );

    it(
      "are refused under what is no version",
      withStore(async ({ store }) => {
        expect(await codeOf(() => store.saveTemplate({ ...template, version: "latest" }))).toBe("invalid_option");
      }),
    );
  });
}
