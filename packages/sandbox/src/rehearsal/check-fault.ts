// The forms of orders, one for each kind of fault, in process, at the control door and from the program alike.
import * as v from "valibot";
import { checkForm } from "../check-form.js";
import { SandboxError } from "../errors.js";
import type { FaultKind, FaultOrder } from "./types.js";

/** Ten years in milliseconds: more than any rehearsal, and no date overflows. */
const LONGEST_MS = 315_360_000_000;
const LONGEST_WAIT_MS = 600_000;

const service = v.picklist(["sts", "iam", "s3", "cloudformation", "sso", "sso-oidc"]);
const region = v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/)));
const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const scope = {
  service: v.optional(service),
  action: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,64}$/))),
  region,
  accountId: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/))),
};
const duration = {
  times: v.optional(wholeNumber(1, 1_000_000)),
  forMs: v.optional(wholeNumber(1, LONGEST_MS)),
};

function milliseconds(most: number) {
  const range = v.strictObject({ fromMs: wholeNumber(0, most), toMs: wholeNumber(0, most) });
  const ordered = v.check<v.InferOutput<typeof range>, string>(
    ({ fromMs, toMs }) => fromMs <= toMs,
    "a range whose fromMs is at most its toMs",
  );
  return v.union([wholeNumber(0, most), v.pipe(range, ordered)]);
}

const schemas = {
  error: v.strictObject({
    kind: v.optional(v.literal("error")),
    ...scope,
    service,
    status: wholeNumber(400, 599),
    code: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.]{1,64}$/)),
    message: v.pipe(v.string(), v.maxLength(1024)),
    ...duration,
  }),
  throttle: v.strictObject({
    kind: v.literal("throttle"),
    ...scope,
    service,
    ratePerSecond: v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000)),
    burst: wholeNumber(1, 1_000_000),
    forMs: duration.forMs,
  }),
  outage: v.strictObject({
    kind: v.literal("outage"),
    service: v.optional(service),
    region,
    mode: v.picklist(["unavailable", "html", "reset", "hang"]),
    ...duration,
  }),
  slow: v.strictObject({
    kind: v.literal("slow"),
    ...scope,
    delayMs: milliseconds(LONGEST_WAIT_MS),
    ...duration,
  }),
  cut: v.strictObject({
    kind: v.literal("cut"),
    ...scope,
    afterBytes: wholeNumber(0, 1_000_000_000),
    how: v.picklist(["reset", "close", "short"]),
    ...duration,
  }),
  malformed: v.strictObject({
    kind: v.literal("malformed"),
    ...scope,
    form: v.picklist(["empty", "html", "root", "content-type"]),
    ...duration,
  }),
  propagation: v.strictObject({
    kind: v.literal("propagation"),
    accountId: scope.accountId,
    delayMs: milliseconds(LONGEST_MS),
    flapping: v.optional(v.boolean()),
  }),
} as const satisfies Readonly<Record<FaultKind, v.GenericSchema<unknown, FaultOrder>>>;

/** Returns the order. Throws `SandboxError` `invalid_option` for one that no call could ever meet. */
export function checkFaultOrder(given: unknown): FaultOrder {
  const order: FaultOrder = checkForm(schemas[kindIn(given)], given, "fault");
  if (order.kind === "outage" && order.service === undefined && order.region === undefined) {
    throw new SandboxError("invalid_option", "an outage needs `service`, `region` or both", {
      hint: "say what is out: a service everywhere, everything in a region, or a service in a region",
    });
  }
  return order;
}

/** An order without a kind is for an error. */
function kindIn(given: unknown): FaultKind {
  if (typeof given !== "object" || given === null || !("kind" in given) || given.kind === undefined) return "error";
  const { kind } = given;
  if (typeof kind === "string" && Object.hasOwn(schemas, kind)) return kind as FaultKind;
  const shown = typeof kind === "string" ? JSON.stringify(kind.slice(0, 64)) : typeof kind;
  throw new SandboxError("invalid_option", `fault does not know the kind ${shown}`, {
    hint: `it knows ${Object.keys(schemas).join(", ")}`,
  });
}
