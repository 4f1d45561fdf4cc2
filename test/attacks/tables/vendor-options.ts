// What a vendor may say about itself, made wider than it looks. Each value is one that somebody has really used.
import { generateKeyPairSync } from "node:crypto";
import { numbered } from "../attack-table.js";
import { deceivingTexts, injectingTexts, type Named } from "./hostile-texts.js";

type Change = Readonly<Record<string, unknown>>;

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");

const principal = (arn: string): Change => ({ vendorPrincipals: [arn] });
const bucket = (name: unknown): Change => ({ publishing: { bucket: name, region: "eu-west-1" } });
const prefix = (text: unknown): Change => ({ publishing: { bucket: "acme", region: "eu-west-1", prefix: text } });
const check = (change: Change): Change => ({
  capabilityChecks: [{ name: "reads", expect: "allowed", run: async () => undefined, ...change }],
});

/** B1-06: who may enter, B1-17: whose bucket, B1-02: what proves. */
const cases: readonly (readonly [attack: string, change: Change])[] = [
  ["forgets to say who may enter", { vendorPrincipals: undefined }],
  ["lets nobody enter, which would leave out the condition", { vendorPrincipals: [] }],
  ["lets everybody enter", { vendorPrincipals: "*" }],
  ["lets everybody of a list enter", principal("*")],
  ["lets the account's root enter", principal("arn:aws:iam::111111111111:root")],
  ["lets an account enter by its number", principal("111111111111")],
  ["lets every role enter", principal("arn:aws:iam::111111111111:role/*")],
  ["lets every role of a path enter", principal("arn:aws:iam::111111111111:role/service/*")],
  ["lets one character open", principal("arn:aws:iam::111111111111:role/servic?")],
  ["lets another account's role enter", principal("arn:aws:iam::333333333333:role/service")],
  ["lets another partition's role enter", principal("arn:aws-cn:iam::111111111111:role/service")],
  ["lets a session enter", principal("arn:aws:sts::111111111111:assumed-role/service/x")],
  ["lets a group enter", principal("arn:aws:iam::111111111111:group/service")],
  ["lets a federated user enter", principal("arn:aws:sts::111111111111:federated-user/x")],
  ["lets a service enter", principal("ec2.amazonaws.com")],
  ["lets a variable enter", principal("arn:aws:iam::111111111111:role/${aws:username}")],
  ["lets two enter in one text", principal("arn:aws:iam::111111111111:role/a,arn:aws:iam::333333333333:role/b")],
  ["lets a unique id enter", principal("AROAEXAMPLEEXAMPLE000")],
  ["lets eleven enter", { vendorPrincipals: Array(11).fill("arn:aws:iam::111111111111:role/a") }],
  ["lets a number enter", { vendorPrincipals: [111111111111] }],
  ["lets null enter inside a list", { vendorPrincipals: [null] }],
  ["forgets the canary", { canaryRoleArn: undefined }],
  ["names a canary that is a user", { canaryRoleArn: "arn:aws:iam::111111111111:user/canary" }],
  ["names a canary with a star", { canaryRoleArn: "arn:aws:iam::111111111111:role/*" }],
  ["names a canary of another partition", { canaryRoleArn: "arn:aws-cn:iam::111111111111:role/canary" }],
  ["names a canary of nothing", { canaryRoleArn: "" }],
  ["names a canary that is false", { canaryRoleArn: false }],
  ["invents a partition", { partition: "aws-evil" }],
  ["writes the partition in capitals", { partition: "AWS" }],
  ["has no store", { store: undefined }],
  ["has a store that keeps nothing", { store: {} }],
  ["has a store without an audit", { store: { create() {}, get() {}, listByCustomer() {}, list() {}, update() {} } }],
  ["has a path without slashes", { rolePath: "acme" }],
  ["has a path with a blank", { rolePath: "/a b/" }],
  ["has a path with a star", { rolePath: "/*/" }],
  ["has a path with a quote", { rolePath: "/'/" }],
  ["has a path with a doubled slash", { rolePath: "//" }],
  ["has a path with a variable", { rolePath: "/${aws:username}/" }],
  ["has a path of four parts", { rolePath: "/a/b/c/d/" }],
  ["has a service of nothing", { serviceName: "" }],
  ["has a service that begins with a digit", { serviceName: "1acme" }],
  ["has a service that begins with a dash", { serviceName: "-acme" }],
  ["has a service of 33 characters", { serviceName: "a".repeat(33) }],
  ["has a service with an underscore", { serviceName: "acme_1" }],
  ["has a service with a dot", { serviceName: "acme.1" }],
  ["has a service with a slash", { serviceName: "acme/x" }],
  ["has a service with an umlaut", { serviceName: "acm\u00E9" }],
  ["has sessions of no time", { sessionDurationSeconds: 0 }],
  ["has sessions of 13 hours", { sessionDurationSeconds: 46_800 }],
  ["has sessions of text", { sessionDurationSeconds: "3600" }],
  ["has sessions of half seconds", { sessionDurationSeconds: 900.5 }],
  ["has sessions for ever", { sessionDurationSeconds: Infinity }],
  ["waits a negative time for AWS", { propagationMs: -1 }],
  ["waits two hours for AWS", { propagationMs: 7_200_000 }],
  ["waits no number for AWS", { propagationMs: Number.NaN }],
  ["has setup rights of a minute", { setupDurationSeconds: 60 }],
  ["has setup rights of a year", { setupDurationSeconds: 31_536_000 }],
  ["has setup rights for ever", { setupDurationSeconds: Infinity }],
  ["has setup rights without an end", { setupDurationSeconds: null }],
  ["publishes nowhere", bucket("")],
  ["publishes in a bucket of two letters", bucket("ab")],
  ["publishes in a bucket of 64 letters", bucket("a".repeat(64))],
  ["publishes in a bucket in capitals", bucket("Acme")],
  ["publishes in a bucket with a dot", bucket("acme.evil")],
  ["publishes in a bucket with a slash", bucket("acme/x")],
  ["publishes in a bucket with an at sign", bucket("acme@evil.tld")],
  ["publishes in a bucket with a hash", bucket("acme#")],
  ["publishes in a bucket with a question mark", bucket("acme?x")],
  ["publishes in a bucket with an underscore", bucket("ac_me")],
  ["publishes in a bucket that begins with a dash", bucket("-acme")],
  ["publishes in a bucket that ends with a dash", bucket("acme-")],
  ["publishes in a bucket of an ARN", bucket("arn:aws:s3:::acme")],
  ["publishes in a bucket of an address", bucket("192.168.5.4")],
  ["publishes in a bucket that is a list", bucket(["acme"])],
  ["publishes under a path upwards", prefix("../")],
  ["publishes under a slash", prefix("/")],
  ["publishes under a doubled slash", prefix("a//")],
  ["publishes under a text without a slash", prefix("templates")],
  ["publishes under a query", prefix("a?x=/")],
  ["publishes under a fragment", prefix("a#/")],
  ["publishes under an encoded slash", prefix("a%2f/")],
  ["publishes under a blank", prefix("a b/")],
  ["publishes under five parts", prefix("a/b/c/d/e/")],
  ["checks with a text for a function", check({ run: "id" })],
  ["checks for neither yes nor no", check({ expect: "whatever" })],
  ["checks without a name", check({ name: "" })],
  [
    "checks twice under one name",
    { capabilityChecks: [1, 2].map(() => ({ name: "a", expect: "denied", run: async () => 1 })) },
  ],
  [
    "checks fifty-one times",
    {
      capabilityChecks: Array.from({ length: 51 }, (_, at) => ({
        name: `c${at}`,
        expect: "denied",
        run: async () => 1,
      })),
    },
  ],
  ["signs with RSA", { certificateKey: { keyId: "k", privateKey: rsa.privateKey } }],
  ["signs with a public key", { certificateKey: { keyId: "k", privateKey: ed25519.publicKey } }],
  ["signs with a text", { certificateKey: { keyId: "k", privateKey: "-----BEGIN PRIVATE KEY-----" } }],
  [
    "signs with an object that looks like a key",
    { certificateKey: { keyId: "k", privateKey: { type: "private", asymmetricKeyType: "ed25519" } } },
  ],
  ["signs under no name", { certificateKey: { keyId: "", privateKey: ed25519.privateKey } }],
  ["hands over a clock of text", { now: "2030-01-01" }],
  ["hands over randomness of text", { randomBytes: "4" }],
  ["hands over credentials of text", { credentials: "AKIAIOSFODNN7EXAMPLE" }],
  ["gives no options", { __nothing: true }],
];

const expected = { code: "invalid_option" };

export const vendorOptions = numbered(
  "B1-06",
  cases.map(([words, change]) => ({ attack: `the vendor ${words}`, change, expected })),
);

/** Texts that are letters, digits and dashes only are names like any others. */
const names: Named = [...deceivingTexts, ...injectingTexts].filter(([, text]) => !/^[A-Za-z0-9-]+$/.test(text));

/** B1-15: every text that an interpreter would act on, as the name from which role, stack and session names are made. */
export const hostileServiceNames = numbered(
  "B1-15",
  names.map(([words, text]) => ({
    attack: `names the service with ${words}`,
    change: { serviceName: `Acme${text}` } as Change,
    expected,
  })),
);
