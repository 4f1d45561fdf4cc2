// The form of `identityCenter` in a world file, as data.
import * as v from "valibot";
import { record, strictObject } from "../strict-form.js";

const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "must be 12 digits, as text"));
/** Becomes the name of role sessions, whose form is stricter than the directory's. */
const personName = v.pipe(
  v.string(),
  v.regex(/^[\w+=,.@-]{2,64}$/, "must be 2 to 64 letters, digits or any of + = , . @ - _"),
);
/** Service model of SSO Admin, PermissionSetName. */
const permissionSetName = v.pipe(
  v.string(),
  v.regex(/^[\w+=,.@-]{1,32}$/, "must be 1 to 32 letters, digits or any of + = , . @ - _"),
);
const wholeSeconds = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer("must be whole seconds"),
    v.minValue(least, `must be at least ${least} seconds`),
    v.maxValue(most, `must be at most ${most} seconds`),
  );

const permissionSet = strictObject({
  name: permissionSetName,
  /** Seconds; AWS takes one to twelve hours. */
  sessionDuration: v.optional(wholeSeconds(3600, 43_200), 3600),
  inlinePolicy: v.optional(record(v.string(), v.unknown())),
  managedPolicyArns: v.optional(
    v.array(
      v.pipe(v.string(), v.regex(/^arn:aws:iam::aws:policy\/[\x21-\x7e]+$/, "must be the ARN of a policy of AWS's")),
    ),
    [],
  ),
});

const assignment = v.pipe(
  strictObject({
    user: v.optional(personName),
    group: v.optional(v.string()),
    account: accountId,
    permissionSet: permissionSetName,
  }),
  v.check(({ user, group }) => (user === undefined) !== (group === undefined), "must have either user or group"),
);

export const identityCenterForm = strictObject({
  startUrl: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^https:\/\/[a-z0-9.-]{1,253}\/start(?:\/?#?\/?)$/,
        "must look like https://d-1234567890.awsapps.com/start",
      ),
    ),
  ),
  region: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/, "must be a region such as eu-central-1")),
    "us-east-1",
  ),
  /** Seconds. */
  accessTokenDuration: v.optional(wholeSeconds(60, 7_776_000), 28_800),
  refreshAnswers: v.optional(
    v.picklist(["alternating", "always", "never"], 'must be "alternating", "always" or "never"'),
    "alternating",
  ),
  users: v.optional(
    v.array(
      strictObject({
        name: personName,
        password: v.optional(v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(256, "is too long"))),
        groups: v.optional(v.array(v.string()), []),
      }),
    ),
    [],
  ),
  permissionSets: v.optional(v.array(permissionSet), []),
  assignments: v.optional(v.array(assignment), []),
});

/** With every default filled in. */
export type IdentityCenterEntry = v.InferOutput<typeof identityCenterForm>;
