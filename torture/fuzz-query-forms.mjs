// The query protocol's forms, and the XML that answers them.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { AwsError } from "../packages/sandbox/dist/errors.js";
import { decodeForm, parseForm } from "../packages/sandbox/dist/wire/decode-form.js";
import { boolean, integer, list, string, structure } from "../packages/sandbox/dist/wire/shapes.js";
import { element } from "../packages/sandbox/dist/wire/xml.js";
import { checkProperties, requireClean } from "./fuzz/check-properties.mjs";

const CODES = new Set(["InvalidQueryParameter", "ValidationError", "MalformedInput"]);
const INPUT = {
  RoleArn: string(true, { min: 1, max: 40 }),
  DurationSeconds: integer(false, { min: -5, max: 2_147_483_647 }),
  Force: boolean(false),
  Tags: list(false, structure(true, { Key: string(true, { max: 8 }), Value: string(false) })),
  Names: list(false, string(false), { max: 20 }),
  Deep: structure(false, { Inner: structure(false, { Leaf: string(false) }), Count: integer(false) }),
};
const SEEDS = [
  "RoleArn=a&DurationSeconds=3600&Force=true",
  "RoleArn=a%20b+c&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=%C3%A9",
  "RoleArn=a&Names.member.1=x&Names.member.2=&Deep.Inner.Leaf=l&Deep.Count=-1&Tags=",
];
const WORDS = [
  [
    "RoleArn=",
    "Tags.member.",
    ".Key=",
    ".Value=",
    "Names.member.1=",
    "Deep.Inner.Leaf=",
    "&",
    "=",
    "%",
    "%00",
    "%26",
    "%3D",
  ],
  [
    "%C3%28",
    "%ED%A0%80",
    "+",
    "member.0",
    "member.01",
    "member.999999999999",
    "__proto__=1",
    "constructor=",
    "toString.member.1=",
  ],
  [
    "Tags=",
    "Names=x",
    "true",
    "TRUE",
    "2147483648",
    "RoleArn=a&RoleArn=b",
    "Role%41rn=a",
    "Tags.member.1.__proto__=x",
    ".",
    "Deep=",
    "Deep.",
  ],
].flat();

export const trial = {
  name: "fuzz-query-forms",
  claim:
    "a form is refused or decoded to what another reader finds in it, doubled and unknown parameters are refused, and answers are XML whatever they hold",
  wouldShow:
    "as a form with a doubled or unread parameter that was accepted, values that differ when they are sent again, or markup and control characters in an answer",
  unit: "forms",
  amounts: { test: 3_000, short: 100_000, long: 6_000_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 20);
    const pairs = [
      [anyInput, checkIdentity],
      [anyAnswer, checkAnswer],
    ];
    const guided = guideInputs({ amount: amount - properties, seed, seeds: SEEDS, dictionary: WORDS, test: checkForm });
    return checkProperties({ seed, amount: properties, properties: pairs }).and(guided);
  },
};

const text = fc.string({ unit: "binary", maxLength: 12 }).map((one) => one.toWellFormed());
const record = (fields) => fc.record(fields, { noNullPrototype: true });
const anyInput = record({
  RoleArn: text.filter((one) => one !== ""),
  DurationSeconds: fc.option(fc.integer({ min: -5, max: 2_147_483_647 }), { nil: undefined }),
  Force: fc.option(fc.boolean(), { nil: undefined }),
  Tags: fc.option(
    fc.array(
      record({ Key: text.map((one) => [...one].slice(0, 8).join("")), Value: fc.option(text, { nil: undefined }) }),
      { maxLength: 4 },
    ),
    { nil: undefined },
  ),
  Names: fc.option(fc.array(text, { maxLength: 20 }), { nil: undefined }),
  Deep: fc.option(
    record({
      Inner: fc.option(record({ Leaf: text }), { nil: undefined }),
      Count: fc.integer({ min: -9999, max: 9999 }),
    }),
    { nil: undefined },
  ),
});
const anyName = fc.constantFrom("Message", "Code", "Name");
const anyAnswer = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("&", "&amp;", "<b>", '"', "\r", "\u0001", "]]>", "a") }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(anyName, tie("value")),
  ),
})).value;

function checkIdentity(input) {
  deepStrictEqual(decodeForm(parseForm(encodeForm(input)), INPUT), input, "differs when it is sent");
}

/** What Names says, as the protocol flattens it. */
function encodeForm(input) {
  const pairs = [];
  const put = (name, value) => {
    if (value === undefined) return;
    if (Array.isArray(value)) {
      if (value.length === 0) pairs.push([name, ""]);
      value.forEach((item, index) => put(`${name}.member.${index + 1}`, item));
    } else if (typeof value === "object") {
      for (const [member, one] of Object.entries(value)) put(`${name}.${member}`, one);
    } else pairs.push([name, String(value)]);
  };
  for (const [name, value] of Object.entries(input)) put(name, value);
  return pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
}

function checkForm(given) {
  // Forms come from bytes, in which there are no halves of characters.
  const form = given.toWellFormed();
  const names = namesOf(form);
  const parsed = attempt(() => parseForm(form));
  requireClean();
  if (parsed === undefined) return;
  ok(names !== undefined, "accepted what is not well-formed");
  ok(new Set(names).size === names.length, "accepted a doubled parameter");
  deepStrictEqual([...parsed.keys()], names, "other parameters than were sent");
  const again = [...parsed].map((pair) => pair.map((one) => encodeURIComponent(one)).join("=")).join("&");
  deepStrictEqual(parseForm(again), parsed, "differs when it is sent again");
  const decoded = attempt(() => decodeForm(parsed, INPUT));
  if (decoded === undefined) return;
  // Every parameter must have ended in the values: what nothing reads could be a condition that nobody applies.
  const read = new Map(new URLSearchParams(encodeForm(decoded)));
  const sent = [...parsed].filter(([name]) => !/^(Tags|Names)$/.test(name));
  for (const [name, value] of sent) ok(sameValue(read.get(name), value), `${name} was not read`);
  // As text, because "-0" is read as a negative zero.
  const sentAgain = decodeForm(parseForm(encodeForm(decoded)), INPUT);
  ok(JSON.stringify(sentAgain) === JSON.stringify(decoded), "values differ when they are sent again");
}

function sameValue(read, sent) {
  return read === sent || (/^[+-]?\d+$/.test(sent) && Number(read) === Number(sent));
}

/** The names of a form by another reader; `undefined` when it is not well-formed. */
function namesOf(form) {
  if (form === "") return [];
  const names = form.split("&").map((part) => part.split("=")[0].replaceAll("+", " "));
  try {
    return names.map((name) => decodeURIComponent(name));
  } catch {
    return undefined;
  }
}

function attempt(run) {
  try {
    return run();
  } catch (error) {
    ok(
      error instanceof AwsError && error.status === 400 && CODES.has(error.code),
      `refused as ${error?.name} ${error?.code ?? error?.message}`,
    );
    ok(error.message.length < 20_000, "an error as long as the form");
    return undefined;
  }
}

function checkAnswer(value) {
  const xml = element("Result", value);
  ok(!/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/.test(xml), "a control character in the answer");
  // What is left without the tags that `element` writes is text; every `&` in it begins an entity.
  const rest = xml.replace(/<\/?(?:Result|member|Message|Code|Name)>/g, "");
  ok(!/[<>"]|&(?!(?:amp|lt|gt|quot|#13);)/.test(rest), "markup in the answer");
  if (typeof value !== "string") return;
  const shown = rest.replace(
    /&(\w+|#13);/g,
    (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#13": "\r" })[name],
  );
  ok(
    shown === value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd"),
    "another text than was meant",
  );
}
