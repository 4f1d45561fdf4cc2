// STS, or who stands in its place, answers with something else than was asked. B1-07, B1-09 and the wire.
import type { AssumedRole, CachedRole } from "@daypass/credentials";
import { numbered } from "../attack-table.js";

type Lie = (answer: AssumedRole) => unknown;
type Case = readonly [attack: string, lie: Lie, code?: string];

const withCredentials =
  (change: Readonly<Record<string, unknown>>): Lie =>
  (answer) => ({ ...answer, credentials: { ...answer.credentials, ...change } });
const withField =
  (change: Readonly<Record<string, unknown>>): Lie =>
  (answer) => ({ ...answer, ...change });
const later =
  (ms: number): Lie =>
  (answer) => ({
    ...answer,
    credentials: { ...answer.credentials, expiration: new Date(answer.credentials.expiration.getTime() + ms) },
  });

const arn = "arn:aws:sts::222222222222:assumed-role/reader/acme.report";

const lies: readonly Case[] = [
  ["nothing", () => undefined],
  ["null", () => null],
  ["a text", () => "granted"],
  ["an empty object", () => ({})],
  ["no credentials", withField({ credentials: undefined })],
  ["credentials that are null", withField({ credentials: null })],
  ["an empty key id", withCredentials({ accessKeyId: "" })],
  ["no key id", withCredentials({ accessKeyId: undefined })],
  ["a key id that is a number", withCredentials({ accessKeyId: 7 })],
  ["an empty secret", withCredentials({ secretAccessKey: "" })],
  ["no secret", withCredentials({ secretAccessKey: undefined })],
  ["an empty token", withCredentials({ sessionToken: "" })],
  ["no token, as a long-lived key would have none", withCredentials({ sessionToken: undefined })],
  ["no expiration", withCredentials({ expiration: undefined })],
  ["an expiration that is no date", withCredentials({ expiration: new Date(Number.NaN) })],
  ["an expiration of text", withCredentials({ expiration: "never" })],
  // INI injection by a server's answer: `aws configure set` of the AWS CLI refused it only from version 1.44.70 on.
  ["a secret with a line and a section", withCredentials({ secretAccessKey: "x\n[default]\ncredential_process=id" })],
  ["a secret with a carriage return", withCredentials({ secretAccessKey: "x\ry" })],
  ["a secret with a NUL", withCredentials({ secretAccessKey: "x\u0000y" })],
  ["a secret with a blank", withCredentials({ secretAccessKey: "x y" })],
  ["a secret with an ESC", withCredentials({ secretAccessKey: "x\u001B[2J" })],
  ["a token with a header in it", withCredentials({ sessionToken: "x\r\nx-amz-acl: public-read" })],
  ["a token with a line", withCredentials({ sessionToken: "x\ny" })],
  ["a token beyond ASCII", withCredentials({ sessionToken: "x\u00E9" })],
  ["a token with a next line", withCredentials({ sessionToken: "x\u0085y" })],
  ["a key id with a line", withCredentials({ accessKeyId: "ASIA\n" })],
  ["a key id with a bidi override", withCredentials({ accessKeyId: "ASIA\u202E" })],
  ["another account's role", withField({ assumedRoleArn: arn.replace("222222222222", "333333333333") })],
  ["another role", withField({ assumedRoleArn: arn.replace("reader", "admin") })],
  ["a role whose name only begins like it", withField({ assumedRoleArn: arn.replace("reader", "reader2") })],
  ["another session", withField({ assumedRoleArn: arn.replace("acme.report", "acme.admin") })],
  ["another customer's session with a slash more", withField({ assumedRoleArn: `${arn}/x` })],
  ["the session's name in capitals", withField({ assumedRoleArn: arn.replace("acme", "ACME") })],
  ["another partition", withField({ assumedRoleArn: arn.replace(":aws:", ":aws-cn:") })],
  ["another service", withField({ assumedRoleArn: arn.replace(":sts:", ":iam:") })],
  ["a federated user", withField({ assumedRoleArn: "arn:aws:sts::222222222222:federated-user/acme.report" })],
  ["a user", withField({ assumedRoleArn: "arn:aws:iam::222222222222:user/reader" })],
  ["the role's own ARN", withField({ assumedRoleArn: "arn:aws:iam::222222222222:role/reader" })],
  ["no ARN", withField({ assumedRoleArn: undefined })],
  ["an empty ARN", withField({ assumedRoleArn: "" })],
  ["an ARN with a line", withField({ assumedRoleArn: `${arn}\n` })],
  ["an ARN with a blank behind", withField({ assumedRoleArn: `${arn} ` })],
  ["no unique id", withField({ roleUniqueId: undefined })],
  ["an empty unique id", withField({ roleUniqueId: "" })],
  ["a short unique id", withField({ roleUniqueId: "AROA" })],
  ["a unique id with a colon", withField({ roleUniqueId: "AROA0123456789ABCDEF0:x" })],
  ["a unique id with a line", withField({ roleUniqueId: "AROA0123456789ABCDEF0\n" })],
  ["a life of eleven minutes more than was asked for", later(11 * 60_000)],
  ["a life of a year", later(365 * 86_400_000)],
  ["a life of a minute", later(-59 * 60_000), "expired_on_arrival"],
  ["a life that is over", later(-3_600_001), "expired_on_arrival"],
  ["a life that was over in 1970", withCredentials({ expiration: new Date(0) }), "expired_on_arrival"],
];

/** Served to the broker by the function that asks STS. */
export const lyingAnswers = numbered(
  "B1-07",
  lies.map(([words, lie, code = "sts_unavailable"]) => ({
    attack: `STS answers with ${words}`,
    lie,
    expected: { code },
  })),
);

type Plant = (right: CachedRole, foreign: CachedRole) => unknown;

const asked =
  (change: Readonly<Record<string, unknown>>): Plant =>
  (right) => ({ ...right, request: { ...right.request, ...change } });

const plants: readonly (readonly [attack: string, plant: Plant])[] = [
  ["another customer's whole entry", (_, foreign) => foreign],
  [
    "another customer's answer under our question",
    (right, foreign) => ({ ...right, assumedRole: foreign.assumedRole }),
  ],
  ["our answer under another customer's question", (right, foreign) => ({ ...right, request: foreign.request })],
  [
    "another customer's credentials in our answer",
    (right, foreign) => ({
      ...right,
      assumedRole: { ...foreign.assumedRole, assumedRoleArn: foreign.assumedRole.assumedRoleArn },
    }),
  ],
  ["an answer to another external ID", asked({ externalId: "an-external-id-of-others" })],
  ["an answer to the external ID in capitals", asked({ externalId: "AN-EXTERNAL-ID-OF-ACME" })],
  ["an answer to no external ID", asked({ externalId: null })],
  ["an answer to a longer session", asked({ durationSeconds: 43_200 })],
  ["an answer of another region", asked({ region: "us-east-1" })],
  ["an answer with a session policy that we did not ask for", asked({ policy: "{}" })],
  ["an answer with policy ARNs", asked({ policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] })],
  ["an answer with tags", asked({ tags: { team: "a" } })],
  ["an answer with empty tags", asked({ tags: {} })],
  ["an answer with transitive keys", asked({ transitiveTagKeys: [] })],
  ["an answer with a source identity", asked({ sourceIdentity: "eve" })],
  ["an answer with MFA", asked({ mfaSerial: "GAHT12345678" })],
  ["an answer to another session name", asked({ roleSessionName: "acme.other" })],
  ["an answer to the same role on another path", asked({ roleArn: "arn:aws:iam::222222222222:role/x/reader" })],
  ["an answer to a question with a field that no question has", asked({ roleArn: 7 })],
  ["nothing at all", () => null],
  ["a text", () => "granted"],
  ["an empty object", () => ({})],
  ["an entry without its question", (entry) => ({ ...entry, request: undefined })],
  ["an entry without its answer", (entry) => ({ ...entry, assumedRole: undefined })],
  ["an entry without its time", (entry) => ({ ...entry, obtained: undefined })],
  [
    "an entry from before the clock went back",
    (right) => ({ ...right, obtained: new Date(right.obtained.getTime() + 120_000) }),
  ],
  ["an entry whose time is no date", (right) => ({ ...right, obtained: new Date(Number.NaN) })],
  [
    "an entry that never expires",
    (right) => ({
      ...right,
      assumedRole: {
        ...right.assumedRole,
        credentials: { ...right.assumedRole.credentials, expiration: new Date(8.64e15) },
      },
    }),
  ],
  [
    "an entry that has expired",
    (right) => ({
      ...right,
      assumedRole: {
        ...right.assumedRole,
        credentials: { ...right.assumedRole.credentials, expiration: new Date(right.obtained.getTime() - 1) },
      },
    }),
  ],
  [
    "an entry with a clock offset that makes it live longer",
    (right) => ({ ...right, assumedRole: { ...right.assumedRole, clockOffsetMs: -86_400_000 } }),
  ],
  [
    "an entry with a clock offset that is no number",
    (right) => ({ ...right, assumedRole: { ...right.assumedRole, clockOffsetMs: Number.NaN } }),
  ],
  [
    "an entry with a line break in the secret",
    (right) => ({
      ...right,
      assumedRole: {
        ...right.assumedRole,
        credentials: { ...right.assumedRole.credentials, secretAccessKey: "x\n[default]" },
      },
    }),
  ],
  [
    "an entry whose reading throws",
    (right) =>
      Object.defineProperty({ ...right }, "assumedRole", {
        enumerable: true,
        get(): never {
          throw new Error("poisoned");
        },
      }),
  ],
];

/** Planted into the cache under the key of the question: none is served, STS is asked instead. */
export const plantedEntries = numbered(
  "B1-09",
  plants.map(([words, plant]) => ({
    attack: `the cache holds ${words}`,
    plant,
    expected: { served: "STS", calls: 1 },
  })),
  201,
);
