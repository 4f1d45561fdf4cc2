// A human and their device: the code is asked for once, in time, and its failure is nobody's denial.
import { createAssumeRole, type AssumeRole } from "@daypass/credentials";
import { afterEach, describe, expect, test, vi } from "vitest";
import { codeOf, requestOf } from "./fake-sts.js";
import { answerXml, errorXml, http, startFakeWire, type FakeWire } from "./fake-wire.js";

const open: FakeWire[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((wire) => wire.close()));
});

const asked = requestOf({ mfaSerial: "arn:aws:iam::111111111111:mfa/alice" });
const setUp = async (mfaCode: () => Promise<string>, bytes = http(200, answerXml())) => {
  const wire = await startFakeWire((socket) => socket.write(bytes));
  open.push(wire);
  const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "a-secret-of-the-caller" };
  return { wire, assumeRole: createAssumeRole({ credentials, endpoint: wire.endpoint, mfaCode, timeoutMs: 60_000 }) };
};
const messageOf = (assumeRole: AssumeRole): Promise<string> =>
  assumeRole(asked).then(
    () => "granted",
    (error: unknown) => (error instanceof Error ? error.message : ""),
  );

describe("the code of an MFA device", () => {
  test.each(["", "12345", "1234567", "12 345", "abcdef", "123456\n", 123456 as never, undefined as never])(
    "that is not six digits goes nowhere: %j",
    async (code) => {
      const { wire, assumeRole } = await setUp(async () => code);
      expect(await codeOf(assumeRole(asked))).toBe("caller_credentials");
      expect(await messageOf(assumeRole)).toBe(
        "AWS does not accept our own credentials: the MFA code is not six digits",
      );
      expect(wire.requests).toBe(0);
    },
  );

  test.each([
    "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid",
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
  ])("that is wrong is the human's affair, not the role's: %s", async (message) => {
    const { assumeRole } = await setUp(async () => "123456", http(403, errorXml("AccessDenied", message)));
    expect(await codeOf(assumeRole(asked))).toBe("caller_credentials");
  });

  test("that nobody gives is given up after five minutes", async () => {
    vi.useFakeTimers();
    const { wire, assumeRole } = await setUp(() => new Promise(() => undefined));
    const code = codeOf(assumeRole(asked));
    await vi.advanceTimersByTimeAsync(299_000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await code).toBe("caller_credentials");
    expect(wire.requests).toBe(0);
  });

  test("that comes after the caller gave up is not used", async () => {
    let give: (code: string) => void = () => undefined;
    const { wire, assumeRole } = await setUp(() => new Promise((resolve) => (give = resolve)));
    const controller = new AbortController();
    const code = codeOf(assumeRole(asked, { signal: controller.signal }));
    controller.abort();
    expect(await code).toBe("aborted");
    give("123456");
    await new Promise((resolve) => setImmediate(resolve));
    expect(wire.requests).toBe(0);
  });

  test("that cannot be had fails in the words of who was asked for it", async () => {
    const { assumeRole } = await setUp(async () => Promise.reject(new Error("the terminal is closed")));
    expect(await codeOf(assumeRole(asked))).toContain("the terminal is closed");
  });
});
