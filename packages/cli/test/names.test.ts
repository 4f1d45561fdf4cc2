import { expect, test } from "vitest";
import { namesOf } from "../dist/names.js";

test.each([
  ["daypass", ".daypass", "DAYPASS_"],
  ["@orgname/cliname", ".cliname", "CLINAME_"],
  ["@org/aws-auth.2", ".aws-auth.2", "AWS_AUTH_2_"],
  ["7up", ".7up", "_7UP_"],
])("of %s: %s and %s", (packageName, directoryName, envPrefix) => {
  expect(namesOf(packageName)).toMatchObject({ directoryName, envPrefix });
});

test("messages use the name that was typed", () => {
  expect(namesOf("daypass", "aacli").program).toBe("aacli");
  expect(namesOf("@o/daypass").program).toBe("daypass");
});

test.each(["", "@o/", "..", "@o/.x", "a b", "a$(x)", "-a", "Ä", "A", "a/../b c", "x\ny"])(
  "%j names no directory and no variable",
  (packageName) => {
    expect(() => namesOf(packageName)).toThrow("no package name");
  },
);

test.each(["aws", "@acme/aws", "ssh", "@o/config", "git", "kube", "aws-as", "@o/aws-as-activate", "start"])(
  "%s is somebody else's: a reset would empty their directory, or a program would be gone",
  (packageName) => {
    expect(() => namesOf(packageName)).toThrow("is taken by another program");
  },
);
