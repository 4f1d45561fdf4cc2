// The doors of the vendor's side, each with an input that it takes, so that a row changes one thing only.

/** What a door takes when nobody attacks. Ids need not exist: a malformed input is refused before anybody is asked. */
export const goodInputs = {
  createIntegration: { customerId: "acme", label: "default", declaredAccountId: "222222222222" },
  verifyIntegration: { integrationId: "some-id", roleArn: "arn:aws:iam::222222222222:role/reader", signal: undefined },
  assumeCustomerRole: {
    integrationId: "some-id",
    label: "default",
    region: "eu-west-1",
    durationSeconds: 900,
    policy: undefined,
    sessionName: [],
    subject: {},
  },
  revoke: { integrationId: "some-id", reason: "over" },
  generateIntegrationUrl: { integrationId: "some-id", region: "eu-west-1" },
  generateRoleCommands: { integrationId: "some-id", region: "eu-west-1" },
  awaitIntegration: { integrationId: "some-id", timeoutSeconds: 1, signal: undefined },
  attachLegacyKey: {
    integrationId: "some-id",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    created: new Date(0),
    cutOff: new Date(4e12),
  },
  listIntegrations: { after: "some-id", limit: 10 },
} as const;

export type InputDoor = keyof typeof goodInputs;

export const inputDoors = Object.keys(goodInputs) as InputDoor[];

/** Doors that take nothing but an id. */
export const idDoors = [
  "roleDocuments",
  "removeSetupPermissions",
  "verifySetupRemoved",
  "inspectRole",
  "describeUpdate",
  "rotateExternalId",
  "advanceRotation",
  "cancelRotation",
  "certify",
  "purgeLegacyKey",
  "probeAccess",
  "getIntegration",
] as const;

export type IdDoor = (typeof idDoors)[number];

/** Every option of the factory, and of the objects inside. */
export const factoryOptions = [
  "serviceName",
  "vendorAccountId",
  "partition",
  "region",
  "vendorPrincipals",
  "canaryRoleArn",
  "store",
  "template",
  "publishing",
  "setupDurationSeconds",
  "capabilityChecks",
  "certificateKey",
  "credentials",
  "endpoint",
  "rolePath",
  "sessionDurationSeconds",
  "propagationMs",
  "now",
  "randomBytes",
  "jitter",
  "wait",
] as const;

export const nestedOptions = {
  template: ["branding", "ongoing", "setup", "permissionsBoundary", "trustConditions", "accept"],
  publishing: ["bucket", "region", "prefix"],
  certificateKey: ["keyId", "privateKey"],
  capabilityChecks: ["name", "expect", "run"],
} as const;

export type NestedOption = keyof typeof nestedOptions;
