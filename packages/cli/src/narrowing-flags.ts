// The flags by which every command asks for less than the identity could, and for how long.
import type { Home, Identity, Narrowing } from "@daypass/auth";
import { partitionOf } from "./partition-of.js";
import { expandRegion } from "./region-shorthand.js";
import { UsageError } from "./usage-error.js";

export interface NarrowingFlags {
  readonly readOnly: boolean;
  readonly policyFile?: string;
  readonly policyArn?: readonly string[];
  readonly tag?: readonly string[];
  readonly duration?: number;
  readonly region?: string;
}

/** What is asked for beyond the identity's name. */
export interface Wish {
  readonly narrowing: Narrowing;
  readonly region?: string;
}

const DURATION = /^(?:(\d{1,2})h)?(?:(\d{1,3})m(?:in)?)?(?:(\d{1,5})s?)?$/;
/** STS API reference, AssumeRole: 900 seconds at least, 12 hours at most; GetFederationToken goes to 36 hours. */
const LEAST_SECONDS = 900;
const MOST_SECONDS = 129_600;

/** Returns seconds of `1h30m`, `90m` or `3600`. Throws `UsageError` for anything else, and for less than AWS gives. */
export const parseDuration = (typed: string): number => {
  const [, hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(typed) ?? [];
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (total >= LEAST_SECONDS && total <= MOST_SECONDS) return total;
  throw new UsageError(
    `${JSON.stringify(typed.slice(0, 40))} is no duration that AWS gives`,
    "say 15m to 12h, as in 1h30m, or seconds, as in 3600",
  );
};

/** Much more than AWS takes, for blanks and long names of keys. */
const MOST_POLICY_BYTES = 65_536;

const text = (typed: string): string => typed;

/** The definitions for stricli. */
export const narrowingFlags = {
  readOnly: { kind: "boolean", brief: "what may only look: AWS's ReadOnlyAccess", default: false, withNegated: false },
  policyFile: {
    kind: "parsed",
    parse: text,
    brief: "no more than this policy allows",
    placeholder: "FILE",
    optional: true,
  },
  policyArn: {
    kind: "parsed",
    parse: text,
    brief: "no more than this managed policy allows",
    placeholder: "ARN",
    optional: true,
    variadic: true,
  },
  tag: {
    kind: "parsed",
    parse: text,
    brief: "a session tag",
    placeholder: "KEY=VALUE",
    optional: true,
    variadic: true,
  },
  duration: {
    kind: "parsed",
    parse: parseDuration,
    brief: "for so long, as in 1h30m",
    placeholder: "TIME",
    optional: true,
  },
  region: {
    kind: "parsed",
    parse: expandRegion,
    brief: "in this region, also short, as in euw1",
    placeholder: "REGION",
    optional: true,
  },
} as const;

const readTags = (given: readonly string[]): Readonly<Record<string, string>> => {
  const tags = new Map<string, string>();
  for (const each of given) {
    const at = each.indexOf("=");
    const key = each.slice(0, at);
    if (at < 1) throw new UsageError("a tag is not of its form", "say --tag KEY=VALUE");
    if (tags.has(key)) throw new UsageError(`the tag ${JSON.stringify(key)} is given twice`, "give each key once");
    tags.set(key, each.slice(at + 1));
  }
  return Object.fromEntries(tags);
};

/** The whole file is understood, or AWS is not asked: a limit that says something else than was meant is no limit. */
const readPolicy = async (file: string): Promise<string> => {
  const { readGivenFile, FileTooLarge } = await import("./read-given-file.js");
  const { parsePolicy, PolicyError } = await import("@daypass/policy");
  let source: string;
  try {
    source = await readGivenFile(file, MOST_POLICY_BYTES);
  } catch (error) {
    if (error instanceof FileTooLarge) {
      throw new UsageError(`the policy ${JSON.stringify(file)} is larger than 64 KiB`, "AWS takes 2,048 characters");
    }
    throw new UsageError(`the policy ${JSON.stringify(file)} cannot be read`, "name a file of JSON");
  }
  try {
    parsePolicy(source, "session");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new UsageError(`the policy ${JSON.stringify(file)}: ${error.message}`, error.hint);
  }
  // STS counts its characters, spaces too (STS API reference, AssumeRole, "Policy").
  return JSON.stringify(JSON.parse(source));
};

/** Returns what the flags ask for. Throws `UsageError` where one is not of its form. */
export const readWish = async (flags: NarrowingFlags, home: Home, identity: Identity): Promise<Wish> => {
  const { readOnly, policyFile, policyArn = [], tag = [], duration, region } = flags;
  const arns = [...policyArn];
  if (readOnly) {
    const partition = await partitionOf(home, identity, identity.region ?? region);
    arns.push(`arn:${partition}:iam::aws:policy/ReadOnlyAccess`);
  }
  const narrowing: Narrowing = {
    ...(policyFile !== undefined && { policy: await readPolicy(policyFile) }),
    ...(arns.length > 0 && { policyArns: [...new Set(arns)] }),
    ...(tag.length > 0 && { tags: readTags(tag) }),
    ...(duration !== undefined && { durationSeconds: duration }),
  };
  return { narrowing, ...(region !== undefined && { region }) };
};

/** Whether the flags ask for less than the identity could, or for another time than it has. */
export const isNarrowed = ({ readOnly, policyFile, policyArn = [], tag = [], duration }: NarrowingFlags): boolean =>
  readOnly || policyFile !== undefined || policyArn.length > 0 || tag.length > 0 || duration !== undefined;
