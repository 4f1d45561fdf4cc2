// ARNs of roles and other principals, wherever daypass takes one apart: what is accepted must be the name of one thing.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { ok } from "node:assert/strict";
import { parsePolicy, PolicyError } from "@daypass/policy";
import * as fc from "fast-check";
import { parseRoleArn } from "../packages/credentials/dist/check-request.js";
import { splitArn } from "../packages/policy/dist/match-arn.js";
import { checkProperties } from "./fuzz/check-properties.mjs";

const SEEDS = [
  "arn:aws:iam::111122223333:role/app",
  "arn:aws-us-gov:iam::111122223333:role/a/b/app+=,.@-_",
  "arn:aws:iam::111122223333:user/p/bob",
  "arn:aws:sts::111122223333:assumed-role/app/session",
  "arn:aws:iam::111122223333:root",
  "arn:aws:sts::111122223333:federated-user/bob",
  "111122223333",
  "AROAEXAMPLEEXAMPLE12",
];
const WORDS = [
  [
    "arn:",
    "aws",
    "aws-cn",
    "iam",
    "sts",
    "::",
    ":",
    "/",
    "//",
    "role/",
    "user/",
    "assumed-role/",
    "root",
    "*",
    "?",
    "\n",
    "\r",
    "\u0000",
    " ",
  ],
  [
    "111122223333",
    "11112222333",
    "1111222233334",
    "١١١١٢٢٢٢٣٣٣٣",
    "ſ",
    "K",
    "%2F",
    "${aws:username}",
    "é",
    "\u2028",
    "a".repeat(64),
    "a".repeat(65),
    "\u00a0",
  ],
].flat();
const MAX_ARN = 2048;

export const trial = {
  name: "fuzz-role-arns",
  claim:
    "an ARN is taken for a role, user or session only in exactly AWS's form, and its parts put together are the ARN again",
  wouldShow:
    "as an accepted ARN with a wildcard, blank, line end or foreign digit, with another account or name than it shows, or a text without end",
  unit: "ARNs",
  amounts: { test: 3_000, short: 100_000, long: 6_000_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 4);
    const guided = guideInputs({ amount: amount - properties, seed, seeds: SEEDS, dictionary: WORDS, test: checkArn });
    return checkProperties({
      seed,
      amount: properties,
      properties: [
        [anyRole, checkRole],
        [anyNearArn, checkArn],
      ],
    }).and(guided);
  },
};

const name = fc.string({ unit: fc.constantFrom(..."aZ09_+=,.@-"), minLength: 1, maxLength: 64 });
const anyRole = fc.record({
  partition: fc.constantFrom("aws", "aws-cn", "aws-us-gov"),
  accountId: fc.integer({ min: 0, max: 999_999_999_999 }).map((one) => String(one).padStart(12, "0")),
  path: fc.array(fc.string({ unit: fc.constantFrom(..."aZ9!~.-_"), minLength: 1, maxLength: 8 }), { maxLength: 3 }),
  name,
});

const hostile = fc.constantFrom("*", "?", "*/", "/*", " ", "\n", "%", "é", "/", ":", "\u0000", "1", "a*");
const anyNearArn = fc.tuple(fc.constantFrom(...SEEDS), fc.nat(16), hostile).map(([arn, fromEnd, put]) => {
  const at = Math.max(0, arn.length - fromEnd);
  return arn.slice(0, at) + put + arn.slice(at);
});

function checkRole({ partition, accountId, path, name }) {
  const arn = `arn:${partition}:iam::${accountId}:role/${[...path, name].join("/")}`;
  const parts = parseRoleArn(arn);
  ok(
    parts?.partition === partition && parts.accountId === accountId && parts.roleName === name,
    "other parts than were written",
  );
  ok(principalOf(arn)?.type === "role", "not taken for a role");
}

function checkArn(text) {
  const parts = splitArn(text);
  ok((parts !== undefined) === isArn(text), "taken for an ARN, or not, by its number of colons");
  ok(parts === undefined || (parts.length === 6 && parts.join(":") === text), "the parts are not the ARN");
  const role = parseRoleArn(text);
  ok((role !== undefined) === (text.length <= MAX_ARN && isRole(text)), "taken for a role, or not, against AWS's form");
  if (role !== undefined) {
    const { partition, accountId, roleName } = role;
    ok(text.startsWith(`arn:${partition}:iam::${accountId}:role/`), "another partition or account than it shows");
    ok(text.endsWith(`/${roleName}`), "another name than it shows");
  }
  const principal = principalOf(text);
  if (principal === undefined) return;
  ok(/^[\x21-\x29\x2b-\x3e\x40-\x7e]*$/.test(text), "a principal with a wildcard, a blank or a foreign character");
  if (principal.type === "account") {
    const isShown = text === principal.accountId || text.endsWith(`:iam::${principal.accountId}:root`);
    ok(isShown, "another account than it shows");
    return;
  }
  if (principal.type === "unique-id") {
    ok(principal.uniqueId === text, "another ID than it shows");
    return;
  }
  const [, , service, region, account, resource] = text.split(":");
  const kinds = {
    user: "iam:user",
    role: "iam:role",
    "role-session": "sts:assumed-role",
    "federated-user": "sts:federated-user",
  };
  ok(kinds[principal.type] === `${service}:${resource.split("/")[0]}`, `taken for a ${principal.type}`);
  ok(region === "" && isAccount(account) && principal.arn === text, "another principal than it shows");
}

function principalOf(written) {
  if (written === "*") return undefined;
  const Statement = { Effect: "Deny", Principal: { AWS: written }, Action: "s3:*", Resource: "*" };
  try {
    return parsePolicy({ Statement }, "resource").statements[0].principal.principals[0];
  } catch (error) {
    ok(error instanceof PolicyError && error.code === "invalid_principal", `refused as ${error?.name} ${error?.code}`);
    return undefined;
  }
}

/** By hand, character by character: a regular expression would repeat the mistakes of the one that is tested. */
function isRole(text) {
  const [arn, partition = "", service, region, account = "", ...rest] = text.split(":");
  const names = rest.join(":").split("/");
  const last = names.at(-1) ?? "";
  return (
    arn === "arn" &&
    partition.startsWith("aws") &&
    isOf(partition, "abcdefghijklmnopqrstuvwxyz-") &&
    service === "iam" &&
    region === "" &&
    isAccount(account) &&
    names.length > 1 &&
    names[0] === "role" &&
    names.slice(1, -1).every((one) => one !== "" && [...one].every((c) => c > " " && c < "\u007f")) &&
    last.length >= 1 &&
    last.length <= 64 &&
    isOf(last, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-")
  );
}

function isAccount(text) {
  return text.length === 12 && isOf(text, "0123456789");
}

function isOf(text, characters) {
  return [...text].every((one) => characters.includes(one));
}

function isArn(text) {
  return text.startsWith("arn:") && text.split(":").length >= 6;
}
