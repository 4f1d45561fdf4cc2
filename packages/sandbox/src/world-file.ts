// The form of a world file, as data: docs/world-file.md says it in words. Unknown members are refused everywhere, so that a
// misspelt restriction is never a missing one.
import * as v from "valibot";
import { identityCenterForm } from "./identity-center/world-form.js";
import { record, strictObject } from "./strict-form.js";

const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "must be 12 digits, as text"));
const entityName = v.pipe(
  v.string(),
  v.regex(/^[\w+=,.@-]{1,64}$/, "must be 1 to 64 letters, digits or any of + = , . @ - _"),
);
const groupName = v.pipe(
  v.string(),
  v.regex(/^[\w+=,.@-]{1,128}$/, "must be 1 to 128 letters, digits or any of + = , . @ - _"),
);
const policyName = v.pipe(
  v.string(),
  v.regex(/^[\w+=,.@-]{1,128}$/, "must be 1 to 128 letters, digits or any of + = , . @ - _"),
);
const path = v.pipe(
  v.string(),
  v.maxLength(512, "must be at most 512 characters long"),
  v.regex(/^\/([\x21-\x7e]+\/)?$/, "must begin and end with a slash"),
);
const policyArn = v.pipe(
  v.string(),
  v.regex(/^arn:aws:iam::(\d{12}|aws):policy\/[\x21-\x7e]+$/, "must be the ARN of a managed policy"),
);
const tags = v.pipe(
  record(
    v.pipe(v.string(), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, "must be a tag key as IAM accepts it")),
    v.pipe(v.string(), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, "must be a tag value as IAM accepts it")),
  ),
  v.check(
    (record) => new Set(Object.keys(record).map((key) => key.toLowerCase())).size === Object.keys(record).length,
    "must not have tag keys that differ only in case",
  ),
);
/** A policy document; what is inside is the policy parser's business. */
const document = record(v.string(), v.unknown());

const entity = {
  name: entityName,
  path: v.optional(path, "/"),
  policies: v.optional(record(policyName, document), {}),
  attachedPolicyArns: v.optional(v.array(policyArn), []),
  permissionsBoundaryArn: v.optional(policyArn),
  tags: v.optional(tags, {}),
};

/** At most as many as IAM enables for one user. */
const mfaDevices = v.pipe(
  v.array(
    strictObject({
      name: entityName,
      /** What an authenticator app is given. */
      secret: v.pipe(
        v.string(),
        // Whole bytes: base 32 text of any other length is nobody's seed.
        v.regex(/^(?:[A-Z2-7]{8}){2,16}$/, "must be base 32: A to Z and 2 to 7, 16 to 128 of them, a multiple of 8"),
      ),
    }),
  ),
  v.maxLength(8, "must be at most 8"),
);

const account = strictObject({
  id: accountId,
  name: v.optional(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,49}$/, "must be a short name in lower case"))),
  policies: v.optional(v.array(strictObject({ name: policyName, path: v.optional(path, "/"), document })), []),
  users: v.optional(
    v.array(
      strictObject({
        ...entity,
        groups: v.optional(v.pipe(v.array(groupName), v.maxLength(10, "must be at most 10")), []),
        mfaDevices: v.optional(mfaDevices, []),
      }),
    ),
    [],
  ),
  groups: v.optional(
    v.array(
      strictObject({
        name: groupName,
        path: entity.path,
        policies: entity.policies,
        attachedPolicyArns: entity.attachedPolicyArns,
      }),
    ),
    [],
  ),
  roles: v.optional(
    v.array(
      strictObject({
        ...entity,
        trustPolicy: document,
        description: v.optional(v.pipe(v.string(), v.maxLength(1000, "must be at most 1000 characters long")), ""),
        /** Seconds. */
        maxSessionDuration: v.optional(
          v.pipe(
            v.number(),
            v.integer("must be whole seconds"),
            v.minValue(3600, "must be at least 3600 seconds"),
            v.maxValue(43_200, "must be at most 43200 seconds"),
          ),
          3600,
        ),
      }),
    ),
    [],
  ),
  oidcProviders: v.optional(
    v.array(
      strictObject({
        url: v.string(),
        clientIds: v.pipe(
          v.array(
            v.pipe(
              v.string(),
              v.minLength(1, "must not be empty"),
              v.maxLength(255, "must be at most 255 characters long"),
            ),
          ),
          v.maxLength(100, "must be at most 100 client IDs"),
        ),
        tags: v.optional(tags, {}),
      }),
    ),
    [],
  ),
});

const tokenIssuer = strictObject({
  url: v.string(),
  algorithm: v.optional(v.picklist(["RS256", "ES256", "ES384"], 'must be "RS256", "ES256" or "ES384"'), "RS256"),
});

const organization = strictObject({
  id: v.pipe(v.string(), v.regex(/^o-[a-z0-9]{10,32}$/, "must be o- and 10 to 32 lower-case letters or digits")),
  accounts: v.array(accountId),
  serviceControlPolicies: v.optional(
    strictObject({
      root: v.optional(record(policyName, document)),
      accounts: v.optional(record(accountId, record(policyName, document)), {}),
    }),
    {},
  ),
});

const object = v.pipe(
  strictObject({
    key: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxBytes(1024, "must be at most 1024 bytes long")),
    body: v.optional(v.string()),
    bodyBase64: v.optional(
      v.pipe(v.string(), v.regex(/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/, "must be base 64")),
    ),
    contentType: v.optional(
      v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,256}$/, "must be printable ASCII")),
      "application/octet-stream",
    ),
  }),
  v.check(
    ({ body, bodyBase64 }) => (body === undefined) !== (bodyBase64 === undefined),
    "must have either body or bodyBase64",
  ),
);

const bucket = strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket name"),
  ),
  account: accountId,
  region: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/, "must be a region such as eu-central-1")),
    "us-east-1",
  ),
  policy: v.optional(document),
  versioning: v.optional(v.picklist(["Enabled", "Suspended"], 'must be "Enabled" or "Suspended"')),
  /** All four on when left out, as for a new bucket; null takes them away. */
  blockPublicAccess: v.optional(
    v.nullable(
      strictObject({
        blockPublicAcls: v.boolean(),
        ignorePublicAcls: v.boolean(),
        blockPublicPolicy: v.boolean(),
        restrictPublicBuckets: v.boolean(),
      }),
    ),
    { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true },
  ),
  objects: v.optional(v.array(object), []),
});

export const worldFileSchema = strictObject({
  accounts: v.optional(v.array(account), []),
  organization: v.optional(organization),
  tokenIssuers: v.optional(v.array(tokenIssuer), []),
  buckets: v.optional(v.array(bucket), []),
  identityCenter: v.optional(identityCenterForm),
});

/** What may be written in a world file. */
export type WorldFile = v.InferInput<typeof worldFileSchema>;
/** The same with every default filled in. */
export type CompleteWorldFile = v.InferOutput<typeof worldFileSchema>;
