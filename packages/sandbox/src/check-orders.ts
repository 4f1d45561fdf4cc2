// What callers in process say to the sandbox, checked: a misspelt option would otherwise do nothing, silently.
import * as v from "valibot";
import { SandboxError } from "./errors.js";

const anything = v.optional(v.any());
const startSchema = v.strictObject({
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))),
  world: anything,
  worldSource: v.optional(v.string()),
  now: v.optional(v.function()),
  randomBytes: v.optional(v.function()),
  stackDurationMs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  reportBug: v.optional(v.function()),
});

/** The form of a fault's order, in process and at the control door. */
export const faultSchema = v.strictObject({
  service: v.picklist(["sts", "iam", "s3", "cloudformation"]),
  action: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,64}$/))),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  code: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.]{1,64}$/)),
  message: v.pipe(v.string(), v.maxLength(1024)),
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
});

/** Ten years either way, in milliseconds: enough for every expiry, and no date overflows. */
export const farthestMs = 315_360_000_000;
const clockSchema = v.pipe(v.number(), v.finite(), v.minValue(-farthestMs), v.maxValue(farthestMs));

/** Throws `SandboxError` `invalid_option` for an option that `startSandbox` does not know or cannot use. */
export function checkStartOptions(options: unknown): void {
  check(startSchema, options, "startSandbox");
}

/** Throws `SandboxError` `invalid_option` for an order that no call could ever meet. */
export function checkFaultOrder(order: unknown): void {
  check(faultSchema, order, "fault");
}

/** Throws `SandboxError` `invalid_option` for what is no number of milliseconds. */
export function checkAdvance(milliseconds: unknown): void {
  check(clockSchema, milliseconds, "advanceClock");
}

function check(schema: v.GenericSchema, given: unknown, what: string): void {
  const result = v.safeParse(schema, given, { abortEarly: true });
  if (result.success) return;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  if (issue.expected === "never" && field !== null) {
    throw wrong(`${what} does not know ${JSON.stringify(field.slice(0, 64))}`, `it knows ${known(schema)}`);
  }
  const place = field === null ? "" : `\`${field}\` to be `;
  throw wrong(`${what} needs ${place}${wanted(issue)}, not ${shown(issue.input)}`, "correct it");
}

function wanted({ expected, requirement }: v.BaseIssue<unknown>): string {
  if (requirement instanceof RegExp) return `text like ${String(requirement)}`;
  return (expected ?? String(requirement)).replaceAll(" | ", " or ");
}

function known(schema: v.GenericSchema): string {
  return "entries" in schema && typeof schema.entries === "object" && schema.entries !== null
    ? Object.keys(schema.entries).join(", ")
    : "nothing";
}

function shown(input: unknown): string {
  return typeof input === "string" || typeof input === "number" ? JSON.stringify(input) : typeof input;
}

function wrong(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_option", message, { hint });
}
