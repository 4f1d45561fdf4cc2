// Where an answer leads, without any machine: every state, every event, and what is shown.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeStep } from "../dist/setup/describe-step.js";
import { drawQr, isQrLine } from "../dist/setup/draw-qr.js";
import { createUserTemplate } from "../dist/setup/iam-user-template.js";
import { planSetup } from "../dist/setup/plan-setup.js";
import { nextState, startSetup } from "../dist/setup/setup-steps.js";
import type { SetupEvent, SetupFacts, SetupState } from "../dist/setup/setup-types.js";

const SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
const session = {
  name: "corp",
  startUrl: "https://corp.awsapps.com/start",
  region: "eu-west-1",
  scopes: ["sso:account:access"],
};
const facts = (over: Partial<SetupFacts> = {}): SetupFacts => ({
  toolName: "my-tool",
  requiredActions: ["s3:ListAllMyBuckets"],
  profiles: [
    { name: "work", kind: "role", region: "eu-west-1" },
    { name: "torn", kind: "broken", region: undefined },
    { name: "my-tool", kind: "sso", region: undefined },
  ],
  ssoSessions: [session],
  ownProfiles: ["my-tool"],
  ownSessions: [],
  hubs: [],
  chosen: undefined,
  hasKeysInEnvironment: false,
  build: undefined,
  signIn: { mode: "browser", because: "this machine has a display" },
  region: undefined,
  ssoEndpoint: undefined,
  secretsKind: "keychain",
  files: { awsConfig: "/home/jo/.aws/config", config: "/home/jo/.my-tool/config.json" },
  ...over,
});

const answers = (values: Record<string, string>): SetupEvent => ({ kind: "answers", values });
const walk = (events: readonly SetupEvent[], known = facts()): SetupState =>
  events.reduce((state, event) => nextState(state, event, known), startSetup(known));

const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: SECRET, region: "eu-west-1", mfa: "required" };
const toKeys = [answers({ method: "iam_user" }), answers({})];
const account = { accountId: "444444444444", accountName: "dev", emailAddress: undefined };
const toRoles: readonly SetupEvent[] = [
  answers({ method: "sso" }),
  answers({ session: "corp" }),
  { kind: "accounts", accounts: [account] },
  answers({ account: "444444444444" }),
  { kind: "roles", roles: ["Admin"] },
];

describe("the ways", () => {
  test("are offered best first, with reasons, and those that are not open here say so", () => {
    expect(planSetup(facts()).map(({ method }) => method)).toEqual(["sso", "profile", "iam_user"]);
    expect(planSetup(facts()).filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
    const bare = planSetup(facts({ profiles: [] }));
    expect(bare.find(({ method }) => method === "profile")?.notHere).toContain("no profile");
  });

  test("are none in a build", () => {
    expect(() => startSetup(facts({ build: "GitHub Actions" }))).toThrow("this is a build of GitHub Actions");
  });
});

describe("an answer", () => {
  test.each<[string, readonly SetupEvent[], Partial<SetupState>]>([
    ["of no known way", [answers({ method: "root" })], { at: "method" }],
    ["that is missing", [answers({})], { at: "method" }],
    ["of a known sign-in", toRoles.slice(0, 2), { at: "sign_in", isNewSession: false }],
    ["of another sign-in", [answers({ method: "sso" }), answers({ session: "" })], { at: "sso_address" }],
    ["of a sign-in that is not there", [answers({ method: "sso" }), answers({ session: "x" })], { at: "sso_session" }],
    ["of an account that was not offered", [...toRoles.slice(0, 3), answers({ account: "1" })], { at: "sso_account" }],
    [
      "of a role that was not offered",
      [...toRoles, answers({ role: "Root", region: "eu-west-1" })],
      { at: "sso_role" },
    ],
    ["with no region", [...toRoles, answers({ role: "Admin", region: "x" })], { at: "sso_role" }],
    ["of a role", [...toRoles, answers({ role: "Admin", region: "eu-west-1" })], { at: "try" }],
    ["of a broken profile", [answers({ method: "profile" }), answers({ profile: "torn" })], { at: "profile" }],
    ["of our own profile", [answers({ method: "profile" }), answers({ profile: "my-tool" })], { at: "profile" }],
    ["of a profile", [answers({ method: "profile" }), answers({ profile: "work" })], { at: "try" }],
    ["with half a key", [...toKeys, answers({ ...keys, accessKeyId: "AKIA" })], { at: "user_keys" }],
    ["with a secret in two lines", [...toKeys, answers({ ...keys, secretAccessKey: "a\nb" })], { at: "user_keys" }],
    ["that does not say whether with MFA", [...toKeys, answers({ ...keys, mfa: "" })], { at: "user_keys" }],
    ["of keys", [...toKeys, answers(keys)], { at: "try" }],
  ])("%s leads where it must", (_, events, wanted) => {
    expect(walk(events)).toMatchObject(wanted);
  });

  test("with the address of a sign-in that is known takes that one", () => {
    const again = { startUrl: "https://corp.awsapps.com/start/", region: "eu-west-1" };
    const events = [answers({ method: "sso" }), answers({ session: "" }), answers(again)];
    expect(walk(events)).toMatchObject({ at: "sign_in", isNewSession: false, session: { name: "corp" } });
  });

  test("never writes over another's section: the name is the next that is free", () => {
    const taken = facts({ profiles: [{ name: "my-tool", kind: "role", region: undefined }], ownProfiles: [] });
    const state = walk([...toRoles, answers({ role: "Admin", region: "eu-west-1" })], taken);
    expect(state).toMatchObject({ draft: { profileName: "my-tool-2" } });
  });
});

describe("what went wrong", () => {
  const problem = { message: "no", hint: "try" };
  test.each<[readonly SetupEvent[], SetupState["at"]]>([
    [toRoles.slice(0, 2), "method"],
    [[answers({ method: "profile" }), answers({ profile: "work" })], "profile"],
    [[...toKeys, answers(keys)], "user_keys"],
  ])("is said where it can be put right: %#", (events, at) => {
    expect(walk([...events, { kind: "problem", problem }])).toEqual({ at, problem });
  });

  test("while writing is the end", () => {
    const tried = { kind: "check", check: { arn: "arn:aws:iam::1:user/x", actions: [] } } as const;
    const events = [
      answers({ method: "profile" }),
      answers({ profile: "work" }),
      { kind: "tried", tried },
      answers({}),
    ] as const;
    expect(walk(events)).toMatchObject({ at: "write" });
    expect(walk([...events, { kind: "back" }])).toMatchObject({ at: "write" });
    expect(walk([...events, { kind: "problem", problem }])).toEqual({ at: "failed", problem });
  });

  test("with an account list that is empty is said, and asked again", () => {
    expect(walk([...toRoles.slice(0, 2), { kind: "accounts", accounts: [] }])).toMatchObject({
      at: "method",
      problem: { message: "this sign-in gives access to no account" },
    });
  });
});

test("nothing is written without a yes, and no step ever shows a secret, whatever the order of events", () => {
  const event: fc.Arbitrary<SetupEvent> = fc.oneof(
    fc.constantFrom<SetupEvent>(
      ...toRoles,
      ...toKeys,
      answers(keys),
      answers({ method: "profile" }),
      answers({ profile: "work" }),
      answers({ role: "Admin", region: "eu-west-1" }),
      { kind: "back" },
      { kind: "tried", tried: { kind: "user", arn: "arn:aws:iam::1:user/x", mfaSerials: [] } },
      { kind: "problem", problem: { message: "no", hint: "try" } },
    ),
    fc.dictionary(fc.constantFrom("method", "session", "__proto__", "constructor"), fc.string()).map(answers),
  );
  const tryRole = [...toRoles, answers({ role: "Admin", region: "eu-west-1" })];
  const ways = [
    [],
    tryRole,
    [answers({ method: "profile" }), answers({ profile: "work" })],
    [...toKeys, answers(keys)],
  ];
  const way = fc.constantFrom(...ways);
  fc.assert(
    fc.property(way, fc.array(event, { maxLength: 30 }), (first, more) => {
      const events = [...first, ...more];
      const known = facts();
      let state = startSetup(known);
      for (const each of events) {
        const before = state.at;
        state = nextState(state, each, known);
        if (state.at === "write" && before !== "write") {
          expect(before).toBe("confirm");
          expect(each.kind).toBe("answers");
        }
        expect(JSON.stringify(describeStep(state, known, { userTemplate: [] }))).not.toContain(SECRET);
      }
    }),
    { numRuns: 300 },
  );
});

test("what the person should know is said before they answer", () => {
  const show = (events: readonly SetupEvent[], known = facts()) =>
    JSON.stringify(describeStep(walk(events, known), known, { userTemplate: [] }));
  const toAddress = [answers({ method: "sso" }), answers({ session: "" })];
  const remote = facts({ signIn: { mode: "device_code", because: "this is a session over SSH" } });
  expect(show(toAddress, remote)).toContain("because this is a session over SSH");
  expect(show(toAddress)).toContain("opens in the browser of this machine");
  expect(show([], facts({ hasKeysInEnvironment: true }))).toContain("used instead of them");
  expect(show([], facts({ chosen: "profile:work" }))).toContain("An earlier setup chose profile:work");
  const nowhere = facts({ profiles: [{ name: "work", kind: "role", region: undefined }] });
  const check = { arn: "arn:aws:iam::1:user/x", actions: [{ action: "s3:X", answer: "denied", why: "no" }] } as const;
  const toConfirm: readonly SetupEvent[] = [
    answers({ method: "profile" }),
    answers({ profile: "work" }),
    { kind: "tried", tried: { kind: "check", check } },
  ];
  expect(show(toConfirm, nowhere)).toContain("Nothing names a region");
  expect(show(toConfirm)).not.toContain("Nothing names a region");
  expect(show(toConfirm)).toContain("Something that the tool needs is denied");
});

test("the user's template allows what is asked for, with MFA, in the account's own buckets, and makes no key", async () => {
  const [template, commands] = await createUserTemplate("my-tool", ["s3:ListAllMyBuckets", "s3:GetObject"]);
  expect(template?.fileName).toBe("my-tool-iam-user.yaml");
  expect(template?.text.match(/aws:MultiFactorAuthPresent/g)).toHaveLength(2);
  expect(template?.text.match(/aws:ResourceAccount/g)).toHaveLength(1);
  expect(template?.text).not.toContain("AWS::IAM::AccessKey");
  expect(commands?.text).toContain("CAPABILITY_NAMED_IAM");
  await expect(createUserTemplate("my-tool", ["iam:AttachUserPolicy"])).rejects.toMatchObject({ code: "lint_failed" });
});

test("a drawing for a terminal becomes a picture of the same modules, dark on light", () => {
  const lines = ["█".repeat(22), `█ ▀▄${"█".repeat(18)}`];
  expect(lines.every(isQrLine)).toBe(true);
  expect(isQrLine("Sign in to the portal")).toBe(false);
  const path = /d="([^"]*)"/.exec(drawQr(lines))?.[1];
  expect(path).toBe("M1 2h1v1h-1zM1 3h1v1h-1zM2 3h1v1h-1zM3 2h1v1h-1z");
});
