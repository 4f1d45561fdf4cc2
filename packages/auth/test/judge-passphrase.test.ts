// What may become a passphrase.
import { describe, expect, test } from "vitest";
import { describeTimeToGuess, judgePassphrase } from "../dist/secrets/judge-passphrase.js";

describe("a new passphrase", () => {
  test.each([
    "",
    "short",
    "elevenchars",
    "aaaaaaaaaaaaaaaa",
    "abababababababab",
    "abcdefghijklmnop",
    "123456789012345",
    "987654321098765",
    "passwordpassword",
    "Password123456!",
    "P@ssw0rdP@ssw0rd",
    "qwertyuiop1234",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "Welcome2024!!",
    "daypassdaypass12",
    "Summer2023Winter2024",
    "iloveyou-iloveyou",
  ])("%j will not do", (passphrase) => {
    expect(judgePassphrase(passphrase).problem).toBeTypeOf("string");
  });

  test.each(["velvet-otter-quarry-lamp", "kX9$vQ2!mT7p", "fünf große Nilpferde tanzen", "zt8 rb1 kw4 hq7"])(
    "%j will do",
    (passphrase) => {
      expect(judgePassphrase(passphrase).problem).toBeUndefined();
    },
  );

  test("four random words are worth what four words of a list are worth, not their letters", () => {
    expect(judgePassphrase("velvet otter quarry lamp").randomBits).toBe(43);
    expect(describeTimeToGuess(judgePassphrase("velvet otter quarry lamp"))).toMatch(
      /takes 27 years to find if a machine/,
    );
  });

  test("a passphrase that a person thought up is said to fall soon", () => {
    expect(describeTimeToGuess(judgePassphrase("kX9$vQ2!mT7p"))).toMatch(
      /perhaps 13 minutes if a person thought it up/,
    );
  });
});
