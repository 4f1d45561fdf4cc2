// What a vendor says about itself, checked at the door. Choices that weaken security have no default.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { createAssumeRole } from "@daypass/credentials";
import * as v from "valibot";
import { checkAnswers } from "./check-answers.js";
import { accountIdSchema, checkInput, regionSchema } from "./check-input.js";
import { CrossAccountError } from "./errors.js";
import type { RandomBytes } from "./mint-identifiers.js";
import { parseRoleArn } from "./role-arn.js";
import type { IntegrationStore } from "./types.js";

/** Whose credentials ask AWS: static ones or a provider of the AWS SDK. */
export type VendorCredentials = Parameters<typeof createAssumeRole>[0]["credentials"];

export interface CrossAccountOptions {
  /** Begins the customer's role name and our session names: a letter, then up to 31 letters, digits or `-`. */
  readonly serviceName: string;
  /** The account that customers trust. */
  readonly vendorAccountId: string;
  /** `aws` (default), `aws-cn` or `aws-us-gov`. Customers of one partition cannot be reached from another. */
  readonly partition?: "aws" | "aws-cn" | "aws-us-gov";
  /** Where STS is asked, and the region that SDK clients get unless a call says otherwise. */
  readonly region: string;
  /**
   * The ARNs of the vendor's roles and users that may enter: the trust policy is narrowed to them.
   * `null` says on purpose: every principal of the vendor's account may.
   */
  readonly vendorPrincipals: readonly string[] | null;
  /**
   * A role of the vendor's that the vendor's principal can assume without an external ID. It shows that a denial came
   * from the customer's trust policy. In the vendor's own account its trust policy must name the account, not the
   * principal: a principal named directly would need no permission, and a missing one would go unnoticed (IAM User Guide,
   * "Policy evaluation logic"). `null` says on purpose: there is none, and no integration can become active.
   */
  readonly canaryRoleArn: string | null;
  readonly store: IntegrationStore;
  /** Default: the AWS SDK's own chain. */
  readonly credentials?: VendorCredentials;
  /** Another STS than AWS's, such as a sandbox's; https unless it is on this machine. Default: the region's own. */
  readonly endpoint?: string;
  /** The IAM path of customers' roles. Default `/SERVICENAME/`. */
  readonly rolePath?: string;
  /** The longest session anybody may ask for, 900 to 43,200; chained roles get 3,600 at most. Default 3,600. */
  readonly sessionDurationSeconds?: number;
  /**
   * How long AWS may take to spread a change: denials are asked again after it. Default 60,000. Less is for sandboxes,
   * which need no time: against AWS, two rounds that follow each other at once may both be answered from an old copy.
   */
  readonly propagationMs?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Cryptographic. Default: node:crypto's. */
  readonly randomBytes?: RandomBytes;
  /** A number in [0, 1) that spreads refreshes. Default `Math.random`. */
  readonly jitter?: () => number;
  /** Waits out the propagation time; rejects when the signal fires. Default: a timer. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** The options with every default in place. */
export type CheckedOptions = Omit<Required<CrossAccountOptions>, "credentials" | "endpoint"> &
  Pick<CrossAccountOptions, "credentials" | "endpoint">;

const callable = v.function();
const pathShape = /^\/(?:[\w+=,.@-]{1,128}\/){0,3}$/;
// STS's answer holds a secret key and a token: in the clear they may only travel within this machine.
const endpointShape = /^(?:https:\/\/[\w.:[\]-]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?)\/?$/;
const principalShape = /^arn:[a-z-]+:iam::([0-9]{12}):(?:role|user)\/[\w+=,.@/-]{1,576}$/;

const optionsSchema = v.strictObject({
  serviceName: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, "a letter followed by up to 31 letters, digits or `-`"),
  ),
  vendorAccountId: accountIdSchema,
  partition: v.optional(v.picklist(["aws", "aws-cn", "aws-us-gov"]), "aws"),
  region: regionSchema,
  vendorPrincipals: v.nullable(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(principalShape, "the ARN of an IAM role or user, without wildcards"))),
      v.minLength(1, "at least one ARN, or null for the whole account"),
      v.maxLength(10, "at most ten ARNs"),
    ),
  ),
  canaryRoleArn: v.nullable(v.string()),
  store: v.looseObject({
    create: callable,
    get: callable,
    listByCustomer: callable,
    list: callable,
    update: callable,
    record: callable,
  }),
  credentials: v.optional(v.union([callable, v.looseObject({})])),
  endpoint: v.optional(
    v.pipe(v.string(), v.regex(endpointShape, "an https URL without a path, or an http one of this machine")),
  ),
  rolePath: v.optional(v.pipe(v.string(), v.regex(pathShape, "an IAM path such as /acme/"))),
  sessionDurationSeconds: v.optional(wholeNumber(900, 43_200), 3600),
  propagationMs: v.optional(wholeNumber(0, 3_600_000), 60_000),
  now: v.optional(callable),
  randomBytes: v.optional(callable),
  jitter: v.optional(callable),
  wait: v.optional(callable),
});

/** Checks the options and fills in the defaults. Throws `CrossAccountError` `invalid_option`. */
export function checkOptions(options: CrossAccountOptions): CheckedOptions {
  const { partition, sessionDurationSeconds, propagationMs } = checkInput(optionsSchema, options, "createCrossAccount");
  const { vendorAccountId, vendorPrincipals, canaryRoleArn } = options;
  const foreign = vendorPrincipals?.find((arn) => !arn.startsWith(`arn:${partition}:iam::${vendorAccountId}:`));
  if (foreign !== undefined) throw misplaced("vendorPrincipals");
  const canary = canaryRoleArn === null ? null : parseRoleArn(canaryRoleArn);
  if (canary !== null && canary.partition !== partition) throw misplaced("canaryRoleArn");
  return {
    ...options,
    vendorPrincipals: vendorPrincipals === null ? null : [...vendorPrincipals],
    canaryRoleArn: canary?.roleArn ?? null,
    store: checkAnswers(options.store),
    partition,
    sessionDurationSeconds,
    propagationMs,
    rolePath: options.rolePath ?? `/${options.serviceName}/`,
    now: options.now ?? Date.now,
    randomBytes: options.randomBytes ?? randomBytes,
    jitter: options.jitter ?? Math.random,
    wait: options.wait ?? waitForTimer,
  };
}

async function waitForTimer(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}

function wholeNumber(least: number, most: number) {
  const wording = `a whole number from ${least} to ${most}`;
  return v.pipe(v.number(), v.safeInteger(wording), v.minValue(least, wording), v.maxValue(most, wording));
}

function misplaced(option: string): CrossAccountError {
  return new CrossAccountError(
    "invalid_option",
    `\`${option}\` names something outside the vendor's account or partition`,
    {
      hint: "name the vendor's own principals, and a canary role in the same partition",
    },
  );
}
