// The sandbox's reader of CloudFormation templates, JSON and YAML, against texts that nobody would launch.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { parseTemplate } from "../packages/sandbox/dist/cloudformation/parse-template.js";
import { readTemplateText } from "../packages/sandbox/dist/cloudformation/read-template-text.js";
import { AwsError } from "../packages/sandbox/dist/errors.js";
import { checkProperties, requireClean } from "./fuzz/check-properties.mjs";
import { doubledName, readPlainJson } from "./fuzz/read-plain-json.mjs";
import { TEMPLATE_SEEDS, TEMPLATE_WORDS } from "./fuzz/template-words.mjs";

const MAX_DEPTH = 100;

export const trial = {
  name: "fuzz-template-parser",
  claim:
    "every text that a TemplateBody may hold is a template whose values are those that were written, or an error in CloudFormation's words that names an existing place, in bounded time",
  wouldShow:
    "as an error of another class, a place outside the text, an alias or a doubled name that was accepted, a value that differs when it is written again, or a text without end",
  unit: "templates",
  amounts: { test: 1_500, short: 12_000, long: 250_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 20);
    const guided = guideInputs({
      amount: amount - properties,
      seed,
      seeds: TEMPLATE_SEEDS,
      dictionary: TEMPLATE_WORDS,
      test: checkText,
    });
    return checkProperties({ seed, amount: properties, properties: [[anyValue, checkIdentity]] }).and(guided);
  },
};

const anyValue = fc.dictionary(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "grapheme" }),
      fc.boolean(),
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), { maxKeys: 3 }),
    ),
  })).value,
  { maxKeys: 4 },
);

const YAML = {
  version: "1.1",
  defaultStringType: "QUOTE_DOUBLE",
  defaultKeyType: "QUOTE_DOUBLE",
  aliasDuplicateObjects: false,
};

function checkIdentity(value) {
  // The writer leaves this one bare, and bare it is YAML's merge, which CloudFormation refuses.
  if (JSON.stringify(value).includes('"<<"')) return;
  deepStrictEqual(readTemplateText(JSON.stringify(value)), plain(value), "differs in JSON");
  deepStrictEqual(readTemplateText(JSON.stringify(value, null, "\t")), plain(value), "differs in indented JSON");
  deepStrictEqual(readTemplateText(`---\n${stringify(value, YAML)}`), plain(value), "differs in YAML");
}

/** The reader makes ordinary objects of everything. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

function checkText(text) {
  // A TemplateBody has no more.
  if (text.length > 51_200) return;
  const value = attempt(text, () => readTemplateText(text));
  requireClean();
  const template = attempt(text, () => parseTemplate(text));
  ok(template === undefined || value !== undefined, "a template of a text that cannot be read");
  if (value === undefined) return;
  ok(depthOf(value) <= MAX_DEPTH + 1, "accepted nesting without limit");
  if (/^\s*\{/.test(text)) {
    ok(doubledName(readPlainJson(text)) === undefined, "accepted a doubled name");
    deepStrictEqual(shownNumbers(value), shownNumbers(JSON.parse(text)), "other values than were written");
  }
  deepStrictEqual(readTemplateText(JSON.stringify(value)), value, "differs when it is written and read again");
  if (template === undefined) return;
  const { Resources = {}, Parameters = {}, Outputs = {} } = value;
  deepStrictEqual([...template.resources.keys()], Object.keys(Resources), "resources were lost");
  deepStrictEqual([...template.parameters.keys()], Object.keys(Parameters), "parameters were lost");
  deepStrictEqual([...template.outputs.keys()], Object.keys(Outputs), "outputs were lost");
  for (const [id, { type }] of template.resources) ok(type === Resources[id].Type, "another type of resource");
}

function attempt(text, run) {
  try {
    return run();
  } catch (error) {
    const known =
      error instanceof AwsError && ["ValidationError", "InsufficientCapabilitiesException"].includes(error.code);
    ok(known, `refused as ${error?.name} ${error?.code ?? error?.message}`);
    const [, line, column] = /\(line (\d+), column (\d+)\)/.exec(error.message) ?? [];
    const lines = text.split("\n");
    ok(
      line === undefined || (Number(line) >= 1 && Number(line) <= lines.length && Number(column) >= 1),
      `a place outside the text: line ${line}, column ${column}`,
    );
    ok(!/not well-formed/.test(error.message) || line !== undefined, "not well-formed, and no place");
    return undefined;
  }
}

/** CloudFormation hands on numbers as they were written; only their value is compared. */
function shownNumbers(value) {
  return JSON.stringify(value, (_, one) =>
    typeof one === "string" && one.trim() !== "" && Number.isFinite(Number(one))
      ? Number(one)
      : typeof one === "string" && Number(one) === Infinity
        ? null
        : one,
  );
}

function depthOf(value) {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce((deepest, one) => Math.max(deepest, depthOf(one)), 0);
}
