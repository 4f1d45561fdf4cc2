import { createRoleSessionName, fingerprint } from "@daypass/credentials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("the session name", () => {
  test("joins legal parts by dots and leaves them readable", () => {
    expect(createRoleSessionName(["report", "acme-7", "req42"])).toBe("report.acme-7.req42");
  });

  test.each([
    [["a.b"], ["a", "b"]],
    [["a b"], ["a-b"]],
    [["Müller"], ["M-ller"]],
    [["x".repeat(80)], ["x".repeat(81)]],
    [["a"], ["b"]],
    [[], [""]],
    [["a", ""], ["a"]],
    [["a=b"], ["a-b"]],
  ])("%j and %j get different names", (one, two) => {
    expect(createRoleSessionName(one)).not.toBe(createRoleSessionName(two));
  });

  test("a name with a hash tail cannot be asked for by a clean part", () => {
    const hashed = createRoleSessionName(["a b"]);
    expect(createRoleSessionName([hashed])).not.toBe(hashed);
    expect(createRoleSessionName(hashed.split("."))).not.toBe(hashed);
  });

  test("is legal for whatever parts, and different for different parts", () => {
    const part = fc.string({
      unit: fc.constantFrom("a", "A", "b", ".", "=", "-", " ", "/", "é", "\n", "$"),
      maxLength: 40,
    });
    const names = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const name = createRoleSessionName(parts);
        const text = JSON.stringify(parts);
        const before = names.get(name);
        names.set(name, text);
        return /^[\w+=,.@-]{2,64}$/.test(name) && (before === undefined || before === text);
      }),
      { numRuns: 50_000 },
    );
  });
});

describe("the fingerprint", () => {
  test("names an external ID without telling it", () => {
    expect(fingerprint("an-external-id")).toMatch(/^fp-[0-9a-f]{16}$/);
    expect(fingerprint("an-external-id")).toBe(fingerprint("an-external-id"));
    expect(fingerprint("an-external-id")).not.toBe(fingerprint("an-external-iD"));
  });
});
