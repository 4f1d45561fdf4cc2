// Codes of MFA devices in calls to STS: right, once, of the caller's own device, and what policies see of them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeAt, CUSTOMER, keysIn, startPeople, VENDOR } from "./people-clients.js";
import type { Keys, People } from "./people-clients.js";
import { allowing, document, outcome, trusting } from "./sts-clients.js";

const ADA = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const BEN = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const serialOf = (name: string) => `arn:aws:iam::${CUSTOMER}:mfa/${name}`;
const roleOf = (name: string, account = CUSTOMER) => `arn:aws:iam::${account}:role/${name}`;
const own = { AWS: `arn:aws:iam::${CUSTOMER}:root` };
const mfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const mayAssume = { assume: allowing("sts:AssumeRole") };
const WRONG = "403 AccessDenied MultiFactorAuthentication failed with invalid MFA one time pass code.";
const NOT_YOURS =
  "403 AccessDenied MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";

let people: People;
let ada: Keys;
beforeEach(async () => {
  people = await startPeople({
    accounts: [
      {
        id: CUSTOMER,
        users: [
          { name: "ada", policies: mayAssume, mfaDevices: [{ name: "ada", secret: ADA }] },
          { name: "ben", policies: mayAssume, mfaDevices: [{ name: "ben", secret: BEN }] },
        ],
        roles: [
          { name: "guarded", trustPolicy: document(trusting(own, mfa)), policies: mayAssume },
          { name: "next", trustPolicy: document(trusting(own, mfa)) },
          {
            name: "fresh",
            trustPolicy: document(trusting(own, { NumericLessThan: { "aws:MultiFactorAuthAge": "300" } })),
          },
          {
            name: "unproven",
            trustPolicy: document(trusting(own, { Bool: { "aws:MultiFactorAuthPresent": "false" } })),
          },
          { name: "long", trustPolicy: document(trusting(own)), maxSessionDuration: 43_200 },
        ],
      },
      {
        id: VENDOR,
        roles: [{ name: "far", trustPolicy: document(trusting(own, mfa)), policies: mayAssume }],
      },
    ],
  });
  ada = people.sandbox.issueKey(CUSTOMER, "ada");
});
afterEach(() => people.sandbox.stop());

const assume = (keys: Keys, name: string, more: object = {}, account = CUSTOMER) =>
  people.sts(keys).assumeRole({ RoleArn: roleOf(name, account), RoleSessionName: "probe", ...more });
const shown = (offsetSeconds = 0, secret = ADA) => ({
  SerialNumber: serialOf(secret === ADA ? "ada" : "ben"),
  TokenCode: codeAt(secret, people.now() + offsetSeconds * 1000),
});

describe("the codes", () => {
  it("are those of RFC 6238's own table", async () => {
    for (const [seconds, code] of [
      [59, "287082"],
      [1_111_111_109, "081804"],
      [20_000_000_000, "353130"],
    ] as const) {
      const world = {
        accounts: [{ id: CUSTOMER, users: [{ name: "eve", mfaDevices: [{ name: "eve", secret: BEN }] }] }],
      };
      const then = await startPeople(world, seconds * 1000);
      expect(then.sandbox.mfaCode(serialOf("eve"))).toBe(code);
      expect(codeAt(BEN, seconds * 1000)).toBe(code);
      await then.sandbox.stop();
    }
  });

  it("are told by the sandbox as a phone shows them, as often as one looks, until one is used", async () => {
    const { sandbox } = people;
    expect(sandbox.mfaCode(serialOf("ada"))).toBe(shown().TokenCode);
    expect(sandbox.mfaCode(serialOf("ada"))).toBe(shown().TokenCode);
    await assume(ada, "guarded", { SerialNumber: serialOf("ada"), TokenCode: sandbox.mfaCode(serialOf("ada")) });
    expect(() => sandbox.mfaCode(serialOf("ada"))).toThrow("the code that the MFA device shows was used already");
    people.pass(30);
    expect(sandbox.mfaCode(serialOf("ada"))).toBe(shown().TokenCode);
    expect(() => sandbox.mfaCode(serialOf("Ada"))).toThrow("there is no MFA device of this serial number");
  });

  it("open a role that wants one, in the same account and in another", async () => {
    const refused = `403 AccessDenied User: arn:aws:iam::${CUSTOMER}:user/ada is not authorized to perform: sts:AssumeRole on resource: ${roleOf("guarded")}`;
    expect(await outcome(assume(ada, "guarded"))).toBe(refused);
    expect(await outcome(assume(ada, "guarded", shown()))).toBe("ok");
    people.pass(30);
    expect(await outcome(assume(ada, "far", shown(), VENDOR))).toBe("ok");
  });

  it.each([
    ["two windows ago", -60, WRONG],
    ["the window before", -30, "ok"],
    ["the window after", 30, "ok"],
    ["two windows ahead", 60, WRONG],
  ])("are taken or refused by the window they belong to: %s", async (_, offset, expected) => {
    expect(await outcome(assume(ada, "guarded", shown(offset)))).toBe(expected);
  });

  it("are good once, for whatever call", async () => {
    const code = shown();
    expect(await outcome(assume(ada, "guarded", code))).toBe("ok");
    expect(await outcome(assume(ada, "guarded", code))).toBe(WRONG);
    expect(await outcome(people.sts(ada).getSessionToken(code))).toBe(WRONG);
  });

  it("are spent by a newer one", async () => {
    const older = shown();
    people.pass(30);
    expect(await outcome(assume(ada, "guarded", shown()))).toBe("ok");
    expect(await outcome(assume(ada, "guarded", older))).toBe(WRONG);
  });

  it("are spent also when the role then refuses", async () => {
    const code = shown();
    expect(await outcome(assume(ada, "unproven", code))).toContain("is not authorized to perform: sts:AssumeRole");
    expect(await outcome(assume(ada, "guarded", code))).toBe(WRONG);
  });

  it("of one of two callers at once are taken from one only", async () => {
    const code = shown();
    const answers = await Promise.all(Array.from({ length: 5 }, () => outcome(assume(ada, "guarded", code))));
    expect(answers.toSorted()).toEqual([WRONG, WRONG, WRONG, WRONG, "ok"]);
  });

  it("are taken from the caller's own device only", async () => {
    expect(await outcome(assume(ada, "guarded", shown(0, BEN)))).toBe(NOT_YOURS);
    expect(await outcome(assume(ada, "guarded", { ...shown(0, BEN), SerialNumber: serialOf("ada") }))).toBe(WRONG);
    // Ben's code was not spent by somebody else's attempt.
    const ben = people.sandbox.issueKey(CUSTOMER, "ben");
    expect(await outcome(assume(ben, "guarded", shown(0, BEN)))).toBe("ok");
  });

  it("are no longer taken from a device that was deactivated", async () => {
    const admin = people.iam(people.sandbox.account(CUSTOMER).admin);
    await admin.deactivateMFADevice({ UserName: "ada", SerialNumber: serialOf("ada") });
    expect(await outcome(assume(ada, "guarded", shown()))).toBe(NOT_YOURS);
  });

  it("come with their device, or not at all", async () => {
    const half =
      "403 AccessDenied MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    const { SerialNumber, TokenCode } = shown();
    expect(await outcome(people.sts(ada).getSessionToken({ SerialNumber }))).toBe(half);
    expect(await outcome(people.sts(ada).getSessionToken({ TokenCode }))).toBe(half);
  });

  it("mean nothing from a role's session, which has no devices", async () => {
    const session = keysIn(await assume(ada, "guarded", shown()));
    people.pass(30);
    expect(await outcome(assume(session, "next", shown()))).toBe(NOT_YOURS);
  });
});

describe("what policies see", () => {
  it("of a code in the call is not carried into the role's session", async () => {
    const session = keysIn(await assume(ada, "guarded", shown()));
    expect(await outcome(assume(session, "next"))).toContain("is not authorized to perform: sts:AssumeRole");
    expect(await outcome(assume(session, "unproven"))).toBe("ok");
  });

  it("of a user's session with a code is the mark and its age", async () => {
    const session = keysIn(await people.sts(ada).getSessionToken(shown()));
    expect(await outcome(assume(session, "guarded"))).toBe("ok");
    expect(await outcome(assume(session, "unproven"))).toContain("AccessDenied");
    people.pass(299);
    expect(await outcome(assume(session, "fresh"))).toBe("ok");
    people.pass(1);
    expect(await outcome(assume(session, "fresh"))).toContain("AccessDenied");
    expect(await outcome(assume(session, "guarded"))).toBe("ok");
  });

  it("of a user's session without a code is that there was none", async () => {
    const session = keysIn(await people.sts(ada).getSessionToken({}));
    expect(await outcome(assume(session, "guarded"))).toContain("AccessDenied");
    expect(await outcome(assume(session, "fresh"))).toContain("AccessDenied");
    expect(await outcome(assume(session, "unproven"))).toBe("ok");
    // A code in the call itself is one all the same.
    expect(await outcome(assume(session, "fresh", shown()))).toBe("ok");
  });

  it("of long-term keys is nothing at all", async () => {
    expect(await outcome(assume(ada, "unproven"))).toContain("AccessDenied");
  });
});

describe("more than an hour", () => {
  it("is for long-term keys with a code in the call, and not for a user's session", async () => {
    const hours = { DurationSeconds: 36_000 };
    expect(await outcome(assume(ada, "long", { ...hours, ...shown() }))).toBe("ok");
    people.pass(30);
    const session = keysIn(await people.sts(ada).getSessionToken(shown()));
    expect(await outcome(assume(session, "long", hours))).toBe(
      "400 ValidationError The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
    expect(await outcome(assume(session, "long", { DurationSeconds: 3600 }))).toBe("ok");
  });
});
