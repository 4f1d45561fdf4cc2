// What a vendor says about itself, checked at the door. Choices that weaken security have no default.
import { KeyObject, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  areFallbackRegions,
  type createAssumeRole,
  type Credentials,
  type FallbackRegions,
} from "@daypass/credentials";
import * as v from "valibot";
import { checkAnswers } from "./check-answers.js";
import { accountIdSchema, checkInput, printableText, regionSchema } from "./check-input.js";
import { CrossAccountError } from "./errors.js";
import type { RandomBytes } from "./mint-identifiers.js";
import { offerTemplate, type OfferedTemplate, type TemplateOptions } from "./offered-template.js";
import { parseRoleArn } from "./role-arn.js";
import type { IntegrationStore } from "./store-types.js";

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
  /** What the role may do and how it presents itself. Without it there are no links, no setup and no drift. */
  readonly template?: TemplateOptions;
  /** Where the template is put for customers to read. Needed for links; commands do without. */
  readonly publishing?: PublishingOptions;
  /** How long setup rights last from the moment a link is made, 3,600 to 2,592,000 seconds. Default 604,800: a week. */
  readonly setupDurationSeconds?: number;
  /** Calls that must work, and calls that must be denied, with the role's credentials. Reported with each proof. */
  readonly capabilityChecks?: readonly CapabilityCheck[];
  /** Signs certificates. */
  readonly certificateKey?: CertificateKey;
  /** Default: the AWS SDK's own chain. */
  readonly credentials?: VendorCredentials;
  /**
   * Another AWS than AWS's, such as a sandbox's: STS, IAM, S3 and console in one place; https unless it is on this
   * machine. Default: each service's own.
   */
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
  /** Regions whose STS stands in where a region's own cannot be reached. Default: none. See `createCredentialsBroker`. */
  readonly fallbackRegions?: FallbackRegions;
  /** AssumeRole calls in each region by this process. Default 300, half of what AWS allows an account. */
  readonly callsPerSecond?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Cryptographic. Default: node:crypto's. */
  readonly randomBytes?: RandomBytes;
  /** A number in [0, 1) that spreads refreshes. Default `Math.random`. */
  readonly jitter?: () => number;
  /** Waits out the propagation time; rejects when the signal fires. Default: a timer. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** A bucket of the vendor's from which anybody may read templates, and nothing else. */
export interface PublishingOptions {
  readonly bucket: string;
  /** The bucket's region. */
  readonly region: string;
  /** Begins the objects' keys, for example `templates/`. Default: none. */
  readonly prefix?: string;
}

/** One call that shows what the role may do. It must change nothing in the customer's account. */
export interface CapabilityCheck {
  /** 1 to 128 printable characters. */
  readonly name: string;
  readonly expect: "allowed" | "denied";
  /** Makes the call and rejects with the SDK's error when AWS refuses. */
  readonly run: (access: CapabilityAccess) => Promise<unknown>;
}

/** What a check makes its client with: `new S3Client(access)`. */
export interface CapabilityAccess {
  readonly credentials: Credentials;
  readonly region: string;
  readonly endpoint?: string;
  /** The customer's, as proven. */
  readonly accountId: string;
}

/** An Ed25519 key. */
export interface CertificateKey {
  /** Names the key to those who check: 1 to 64 printable characters. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

type Optional = "credentials" | "endpoint" | "publishing" | "certificateKey" | "fallbackRegions" | "callsPerSecond";

/** The options with every default in place. */
export type CheckedOptions = Omit<Required<CrossAccountOptions>, Optional | "template"> &
  Pick<CrossAccountOptions, Optional> & { readonly template: OfferedTemplate | null };

const callable = v.function();
// Amazon S3 User Guide, "General purpose bucket naming rules". A dot would break TLS for the address of the bucket.
const bucketShape = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const prefixShape = /^(?:[A-Za-z0-9_-]{1,64}\/){0,4}$/;
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
    saveTemplate: callable,
    getTemplate: callable,
    record: callable,
  }),
  credentials: v.optional(v.union([callable, v.looseObject({})])),
  endpoint: v.optional(
    v.pipe(
      v.string(),
      v.regex(endpointShape, "an https URL without a path, or an http one of this machine"),
      v.check((text) => URL.canParse(text), "a URL whose port exists"),
    ),
  ),
  rolePath: v.optional(v.pipe(v.string(), v.regex(pathShape, "an IAM path such as /acme/"))),
  sessionDurationSeconds: v.optional(wholeNumber(900, 43_200), 3600),
  // What is in it is for the templates to check; a misspelt limit would get there as none at all.
  template: v.optional(
    v.strictObject({
      branding: v.optional(v.unknown()),
      ongoing: v.optional(v.unknown()),
      setup: v.optional(v.unknown()),
      permissionsBoundary: v.optional(v.unknown()),
      trustConditions: v.optional(v.unknown()),
      accept: v.optional(v.unknown()),
    }),
  ),
  publishing: v.optional(
    v.strictObject({
      bucket: v.pipe(v.string(), v.regex(bucketShape, "the name of a bucket, without dots")),
      region: regionSchema,
      prefix: v.optional(v.pipe(v.string(), v.regex(prefixShape, "a key prefix such as templates/"))),
    }),
  ),
  setupDurationSeconds: v.optional(wholeNumber(3600, 2_592_000), 604_800),
  capabilityChecks: v.optional(
    v.pipe(
      v.array(v.strictObject({ name: printableText(128), expect: v.picklist(["allowed", "denied"]), run: callable })),
      v.maxLength(50, "at most fifty checks"),
      v.check(
        (checks) => new Set(checks.map(({ name }) => name)).size === checks.length,
        "checks with names of their own",
      ),
    ),
    [],
  ),
  certificateKey: v.optional(
    v.strictObject({
      keyId: printableText(64),
      privateKey: v.custom<KeyObject>(isEd25519PrivateKey, "an Ed25519 private KeyObject of node:crypto"),
    }),
  ),
  propagationMs: v.optional(wholeNumber(0, 3_600_000), 60_000),
  fallbackRegions: v.optional(
    v.pipe(
      v.record(regionSchema, v.pipe(v.array(regionSchema), v.minLength(1, "at least one region"))),
      v.check((regions) => areFallbackRegions(regions), "regions of one partition, each with 1 to 5 others"),
    ),
  ),
  callsPerSecond: v.optional(wholeNumber(1, 1_000_000)),
  now: v.optional(callable),
  randomBytes: v.optional(callable),
  jitter: v.optional(callable),
  wait: v.optional(callable),
});

/** Checks the options and fills in the defaults. Throws `CrossAccountError` `invalid_option`, and `TemplateError`. */
export function checkOptions(options: CrossAccountOptions): CheckedOptions {
  const { partition, sessionDurationSeconds, propagationMs, setupDurationSeconds } = checkInput(
    optionsSchema,
    options,
    "createCrossAccount",
  );
  const { vendorAccountId, vendorPrincipals, canaryRoleArn } = options;
  const foreign = vendorPrincipals?.find((arn) => !arn.startsWith(`arn:${partition}:iam::${vendorAccountId}:`));
  if (foreign !== undefined) throw misplaced("vendorPrincipals");
  const canary = canaryRoleArn === null ? null : parseRoleArn(canaryRoleArn);
  if (canary !== null && canary.partition !== partition) throw misplaced("canaryRoleArn");
  const checked = {
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
    setupDurationSeconds,
    capabilityChecks: (options.capabilityChecks ?? []).map((check) => ({ ...check })),
  };
  return { ...checked, template: options.template === undefined ? null : offerTemplate(checked, options.template) };
}

function isEd25519PrivateKey(key: unknown): boolean {
  return key instanceof KeyObject && key.type === "private" && key.asymmetricKeyType === "ed25519";
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
