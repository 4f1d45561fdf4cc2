// Where codes come from: the RFC's own vectors, every time step once, and nothing printed that a command printed.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCommandCodes } from "../dist/mfa/command-codes.js";
import { createTerminalCodes } from "../dist/mfa/terminal-codes.js";
import { createTotpCodes } from "../dist/mfa/totp-codes.js";
import { parseTotpSecret, stepOf, totpCode } from "../dist/mfa/totp.js";
import { createUsedSteps } from "../dist/mfa/used-steps.js";
import {
  ALICE_DEVICE,
  ALICE_SEED,
  codeOf,
  createFakePrompt,
  createMemoryLocks,
  createMemorySecrets,
} from "./hub-world.js";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "daypass-codes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "taken";
};

let folders = 0;
/** Used steps in a folder of their own; sleeping moves the clock. */
const setUp = (start = 1_111_111_109_000) => {
  const clock = { time: start };
  const slept: number[] = [];
  const prompt = createFakePrompt(() => "");
  const folder = join(directory, String(folders++));
  const create = () =>
    createUsedSteps({
      directory: folder,
      locks: createMemoryLocks(),
      prompt,
      now: () => clock.time,
      sleep: async (ms) => {
        slept.push(ms);
        clock.time += ms;
      },
    });
  return { clock, slept, prompt, folder, create, usedSteps: create() };
};

describe("a code by time", () => {
  // RFC 6238, appendix B, the last six digits of its eight; the seed is "12345678901234567890".
  test.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("is the RFC's at second %d: %s", (seconds, code) => {
    expect(totpCode(parseTotpSecret(ALICE_SEED), stepOf(seconds * 1000))).toBe(code);
  });

  test.each([
    "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
    " GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ ",
    "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ====",
    "otpauth://totp/Amazon%20Web%20Services:alice@111111111111?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Amazon",
    "OTPAUTH://totp/x?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&digits=6&period=30&algorithm=sha1",
  ])("takes the secret as people copy it: %s", (text) => {
    expect(Buffer.from(parseTotpSecret(text)).toString()).toBe("12345678901234567890");
  });

  test.each([
    ["another alphabet", "GEZDGNBVGY3TQOJ0GEZDGNBVGY3TQOJ1"],
    ["too short", "GEZDGNBV"],
    ["nothing", ""],
    ["eight digits", `otpauth://totp/x?secret=${ALICE_SEED}&digits=8`],
    ["sixty seconds", `otpauth://totp/x?secret=${ALICE_SEED}&period=60`],
    ["SHA256", `otpauth://totp/x?secret=${ALICE_SEED}&algorithm=SHA256`],
    ["a counter", `otpauth://hotp/x?secret=${ALICE_SEED}&counter=1`],
    ["no secret", "otpauth://totp/x?issuer=Amazon"],
  ])("refuses a secret with %s, without repeating it", (_, text) => {
    const message = messageOf(() => parseTotpSecret(text));
    expect(message).not.toBe("taken");
    expect(message).not.toContain("GEZD");
  });

  test("is decoded as it was encoded, whatever the bytes", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const encode = (bytes: Uint8Array) => {
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
      return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
    };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 64 }), (bytes) => {
        expect([...parseTotpSecret(encode(bytes))]).toEqual([...bytes]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("codes from a stored secret", () => {
  test("never come twice from one time step: the second waits for the next", async () => {
    const { usedSteps, slept, prompt, clock } = setUp();
    const secrets = createMemorySecrets();
    await secrets.set("hub/work/totp", ALICE_SEED);
    const codes = createTotpCodes({ secrets, name: "hub/work/totp", usedSteps });
    const taken = await Promise.all([codes(ALICE_DEVICE), codes(ALICE_DEVICE), codes(ALICE_DEVICE)]);
    expect(taken).toEqual(
      [37_037_036, 37_037_037, 37_037_038].map((step) => totpCode(parseTotpSecret(ALICE_SEED), step)),
    );
    expect(slept).toEqual([1000, 30_000]);
    expect(prompt.told[0]).toBe("waiting 1 s for the next MFA code: each is good once");
    expect(stepOf(clock.time)).toBe(37_037_038);
  });

  test("are remembered by the next process, device by device", async () => {
    const { usedSteps, create, slept } = setUp();
    await usedSteps.spend(ALICE_DEVICE, String);
    await create().spend("arn:aws:iam::111111111111:mfa/other", String);
    expect(slept).toEqual([]);
    expect(await create().spend(ALICE_DEVICE, String)).toBe("37037037");
    expect(slept).toEqual([1000]);
  });

  test("do not wait for a step that a clock set back has left in the future", async () => {
    const { usedSteps, clock, slept } = setUp();
    await usedSteps.spend(ALICE_DEVICE, String);
    clock.time -= 3_600_000;
    await usedSteps.spend(ALICE_DEVICE, String);
    expect(slept).toEqual([]);
  });

  test("leave a file that holds times only, closed to others, and do without it where it is damaged", async () => {
    const { usedSteps, folder } = setUp();
    await usedSteps.spend(ALICE_DEVICE, () => "123456");
    const path = join(folder, "mfa-steps.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ version: 1, steps: { [ALICE_DEVICE]: 37_037_036 } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await writeFile(path, "{");
    expect(await usedSteps.spend(ALICE_DEVICE, () => "654321")).toBe("654321");
  });

  test("are not to be had where nothing is stored", async () => {
    const { usedSteps } = setUp();
    const codes = createTotpCodes({ secrets: createMemorySecrets(), name: "hub/work/totp", usedSteps });
    expect(await codeOf(codes(ALICE_DEVICE))).toBe("not_found");
  });
});

describe("codes from a command", () => {
  const node = (program: string, timeoutMs = 60_000) =>
    createCommandCodes({ command: [process.execPath, "-e", program], usedSteps: setUp().usedSteps, timeoutMs });

  test.each([
    ["process.stdout.write('000005')", "000005"],
    ["console.log('123 456')", "123456"],
  ])("are taken as printed by %s", async (program, code) => {
    expect(await node(program)(ALICE_DEVICE)).toBe(code);
  });

  test.each([
    ["prints another thing", "console.log('hunter2-secret')"],
    ["prints five digits", "console.log('12345')"],
    ["prints two codes", "console.log('123456\\n123457')"],
    ["prints too much", "console.log('hunter2-secret'.repeat(1000))"],
    ["fails", "console.log('123456'); process.exit(3)"],
  ])("that %s is refused, and what it printed is in no error", async (_, program) => {
    const error: unknown = await node(program)(ALICE_DEVICE).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "process_failed" });
    expect(String(error) + JSON.stringify(error)).not.toContain("hunter2");
  });

  test("that does not end is ended", async () => {
    expect(await codeOf(node("setInterval(() => {}, 1000)", 200)(ALICE_DEVICE))).toBe("process_failed");
  });

  test("is run without a shell: its arguments are what they are", async () => {
    const program = "process.stdout.write(process.argv[1] === '$(echo 1); `x` \"' ? '123456' : 'no')";
    const codes = createCommandCodes({
      command: [process.execPath, "-e", program, '$(echo 1); `x` "'],
      usedSteps: setUp().usedSteps,
    });
    expect(await codes(ALICE_DEVICE)).toBe("123456");
  });

  test.each([[["ykman", "code"]], [["./ykman"]], [[]], [["/usr/bin/x\0y"]]])(
    "is named by an absolute path: %j is refused",
    (command) => {
      expect(messageOf(() => createCommandCodes({ command, usedSteps: setUp().usedSteps }))).toContain("absolute path");
    },
  );
});

describe("codes from a person", () => {
  test("are asked for by the device's name, and checked as they are typed", async () => {
    const prompt = createFakePrompt(() => "000 000");
    expect(await createTerminalCodes({ prompt })(ALICE_DEVICE)).toBe("000000");
    const [question] = prompt.asked;
    expect(question).toMatchObject({ kind: "mfa_code", message: `Enter MFA code for ${ALICE_DEVICE}:` });
    const verdicts = ["000000", "000005", "12345", "abcdef", "1234567"].map((answer) => question?.check?.(answer));
    expect(verdicts.map((verdict) => verdict === undefined)).toEqual([true, true, false, false, false]);
  });
});
