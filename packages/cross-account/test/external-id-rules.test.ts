// Where external IDs come from, which wrong ones are tried, and who keeps which: character by character.
import { describe, expect, it } from "vitest";
import {
  checkNewIntegration,
  checkSameIdentity,
  checkSameTemplate,
  CrossAccountError,
  externalIdPattern,
  externalIdsOf,
  reusedIdentifier,
  type Integration,
  type Rotation,
  type StoredTemplate,
} from "@daypass/cross-account";
import { externalIdVariants } from "../dist/external-id-variants.js";
import { mintExternalId, mintIntegrationId, type RandomBytes } from "../dist/mint-identifiers.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Gives these bytes first, then bytes that count up. */
function scripted(...rounds: readonly (readonly number[])[]): RandomBytes & { asked: number[] } {
  const asked: number[] = [];
  const random = (length: number) => {
    const round = rounds[asked.length] ?? [];
    asked.push(length);
    return Uint8Array.from({ length }, (_, index) => round[index] ?? index);
  };
  return Object.assign(random, { asked });
}

function errorOf(work: () => unknown): CrossAccountError {
  try {
    work();
  } catch (error) {
    if (error instanceof CrossAccountError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const full = (value: number, length = 64) => Array.from({ length }, () => value);
/** A round of one byte throughout but for the last: not constant to the eye. */
const nearly = (value: number, last: number, length = 64) => [...full(value, length - 1), last];

describe("minting", () => {
  it("takes the character at each byte's place in the alphabet, in order", () => {
    const bytes = Array.from({ length: 32 }, (_, index) => index + 20);
    expect(mintExternalId(scripted(bytes))).toBe(ALPHABET.slice(20, 52));
    expect(mintIntegrationId(scripted(bytes.map((byte) => byte - 20)))).toBe("0123456789abcdefghijklmnop");
  });

  it("asks for twice the bytes that it needs, once", () => {
    const ids = scripted();
    mintIntegrationId(ids);
    expect(ids.asked).toEqual([52]);
    const externalIds = scripted(Array.from({ length: 64 }, (_, index) => index + 20));
    mintExternalId(externalIds);
    expect(externalIds.asked).toEqual([64]);
  });

  it("folds bytes within the last whole multiple of the alphabet and throws those beyond it away", () => {
    const bytes = [255, 248, 247, 62, 124, 186, 61, 0, ...Array.from({ length: 60 }, (_, index) => index + 10)];
    const expected = `z000z0${ALPHABET.slice(10, 36)}`;
    expect(mintExternalId(scripted(bytes))).toBe(expected);
    const ids = [255, 252, 251, 36, 72, 35, ...Array.from({ length: 46 }, (_, index) => index)];
    expect(mintIntegrationId(scripted(ids))).toBe(`z00z${"0123456789abcdefghijklmnopqrstuv".slice(0, 22)}`);
  });

  it("goes on with another round where one held too few usable bytes", () => {
    const random = scripted([...full(10, 20), ...full(255, 44)], [...full(40, 20), ...full(255, 44)]);
    expect(mintExternalId(random)).toBe(`${"A".repeat(20)}${"e".repeat(12)}`);
    expect(random.asked).toEqual([64, 64]);
  });

  it("mints again until an external ID holds letters of both cases", () => {
    const digits = nearly(7, 8);
    const upper = nearly(10, 11);
    const lower = nearly(40, 41);
    const mixed = [10, ...full(40, 63)];
    const random = scripted(digits, upper, lower, mixed);
    expect(mintExternalId(random)).toBe(`A${"e".repeat(31)}`);
    expect(random.asked).toHaveLength(4);
  });

  const from20 = (length: number) => Uint8Array.from({ length }, (_, index) => index + 20);
  const BROKEN = {
    code: "invalid_option",
    message: "the source of randomness does not give random bytes",
    hint: "leave out `randomBytes`, or pass a cryptographic one such as node:crypto's randomBytes",
  };
  it.each<[string, RandomBytes]>([
    ["bytes that are all thrown away", (length) => Uint8Array.from(nearly(255, 254, length))],
    ["one byte throughout", (length) => new Uint8Array(length).fill(33)],
    ["a byte too few", (length) => from20(length - 1)],
    ["a byte too many", (length) => from20(length + 1)],
    ["a list in place of bytes", (length) => [...from20(length)] as unknown as Uint8Array],
    ["text", () => "x".repeat(64) as unknown as Uint8Array],
    ["nothing", () => undefined as unknown as Uint8Array],
  ])("gives up on a source that gives %s", (_, random) => {
    expect(errorOf(() => mintExternalId(random))).toMatchObject(BROKEN);
    expect(errorOf(() => mintIntegrationId(random))).toMatchObject(BROKEN);
  });

  it.each<[string, RandomBytes]>([
    ["digits", (length) => Uint8Array.from(nearly(7, 8, length))],
    ["upper case", (length) => Uint8Array.from(nearly(10, 11, length))],
    ["lower case", (length) => Uint8Array.from(nearly(40, 41, length))],
  ])("gives up on an external ID of nothing but %s, and not on an integration id", (_, random) => {
    expect(errorOf(() => mintExternalId(random))).toMatchObject(BROKEN);
    expect(mintIntegrationId(random)).toHaveLength(26);
  });

  it("keeps to the pattern that templates are given", () => {
    expect(externalIdPattern).toBe("[0-9A-Za-z]{32}");
    expect(mintExternalId(from20)).toMatch(new RegExp(`^${externalIdPattern}$`));
  });

  it("gives a source of eight rounds its eighth, and no ninth", () => {
    const digits = nearly(7, 8);
    const seven = Array.from({ length: 7 }, () => digits);
    expect(mintExternalId(scripted(...seven, [10, ...full(40, 63)]))).toBe(`A${"e".repeat(31)}`);
    expect(errorOf(() => mintExternalId(scripted(...seven, digits, [10, ...full(40, 63)]))).code).toBe(
      "invalid_option",
    );
    const empty = Array.from({ length: 7 }, () => nearly(255, 254));
    expect(mintExternalId(scripted(...empty, [10, ...full(40, 63)]))).toBe(`A${"e".repeat(31)}`);
    expect(errorOf(() => mintExternalId(scripted(...empty, nearly(255, 254)))).code).toBe("invalid_option");
  });
});

describe("the variants of an external ID", () => {
  const ID = "aBcDzfghIjklMnopQrst9vwxYzABCDEZ";
  const fresh = () => scripted(Array.from({ length: 64 }, (_, index) => index + 20));

  it("are these, in this order", () => {
    const variants = externalIdVariants(ID, fresh()).map(({ kind, externalId }) => [kind, externalId]);
    expect(variants).toEqual([
      ["no_external_id", null],
      ["fresh_external_id", ALPHABET.slice(20, 52)],
      ["last_character_changed", "aBcDzfghIjklMnopQrst9vwxYzABCDEa"],
      ["one_character_appended", `${ID}0`],
      ["case_flipped", "AbCdZFGHiJKLmNOPqRST9VWXyZabcdez"],
      ["character_5_changed", "aBcD0fghIjklMnopQrst9vwxYzABCDEZ"],
      ["character_13_changed", "aBcDzfghIjklNnopQrst9vwxYzABCDEZ"],
      ["character_21_changed", "aBcDzfghIjklMnopQrstAvwxYzABCDEZ"],
      ["character_29_changed", "aBcDzfghIjklMnopQrst9vwxYzABDDEZ"],
    ]);
  });

  it("differ from it and from each other, whatever its characters, also without regard to case but for the flipped one", () => {
    for (const character of ALPHABET) {
      const id = `a${character.repeat(31)}`;
      const made = externalIdVariants(id, fresh());
      const ids = made.map(({ externalId }) => externalId);
      expect(new Set([id, ...ids]).size).toBe(10);
      const alike = made.filter(({ externalId }) => externalId?.toLowerCase() === id.toLowerCase());
      expect(alike.map(({ kind }) => kind)).toEqual(["case_flipped"]);
    }
  });
});

describe("the rules that every store keeps", () => {
  const created = new Date(0);
  const kept: Integration = {
    integrationId: "one",
    customerId: "acme",
    label: "main",
    externalId: "current",
    state: "pending",
    declaredAccountId: null,
    role: null,
    verification: null,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created,
    updated: created,
    version: 1,
  };
  const rotation = (externalId: string, phase: Rotation["phase"]): Rotation => ({
    externalId,
    phase,
    started: created,
  });
  const role = { roleArn: "arn:aws:iam::222222222222:role/r" } as Integration["role"];

  it("an integration that was never written is new", () => {
    expect(() => checkNewIntegration(kept)).not.toThrow();
  });

  it.each<[string, Partial<Integration>]>([
    ["a later version", { version: 2 }],
    ["a role", { role }],
    ["another state", { state: "active" }],
  ])("one with %s is not", (_, changes) => {
    expect(errorOf(() => checkNewIntegration({ ...kept, ...changes }))).toMatchObject({
      code: "invalid_option",
      message: "an integration starts pending, without a role, at version 1",
      hint: "create it first, then update it",
    });
  });

  it("whatever else changes, it stays the same integration", () => {
    const next = { ...kept, state: "active" as const, role, version: 2, updated: new Date(1), created: new Date(0) };
    expect(() => checkSameIdentity(kept, next)).not.toThrow();
  });

  it("an offered external ID may be taken while the old one is retiring", () => {
    const offered = { ...kept, rotation: rotation("next", "offered") };
    const taken = { ...kept, externalId: "next", rotation: rotation("current", "retiring") };
    expect(() => checkSameIdentity(offered, taken)).not.toThrow();
    expect(() => checkSameIdentity(offered, { ...kept, rotation: null })).not.toThrow();
    expect(() => checkSameIdentity(taken, { ...taken, rotation: null })).not.toThrow();
  });

  const taken = { externalId: "next", rotation: rotation("current", "retiring") };
  it.each<[string, Partial<Integration>, Partial<Integration>]>([
    ["its id", {}, { integrationId: "two" }],
    ["its customer", {}, { customerId: "evil" }],
    ["its label", {}, { label: "other" }],
    ["its first day", {}, { created: new Date(1) }],
    ["its external ID", {}, { externalId: "other" }],
    ["its external ID, without an offer", {}, taken],
    ["its external ID, for another one than was offered", { rotation: rotation("other", "offered") }, taken],
    ["its external ID, for one that is retiring", { rotation: rotation("next", "retiring") }, taken],
    [
      "its external ID, without keeping the old one",
      { rotation: rotation("next", "offered") },
      { ...taken, rotation: null },
    ],
    [
      "its external ID, keeping another one than the old",
      { rotation: rotation("next", "offered") },
      { ...taken, rotation: rotation("other", "retiring") },
    ],
    [
      "its external ID, still offering",
      { rotation: rotation("next", "offered") },
      { ...taken, rotation: rotation("current", "offered") },
    ],
  ])("no write changes %s", (_, before, after) => {
    expect(errorOf(() => checkSameIdentity({ ...kept, ...before }, { ...kept, ...after }))).toMatchObject({
      code: "invalid_option",
      message: "customer, label and external ID of an integration cannot change",
      hint: "revoke this integration and create another",
    });
  });

  it("every external ID that it holds is taken", () => {
    expect(externalIdsOf(kept)).toEqual(["current"]);
    expect(externalIdsOf({ ...kept, rotation: rotation("next", "offered") })).toEqual(["current", "next"]);
  });

  it("an identifier that was minted twice is a conflict, with its cause", () => {
    const cause = new Error("UNIQUE constraint failed");
    const error = reusedIdentifier(cause);
    expect(error).toBeInstanceOf(CrossAccountError);
    expect(error).toMatchObject({
      code: "conflict",
      message: "an integration id or external ID was minted a second time",
      hint: "check the source of randomness",
      cause,
    });
    expect(reusedIdentifier().cause).toBeUndefined();
  });

  it("a template's version stands for one description", () => {
    const template = { version: "1", description: "{}" } as StoredTemplate;
    expect(() => checkSameTemplate(template, { ...template })).not.toThrow();
    expect(errorOf(() => checkSameTemplate(template, { ...template, description: "{ }" }))).toMatchObject({
      code: "conflict",
      message: "another template is kept under this version",
      hint: "a version is the hash of its description; look for what changed one of them",
    });
  });
});
