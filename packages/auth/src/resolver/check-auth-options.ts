// The door's own check: an option that is misspelt must not be a restriction that is missing.
import { AuthError } from "../errors.js";
import type { Narrowing } from "../types.js";
import type { AuthOptions } from "./auth-types.js";
import { CHAIN_STEPS } from "./plan-chain.js";

const refuse = (message: string, hint: string): never => {
  throw new AuthError("invalid_option", message, { hint });
};

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const isFunction = (value: unknown): boolean => typeof value === "function";
const isBoolean = (value: unknown): boolean => typeof value === "boolean";

// IAM User Guide, "IAM JSON policy elements: Action": a service's prefix, a colon, a name.
const isAction = (value: unknown): boolean =>
  typeof value === "string" && /^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$/.test(value);

const isListOfTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** Naming every field here makes the compiler refuse one that this check forgets. What is in them, AWS's own rules judge. */
const NARROWING_FIELDS: Record<keyof Narrowing, (value: unknown) => boolean> = {
  policy: isText,
  policyArns: isListOfTexts,
  tags: (value) =>
    isObject(value) && Object.values(Object(value) as Record<string, unknown>).every((one) => typeof one === "string"),
  transitiveTagKeys: isListOfTexts,
  sourceIdentity: isText,
  durationSeconds: Number.isInteger,
  externalId: isText,
  roleSessionName: isText,
};

const isNarrowing = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(Object(value) as Record<string, unknown>).every(
    ([field, one]) =>
      Object.hasOwn(NARROWING_FIELDS, field) && (one === undefined || NARROWING_FIELDS[field as keyof Narrowing](one)),
  );

const BUILD_FIELDS: Record<keyof NonNullable<AuthOptions["build"]>, (value: unknown) => boolean> = {
  roleArn: isText,
  tokenVariable: (value) => value === undefined || (typeof value === "string" && /^[A-Za-z_]\w{0,127}$/.test(value)),
};

const isBuild = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(Object(value) as object).every((field) => Object.hasOwn(BUILD_FIELDS, field)) &&
  Object.entries(BUILD_FIELDS).every(([field, isRight]) => isRight(Reflect.get(Object(value), field)));

/** Naming every option here makes the compiler refuse one that this check forgets. */
const RULES: Record<keyof AuthOptions, readonly [wanted: string, isRight: (value: unknown) => boolean]> = {
  toolName: ["a name of lower-case letters, digits, dots, dashes and underscores", isText],
  directory: ["a path", isText],
  env: ["an environment", isObject],
  homeDir: ["a path", isText],
  prompt: ["a prompt", isObject],
  openBrowser: ["a function", isFunction],
  keychain: ['"auto" or "off"', (value) => value === "auto" || value === "off"],
  keychainProgram: ["a path", isText],
  plain: ["true or false", isBoolean],
  cache: ["a session cache", isObject],
  renewBehind: ["true or false", isBoolean],
  region: ["a region", isText],
  userName: ["a name", isText],
  requestHandler: ["what the AWS SDK takes as requestHandler", isObject],
  signInCommand: ["a function", isFunction],
  now: ["a function", isFunction],
  requiredActions: ["a list of actions such as s3:GetObject", (value) => Array.isArray(value) && value.every(isAction)],
  identity: ["an identity's name", isText],
  profile: ["a profile's name", isText],
  chain: [
    `a list of ${CHAIN_STEPS.join(", ")}, each at most once`,
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((step: unknown) => CHAIN_STEPS.some((known) => known === step)),
  ],
  narrowing: [`an object of ${Object.keys(NARROWING_FIELDS).join(", ")}, each of its kind`, isNarrowing],
  build: ["{ roleArn } or { roleArn, tokenVariable }", isBuild],
};

/**
 * Returns the options as they were given, those that are `undefined` left out. Throws `invalid_option` where one is
 * unknown, missing or of the wrong kind, or where both an identity and a profile are named.
 */
export const checkAuthOptions = (given: AuthOptions): AuthOptions => {
  if (!isObject(given)) refuse("createAuth needs options", "give at least { toolName }");
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof AuthOptions] : undefined;
    if (rule === undefined)
      return refuse(`createAuth has no option \`${name.slice(0, 64)}\``, `there are ${Object.keys(RULES).join(", ")}`);
    if (!rule[1](value)) refuse(`\`${name}\` is not right`, `give ${rule[0]}`);
  }
  if (!entries.some(([name]) => name === "toolName"))
    refuse("createAuth needs `toolName`", `give ${RULES.toolName[0]}`);
  if (given.identity !== undefined && given.profile !== undefined) {
    refuse("both an identity and a profile are named", "name one of them");
  }
  return Object.fromEntries(entries) as unknown as AuthOptions;
};
