// Where canaries are planted: in every secret, and in every field that a caller fills. What is where on purpose is said here.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";

const VENDOR = "111111111111";
const CUSTOMER = "222222222222";

/** What a canary is of, and where it may be found besides: where it is shown on purpose. */
export const kinds = {
  // In the customer's console, where their role's trust policy is read.
  "external ID": ["console of the sandbox"],
  // Logged credentials hide what they hold; turned into JSON, they are what an SDK or a credential process takes.
  "session's secret": ["views as JSON"],
  "session's token": ["views as JSON"],
  // Names a session to AWS and to the audit, and opens nothing.
  "session's key id": ["audit events", "standard output", "views as JSON"],
  "session policy": [],
  "session tag": [],
  "vendor's secret": [],
  "sealing key": [],
  "certificate key": [],
  "old key's secret": [],
  "old key's id": ["standard output", "views as JSON"],
  "refused input": [],
  "stranger's secret": [],
  "stranger's token": [],
  "MFA code": [],
  "words of a foreign error": [],
  password: [],
  // What tells customers apart: columns that queries need, and names that people read.
  "customer's name": [
    "database",
    "database log",
    "audit events",
    "standard output",
    "views as JSON",
    "closed database",
  ],
  "label of an integration": ["database", "database log", "standard output", "views as JSON", "closed database"],
  // Words for people. Sealed in the database.
  "reason for an end": ["audit events", "standard output", "views as JSON"],
  "reason for a session": ["audit events"],
  "part of a session's name": ["audit events"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Kind = keyof typeof kinds;

export interface Canary {
  readonly kind: Kind;
  readonly value: string;
}

const document = (...Statement: readonly object[]) => ({ Version: "2012-10-17", Statement });

/** Starts the AWS of the vendor and its customer. */
export async function startCanarySandbox(reported: unknown[]): Promise<Sandbox> {
  return startSandbox({
    reportBug: (error) => reported.push(error),
    world: {
      accounts: [
        {
          id: VENDOR,
          users: [
            {
              name: "service",
              policies: {
                assume: document({ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: "*" }),
              },
            },
          ],
          roles: [
            {
              name: "daypass-canary",
              trustPolicy: document({ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }),
            },
          ],
        },
      ],
    },
  });
}

/** Returns the settings of a vendor's trip; what is planted in them is put into `canaries`. */
export function plantCanaries(sandbox: Sandbox, path: string, canaries: Canary[]): object {
  /** A text that is nowhere else, in characters that every field takes. */
  const plant = (kind: Kind, prefix = "Canary"): string => {
    const digits = randomBytes(12).toString("hex");
    // AWS's ids of keys are in capitals.
    const value = `${prefix}${kind === "old key's id" ? digits.toUpperCase() : digits}`;
    canaries.push({ kind, value });
    return value;
  };
  const plantMany = (kind: Kind, count: number, prefix?: string): readonly string[] =>
    Array.from({ length: count }, () => plant(kind, prefix));
  const plantKey = (kind: Kind): string => {
    const bytes = randomBytes(32);
    canaries.push({ kind, value: bytes.toString("latin1") });
    return bytes.toString("base64");
  };
  const credentials = sandbox.issueKey(VENDOR, "service");
  canaries.push({ kind: "vendor's secret", value: credentials.secretAccessKey });
  const { privateKey } = generateKeyPairSync("ed25519");
  const certificatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  canaries.push({ kind: "certificate key", value: certificatePem.split("\n")[1] ?? "" });
  return {
    endpoint: sandbox.endpoint,
    credentials,
    admin: sandbox.account(CUSTOMER).admin,
    path,
    sealing: plantKey("sealing key"),
    previous: plantKey("sealing key"),
    certificatePem,
    planted: {
      customers: Array.from({ length: 16 }, () => ({
        customerId: plant("customer's name"),
        label: plant("label of an integration"),
        reason: plant("reason for an end"),
        why: plant("reason for a session"),
        part: plant("part of a session's name", "Part"),
        policy: plant("session policy"),
      })),
      legacy: Array.from({ length: 8 }, (_, at) => ({
        customerId: plant("customer's name"),
        accessKeyId: plant("old key's id", `AKIA${at}`),
        secretAccessKey: plant("old key's secret"),
      })),
      refused: plantMany("refused input", 48),
      passwords: plantMany("password", 4),
      foreignKeys: Array.from({ length: 6 }, () => ({
        accessKeyId: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: plant("stranger's secret"),
        sessionToken: plant("stranger's token"),
      })),
      providers: plantMany("words of a foreign error", 4),
      checks: plantMany("words of a foreign error", 3),
      mfa: plantMany("MFA code", 4),
      tags: plantMany("session tag", 6),
    },
  };
}

/** The ways in which a text may have been written down. */
export function formsOf(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value, [...value].some((letter) => letter > "\u007F") ? "latin1" : "utf8");
  const texts = [
    bytes.toString("hex"),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    encodeURIComponent(value),
  ];
  return [bytes, Buffer.from(value, "utf16le"), ...texts.map((text) => Buffer.from(text.replace(/=+$/, "")))];
}

/** Returns the places, other than those meant for it, in which any canary of a kind is found. */
export function findCanaries(
  kind: Kind,
  canaries: readonly Canary[],
  sinks: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const allowed: readonly string[] = kinds[kind];
  const forms = canaries.flatMap((canary) => (canary.kind === kind ? formsOf(canary.value) : []));
  const places = [...sinks].filter(([name]) => !allowed.includes(name));
  return places.filter(([, bytes]) => forms.some((form) => bytes.includes(form))).map(([name]) => name);
}
