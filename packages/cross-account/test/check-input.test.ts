// The door's checks in a table: what is refused, in which words, and never with what was passed.
import { CrossAccountError } from "@daypass/cross-account";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  accountIdSchema,
  checkInput,
  customerIdSchema,
  dateSchema,
  integrationIdSchema,
  labelSchema,
  regionSchema,
} from "../dist/check-input.js";

const schema = v.strictObject({
  customerId: customerIdSchema,
  label: v.optional(labelSchema),
  limit: v.optional(v.pipe(v.number(), v.integer("a whole number"))),
  principals: v.optional(v.array(v.string())),
  wait: v.optional(v.function()),
  nested: v.optional(v.strictObject({ region: regionSchema })),
  mode: v.optional(v.picklist(["one", "two"])),
});

function refusal(
  input: unknown,
  of: v.GenericSchema = schema,
  what = "call",
): readonly [message: string, hint: string] {
  try {
    checkInput(of, input, what);
  } catch (error) {
    if (!(error instanceof CrossAccountError)) throw error;
    expect(error.code).toBe("invalid_option");
    return [error.message, error.hint];
  }
  return ["taken", ""];
}

const KNOWS = "it knows customerId, label, limit, principals, wait, nested, mode";
const FORM = "call it with an object, call({ customerId, … })";
const MINTED = "remove it; external IDs are minted here and never passed in";

describe("an input", () => {
  it("that fits is taken, copied", () => {
    const input = { customerId: "acme", nested: { region: "eu-west-1" } };
    const taken = checkInput(schema, input, "call");
    expect(taken).toEqual(input);
    expect(taken).not.toBe(input);
    expect(taken.nested).not.toBe(input.nested);
  });

  it.each<[unknown, string, string]>([
    [undefined, "call needs an object", FORM],
    [null, "call needs an object", FORM],
    ["acme", "call needs an object", FORM],
    [{}, "call needs `customerId`: it is missing", "correct it"],
    [{ customerId: undefined }, "call needs `customerId`: it is missing", "correct it"],
    [{ customerId: 7 }, "call needs `customerId` to be text", "correct it"],
    [{ customerId: "" }, "call needs `customerId` to be 1 to 256 printable characters", "correct it"],
    [{ customerId: "a", label: "x".repeat(65) }, "call needs `label` to be 1 to 64 printable characters", "correct it"],
    [{ customerId: "a", limit: "5" }, "call needs `limit` to be a number", "correct it"],
    [{ customerId: "a", limit: 0.5 }, "call needs `limit` to be a whole number", "correct it"],
    [{ customerId: "a", principals: "x" }, "call needs `principals` to be a list", "correct it"],
    [{ customerId: "a", principals: ["x", 7] }, "call needs `principals.1` to be text", "correct it"],
    [{ customerId: "a", wait: 7 }, "call needs `wait` to be a function", "correct it"],
    [{ customerId: "a", nested: 7 }, "call needs `nested` to be an object", "correct it"],
    [{ customerId: "a", nested: {} }, "call needs `nested.region`: it is missing", "correct it"],
    [{ customerId: "a", mode: "three" }, 'call needs `mode` to be ("one" | "two")', "correct it"],
    [{ customerId: "a", other: 1 }, 'call does not know "other"', KNOWS],
    [{ customerId: "a", "\u001b[2J": 1 }, 'call does not know "?[2J"', KNOWS],
    [{ customerId: "a", ["x".repeat(70)]: 1 }, `call does not know "${"x".repeat(64)}"`, KNOWS],
  ])("that does not fit is named, and its hint says what fits: %j", (input, message, hint) => {
    expect(refusal(input)).toEqual([message, hint]);
  });

  it.each([
    ["customerid", "customerId"],
    ["custmoerId", "customerId"],
    ["customersId", "customerId"],
    ["customerI", "customerId"],
    ["lable", "label"],
    ["limits", "limit"],
    ["imit", "limit"],
    ["wai", "wait"],
  ])("with %s is asked whether it meant %s", (written, meant) => {
    expect(refusal({ customerId: "a", [written]: 1 })[1]).toBe(`did you mean \`${meant}\`? ${KNOWS}`);
  });

  it.each(["customer", "labelled", "lim", "xxxxx", "waitxx", "l"])("with %s is not", (written) => {
    expect(refusal({ customerId: "a", [written]: 1 })[1]).toBe(KNOWS);
  });

  it.each(["externalId", "EXTERNAL_ID", "external-id", "sts:ExternalId", "myexternalid2"])(
    "with an external ID under the name %s is told that they are minted",
    (name) => {
      const [message, hint] = refusal({ customerId: "a", [name]: "planted-value" });
      expect([message, hint]).toEqual([`call does not know ${JSON.stringify(name)}`, MINTED]);
    },
  );

  it("is told the form only where it is a call with fields", () => {
    expect(refusal(7, v.strictObject({ one: v.string() }))[1]).toBe("call it with an object, call({ one })");
    expect(
      refusal(
        7,
        v.pipe(
          v.strictObject({ one: v.string() }),
          v.check(() => true),
        ),
      )[1],
    ).toBe("call it with an object, call({ one })");
    expect(refusal(7, v.strictObject({}))[1]).toBe("correct it");
    expect(refusal(7, schema, "the answer of the store")[1]).toBe("correct it");
    expect(refusal(7, v.string())).toEqual(["call needs text", "correct it"]);
  });

  it("of a call without any fields is told to leave them out", () => {
    expect(refusal({ a: 1 }, v.strictObject({}))).toEqual(['call does not know "a"', "remove it"]);
  });

  it("with a field too many is told all that a checked object knows", () => {
    const checked = v.pipe(
      v.strictObject({ one: v.string() }),
      v.check(() => true),
    );
    expect(refusal({ one: "x", two: 2 }, checked)[1]).toBe("it knows one");
  });
});

describe("a value", () => {
  const fits = (of: v.GenericSchema, value: unknown) => v.safeParse(of, value).success;

  it.each<[string, v.GenericSchema, readonly unknown[], readonly unknown[]]>([
    [
      "a customer's name",
      customerIdSchema,
      ["a", "ACME GmbH & Söhne 😀", "x".repeat(256)],
      ["", "x".repeat(257), "a\nb", "a\n", "\u202ea", "a\u2028", "\ud800", 7],
    ],
    ["a label", labelSchema, ["a", "x".repeat(64)], ["", "x".repeat(65), "\u0000"]],
    [
      "an account id",
      accountIdSchema,
      ["111122223333", "000000000000"],
      ["11112222333", "1111222233334", " 111122223333", "111122223333\n", "11112222333x", 111122223333],
    ],
    [
      "a region",
      regionSchema,
      ["eu-west-1", "us-gov-west-1", "ap-southeast-12", "cn-north-1"],
      [
        "eu-west",
        "eu-west-1.evil.example",
        "x.eu-west-1",
        "eu-west-1/",
        "EU-WEST-1",
        "eu-w-1",
        "eu-west-123",
        "e-west-1",
        "eu-1",
      ],
    ],
    [
      "an integration id",
      integrationIdSchema,
      ["a", "A-z_9!", "x".repeat(64)],
      ["", "x".repeat(65), "a b", "é", "a\n", " a"],
    ],
    ["a date", dateSchema, [new Date(0)], [new Date(Number.NaN), 0, "2030-01-01"]],
  ])("that is %s fits, with a character too many it does not", (_, of, good, bad) => {
    for (const value of good) expect([value, fits(of, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, fits(of, value)]).toEqual([value, false]);
  });

  it("that does not fit is told in words", () => {
    expect(refusal("x", accountIdSchema)[0]).toBe("call needs an AWS account id of 12 digits");
    expect(refusal("x", regionSchema)[0]).toBe("call needs an AWS region such as eu-west-1");
    expect(refusal("", integrationIdSchema)[0]).toBe("call needs an integration id");
  });

  it("that is a date is copied", () => {
    const date = new Date(5);
    const taken = checkInput(dateSchema, date, "call");
    expect(taken).toEqual(date);
    expect(taken).not.toBe(date);
  });
});
