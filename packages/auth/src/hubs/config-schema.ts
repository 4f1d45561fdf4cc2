// The form of the person's configuration. Unknown members are refused: a mistyped `withoutMFA` must not pass for nothing.
import { isAbsolute } from "node:path";
import * as v from "valibot";

const text = (pattern: RegExp, wanted: string) => v.pipe(v.string(), v.regex(pattern, `must be ${wanted}`));

// They become parts of `environment/role`, labels and file names.
const name = text(/^[A-Za-z0-9][\w.-]{0,63}$/, "1 to 64 letters, digits, dots, dashes and underscores");
const accountId = text(/^\d{12}$/, "an account id of 12 digits, as text");
const region = text(/^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/, "a region such as eu-west-1");
const partition = text(/^aws(-[a-z]+)*$/, "a partition such as aws");
// IAM API reference, CreateRole: RoleName and Path.
const roleName = text(/^[\w+=,.@-]{1,64}$/, "a role's name");
const rolePath = text(/^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/, "a path such as /people/");
const accessKeyId = text(/^[A-Z0-9]{16,128}$/, "an access key id");
// STS API reference, AssumeRole, SerialNumber.
const mfaSerial = text(/^[\w+=/:,.@-]{9,256}$/, "the ARN or serial number of an MFA device");

const command = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[^\0]*$/, "must not hold a NUL"))),
  v.minLength(1, "must name a program"),
  v.check((parts) => parts[0] !== undefined && isAbsolute(parts[0]), "must start with an absolute path"),
);

const codes = v.variant("from", [
  v.strictObject({ from: v.literal("terminal") }),
  v.strictObject({ from: v.literal("command"), command }),
  v.strictObject({ from: v.literal("totp") }),
]);

const hub = v.pipe(
  v.strictObject({
    name,
    accountId,
    partition,
    userName: v.pipe(v.string(), v.regex(/^[\w+=,.@-]{1,64}$/, "must be a user's name")),
    /** Not a secret: it says which keys the secret store must hold, without opening it. */
    accessKeyId,
    region: v.optional(region),
    mfaSerial: v.optional(mfaSerial),
    withoutMfa: v.optional(v.literal(true)),
    codes: v.optional(codes, { from: "terminal" }),
  }),
  v.check(
    ({ mfaSerial: serial, withoutMfa }) => serial === undefined || withoutMfa === undefined,
    "has both an mfaSerial and withoutMfa",
  ),
);

const environment = v.strictObject({
  name,
  hub: name,
  accountId,
  region,
  roles: v.pipe(v.array(roleName), v.minLength(1, "must name a role")),
  rolePath: v.optional(rolePath, "/"),
  /** Durations in seconds that AWS refused as too long, the shortest for each role: learned, not set up. */
  tooLong: v.optional(
    v.array(v.strictObject({ role: roleName, seconds: v.pipe(v.number(), v.integer("must be whole seconds")) })),
    [],
  ),
});

const ssoSession = v.strictObject({
  name,
  startUrl: v.pipe(
    v.string(),
    v.regex(/^(https:\/\/|http:\/\/127\.0\.0\.1:\d{1,5}\/)[\x21-\x7e]{1,2000}$/, "must be an https address"),
  ),
  region,
});

const areDistinct = (items: readonly { readonly name: string }[]): boolean =>
  new Set(items.map((item) => item.name)).size === items.length;

/** The whole file. */
export const CONFIG_SCHEMA = v.pipe(
  v.strictObject({
    version: v.literal(1),
    hubs: v.optional(v.array(hub), []),
    environments: v.optional(v.array(environment), []),
    ssoSessions: v.optional(v.array(ssoSession), []),
    /** The identity that setup chose for this tool, by its name on this machine. */
    chosen: v.optional(text(/^[^\p{Cc}]{1,200}$/u, "an identity's name")),
  }),
  v.check(
    (config) => areDistinct(config.hubs) && areDistinct(config.environments) && areDistinct(config.ssoSessions),
    "has two of one kind with the same name",
  ),
  v.check(
    ({ hubs, environments }) => environments.every((item) => hubs.some((known) => known.name === item.hub)),
    "has an environment of a hub that is not there",
  ),
);

/** An environment as a team hands it out: no hub, no commands, nothing learned. */
export const TEAM_SCHEMA = v.pipe(
  v.strictObject({
    environments: v.array(v.omit(environment, ["hub", "tooLong"])),
  }),
  v.check((team) => areDistinct(team.environments), "has two environments with the same name"),
);

export type PersonConfig = v.InferOutput<typeof CONFIG_SCHEMA>;
export type Hub = PersonConfig["hubs"][number];
export type Environment = PersonConfig["environments"][number];
export type TeamEnvironment = v.InferOutput<typeof TEAM_SCHEMA>["environments"][number];
