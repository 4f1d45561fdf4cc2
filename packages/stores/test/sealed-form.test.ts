// The form of what is sealed, written out a second time from its description: what one release seals, every later one and
// other programs open. And what is refused, in full words.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CrossAccountError } from "@daypass/cross-account";
import { createSqliteStore, type SealingKeys } from "@daypass/stores";
import { afterAll, describe, expect, it } from "vitest";
import { createSealer, type Place } from "../dist/create-sealer.js";
import { openRaw } from "./raw-database.js";
import { pendingIntegration } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const ONE: SealingKeys = { current: sealingKey("one") };
const BOTH: SealingKeys = { current: sealingKey("two"), previous: [sealingKey("one")] };
const PLACE: Place = ["integrations", "sealed", "id-a", 7];
const TEXT = 'a "text" with é and 😀';

function derived(id: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", sealingKey(id).key, new Uint8Array(), purpose, 32));
}

/** Every part as text, with its length in four bytes before it. */
function written(parts: Place): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(`${part}`, "utf8");
      return [Buffer.from(bytes.length.toString(16).padStart(8, "0"), "hex"), bytes];
    }),
  );
}

function sealedByHand(id: string, text: string, place: Place, nonce = Buffer.alloc(12, 5)): Buffer {
  const cipher = createCipheriv("aes-256-gcm", derived(id, "daypass stores: sealing, 1"), nonce);
  cipher.setAAD(written([1, id, ...place]));
  const body = Buffer.concat([cipher.update(Buffer.from(text, "utf8")), cipher.final()]);
  return Buffer.concat([Buffer.from([1, id.length]), Buffer.from(id), nonce, body, cipher.getAuthTag()]);
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

const TAMPERED = {
  code: "unsealing_failed",
  message: "a sealed value does not open: wrong key, or it was changed or moved",
  hint: "check the sealing keys; if they are right, restore the database from a backup and look who wrote to it",
};

describe("a sealed value", () => {
  it.each(["", "x", TEXT, "x".repeat(10_000)])("that was made by hand opens", (text) => {
    expect(createSealer(ONE).open(sealedByHand("one", text, PLACE), PLACE)).toBe(text);
    expect(createSealer(BOTH).open(sealedByHand("one", text, PLACE), PLACE)).toBe(text);
  });

  it.each(["", TEXT])("opens by hand", (text) => {
    const sealed = createSealer(ONE).seal(text, PLACE);
    expect([...sealed.subarray(0, 5)]).toEqual([1, 3, ...Buffer.from("one")]);
    const decipher = createDecipheriv(
      "aes-256-gcm",
      derived("one", "daypass stores: sealing, 1"),
      sealed.subarray(5, 17),
    );
    decipher.setAAD(written([1, "one", ...PLACE]));
    decipher.setAuthTag(sealed.subarray(-16));
    const opened = Buffer.concat([decipher.update(sealed.subarray(17, -16)), decipher.final()]);
    expect(opened.toString("utf8")).toBe(text);
  });

  it("opens as a part of a longer buffer, as drivers give it", () => {
    const sealed = sealedByHand("one", TEXT, PLACE);
    const long = Buffer.concat([Buffer.alloc(9, 1), sealed, Buffer.alloc(9, 1)]);
    expect(createSealer(ONE).open(long.subarray(9, 9 + sealed.length), PLACE)).toBe(TEXT);
  });

  it("is sealed with the current key, or with the one that is named", () => {
    const sealer = createSealer(BOTH);
    expect(sealer.currentKeyId).toBe("two");
    expect(sealer.keyIds).toEqual(["two", "one"]);
    const idOf = (sealed: Uint8Array) => Buffer.from(sealed).toString("latin1", 2, 5);
    expect(idOf(sealer.seal(TEXT, PLACE))).toBe("two");
    expect(idOf(sealer.seal(TEXT, PLACE, "one"))).toBe("one");
    expect(createSealer(ONE).open(sealer.seal(TEXT, PLACE, "one"), PLACE)).toBe(TEXT);
  });

  it("never has the same nonce twice", () => {
    const sealer = createSealer(ONE);
    const nonces = Array.from({ length: 1000 }, () =>
      Buffer.from(sealer.seal("", PLACE).subarray(5, 17)).toString("hex"),
    );
    expect(new Set(nonces).size).toBe(1000);
  });

  it("does not open when it is cut short or drawn out by any number of bytes", () => {
    const sealer = createSealer(ONE);
    for (const text of ["", "x", TEXT]) {
      const sealed = sealedByHand("one", text, PLACE);
      for (let length = 0; length < sealed.length; length += 1) {
        // Cut within its key id, it names another key.
        const named = length === 3 || length === 4;
        expect(errorOf(() => sealer.open(sealed.subarray(0, length), PLACE))).toMatchObject(
          named ? { code: "unsealing_failed" } : TAMPERED,
        );
      }
      expect(errorOf(() => sealer.open(Buffer.concat([sealed, Buffer.alloc(1)]), PLACE))).toMatchObject(TAMPERED);
    }
  });

  it.each<[string, Place]>([
    ["another row", ["integrations", "sealed", "id-b", 7]],
    ["another number", ["integrations", "sealed", "id-a", 8]],
    ["a part less", ["integrations", "sealed", "id-a"]],
    ["a part more", [...PLACE, ""]],
    ["its parts cut elsewhere", ["integration", "ssealed", "id-a", 7]],
    ["two parts joined", ["integrationssealed", "id-a", 7]],
    ["no place", []],
  ])("does not open in %s", (_, place) => {
    const error = errorOf(() => createSealer(ONE).open(sealedByHand("one", TEXT, PLACE), place));
    expect(error).toMatchObject(TAMPERED);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("names the key that it needs, with nothing in the name that a terminal would obey", () => {
    const wanted = (id: string, shown: string) =>
      expect(errorOf(() => createSealer(ONE).open(sealedAs(id), PLACE))).toMatchObject({
        code: "unsealing_failed",
        message: `a value was sealed with key "${shown}", which was not given`,
        hint: "pass that key among the previous sealing keys",
      });
    const sealedAs = (id: string) =>
      Buffer.concat([Buffer.from([1, id.length]), Buffer.from(id, "latin1"), Buffer.alloc(40)]);
    wanted("two", "two");
    wanted("A-z_9", "A-z_9");
    wanted('\u001b[2J"x\n', "??2J?x?");
    wanted("", "");
    expect(errorOf(() => createSealer(ONE).seal(TEXT, PLACE, "two"))).toMatchObject({
      message: 'a value was sealed with key "two", which was not given',
    });
  });
});

describe("a blind index", () => {
  it("is an HMAC of kind and value under each key's own part", () => {
    const byHand = (id: string) =>
      createHmac("sha256", derived(id, "daypass stores: blind index, 1"))
        .update(written(["external id", "abc"]))
        .digest();
    const indexes = createSealer(BOTH).blindIndexes("external id", "abc");
    expect(indexes.map(({ keyId }) => keyId)).toEqual(["two", "one"]);
    expect(indexes.map(({ index }) => Buffer.from(index))).toEqual([byHand("two"), byHand("one")]);
  });

  it("differs by kind, by value, and by where one ends and the other begins", () => {
    const sealer = createSealer(ONE);
    const hex = (kind: string, value: string) =>
      sealer.blindIndexes(kind, value).map(({ index }) => Buffer.from(index).toString("hex"))[0];
    const pairs = [
      ["a", "bc"],
      ["ab", "c"],
      ["abc", ""],
      ["a", "bC"],
      ["A", "bc"],
    ] as const;
    expect(new Set(pairs.map(([kind, value]) => hex(kind, value))).size).toBe(pairs.length);
  });
});

describe("a sealing key", () => {
  const MAKE = "make 32 random bytes once, for example with `openssl rand 32`, and keep them in a secret store";
  const good = sealingKey("one").key;
  const refusal = (keys: unknown) => {
    const { code, message, hint } = errorOf(() => createSealer(keys as SealingKeys));
    expect(code).toBe("invalid_option");
    return [message, hint];
  };

  it.each<[string, unknown, string, string]>([
    ["nothing", undefined, 'sealing key "current" cannot be used: it is missing', MAKE],
    ["null", null, 'sealing key "current" cannot be used: it is missing', MAKE],
    ["text", "key", 'sealing key "current" cannot be used: it is missing', MAKE],
    ["no current one", { previous: [] }, 'sealing key "current" cannot be used: it is missing', MAKE],
    ["null for the current one", { current: null }, 'sealing key "current" cannot be used: it is missing', MAKE],
    [
      "a previous one that is none",
      { ...ONE, previous: [null] },
      'sealing key "current" cannot be used: it is missing',
      MAKE,
    ],
    [
      "previous ones that are no list",
      { ...ONE, previous: {} },
      'sealing key "current" cannot be used: it is missing',
      MAKE,
    ],
    ...["", "a b", "x".repeat(33), "é", "a\n", " a", 7, undefined, ["a"]].map(
      (id): [string, unknown, string, string] => [
        `the id ${JSON.stringify(id)}`,
        { current: { id, key: good } },
        'sealing key "current" cannot be used: its id is not 1 to 32 letters, digits, `_` or `-`',
        "name it, for example by its month: 2026-11",
      ],
    ),
    [
      "text for bytes",
      { current: { id: "a", key: "0".repeat(32) } },
      'sealing key "a" cannot be used: it is not bytes',
      `pass a Uint8Array, not text; ${MAKE}`,
    ],
    ["31 bytes", { current: { id: "a", key: good.slice(1) } }, 'sealing key "a" cannot be used: it has 31 bytes', MAKE],
    [
      "33 bytes",
      { current: { id: "a", key: Uint8Array.from([...good, 1]) } },
      'sealing key "a" cannot be used: it has 33 bytes',
      MAKE,
    ],
    [
      "zeros",
      { current: { id: "a", key: new Uint8Array(32) } },
      'sealing key "a" cannot be used: its bytes follow a pattern',
      MAKE,
    ],
    [
      "one id twice",
      { current: sealingKey("one"), previous: [sealingKey("two"), { ...sealingKey("three"), id: "two" }] },
      'sealing key "two" cannot be used: its id is given twice',
      "give every key an id of its own",
    ],
    [
      "one key twice",
      { current: sealingKey("one"), previous: [{ id: "two", key: good }] },
      'sealing key "two" cannot be used: it is another key again',
      "give every key once",
    ],
  ])("is refused: %s", (_, keys, message, hint) => {
    expect(refusal(keys)).toEqual([message, hint]);
  });

  it.each(["a", "x".repeat(32), "A-z_9"])("may have the id %s", (id) => {
    expect(createSealer({ current: { id, key: good } }).currentKeyId).toBe(id);
  });

  it("needs twelve different bytes and eight different steps between them", () => {
    /** 32 bytes of so many values, without a rhythm in their steps. */
    const ofValues = (count: number) =>
      Uint8Array.from(good, (byte, index) => (index < count ? index ** 2 : byte % count) % 256).map((byte, index) =>
        index < count ? byte : (byte % count) ** 2 % 256,
      );
    expect(new Set(ofValues(12)).size).toBe(12);
    expect(createSealer({ current: { id: "a", key: ofValues(12) } }).keyIds).toEqual(["a"]);
    expect(refusal({ current: { id: "a", key: ofValues(11) } })[0]).toContain("pattern");
    /** 32 bytes that go on by so many different steps, round and round past 255. */
    const bySteps = (count: number) => {
      let at = 200;
      return Uint8Array.from({ length: 32 }, (_, index) => (at = (at + 37 + 2 * (index % count)) % 256));
    };
    const stepsOf = (key: Uint8Array) =>
      new Set(Array.from(key.subarray(1), (byte, index) => (byte - (key[index] ?? 0) + 256) % 256)).size;
    expect([stepsOf(bySteps(8)), stepsOf(bySteps(7))]).toEqual([8, 7]);
    expect(createSealer({ current: { id: "a", key: bySteps(8) } }).keyIds).toEqual(["a"]);
    expect(refusal({ current: { id: "a", key: bySteps(7) } })[0]).toContain("pattern");
  });
});

describe("a store", () => {
  const folder = mkdtempSync(join(tmpdir(), "daypass-sealed-form-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const openWith = (name: string, sealingKeys: SealingKeys) =>
    createSqliteStore({ path: join(folder, `${name}.db`), sealingKeys });
  const TWO: SealingKeys = { current: sealingKey("two") };

  it("that knows none of the keys says so", async () => {
    await (await openWith("strange", ONE)).close();
    await expect(openWith("strange", TWO)).rejects.toMatchObject({
      code: "unsealing_failed",
      message: "the database knows none of the given sealing keys",
      hint: "pass the key that it was opened with before, or that key among the previous ones",
    });
  });

  it("that still holds values under a key which is left out names that key", async () => {
    await (await openWith("left-out", ONE)).close();
    const fresh = await openWith("left-out", BOTH);
    const old = await openWith("left-out", { current: sealingKey("one"), previous: [sealingKey("two")] });
    await old.create(pendingIntegration("a"), []);
    await old.close();
    await fresh.close();
    await expect(openWith("left-out", TWO)).rejects.toMatchObject({
      code: "unsealing_failed",
      message: 'values are sealed with key "one", which was not given',
      hint: "pass that key among the previous sealing keys once more",
    });
  });

  it("seals nothing anew that is under the current key", async () => {
    const store = await openWith("unchanged", BOTH);
    await store.create(pendingIntegration("a"), []);
    await store.close();
    const sealed = () => {
      const connection = openRaw(join(folder, "unchanged.db"));
      const row: unknown = connection.prepare("select sealed from integrations").get();
      connection.close();
      return row;
    };
    const before = sealed();
    await (await openWith("unchanged", BOTH)).close();
    expect(sealed()).toEqual(before);
  });
});
