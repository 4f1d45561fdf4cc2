// Steps that do not follow from the state that an integration is in, and customers who ask for what is not theirs.
// B1-10, B1-19, B2-24; OWASP ASVS 5.0, 2.3.1 (no step is skipped) and 8.4.1 (no tenant reaches another's data).
import { numbered } from "../attack-table.js";
import type { IdDoor, InputDoor } from "./cross-account-doors.js";

export type State = "pending" | "active" | "suspended" | "revoked" | "unknown";
export type Step = InputDoor | IdDoor;

const inactive = "integration_not_active";
const invalid = "invalid_option";

const refusals: Readonly<Record<State, Partial<Readonly<Record<Step, string>>>>> = {
  unknown: {
    verifyIntegration: "integration_not_found",
    assumeCustomerRole: "integration_not_found",
    revoke: "integration_not_found",
    generateIntegrationUrl: "integration_not_found",
    generateRoleCommands: "integration_not_found",
    awaitIntegration: "integration_not_found",
    attachLegacyKey: "integration_not_found",
    roleDocuments: "integration_not_found",
    removeSetupPermissions: "integration_not_found",
    verifySetupRemoved: "integration_not_found",
    inspectRole: "integration_not_found",
    describeUpdate: "integration_not_found",
    rotateExternalId: "integration_not_found",
    advanceRotation: "integration_not_found",
    cancelRotation: "integration_not_found",
    certify: "integration_not_found",
    purgeLegacyKey: "integration_not_found",
    probeAccess: "integration_not_found",
    getIntegration: "integration_not_found",
  },
  pending: {
    assumeCustomerRole: inactive,
    verifySetupRemoved: invalid,
    inspectRole: inactive,
    rotateExternalId: inactive,
    advanceRotation: inactive,
    cancelRotation: invalid,
    certify: inactive,
  },
  active: {
    generateIntegrationUrl: invalid,
    generateRoleCommands: invalid,
    attachLegacyKey: invalid,
    advanceRotation: invalid,
    cancelRotation: invalid,
    verifyIntegration: invalid,
    createIntegration: invalid,
  },
  suspended: {
    assumeCustomerRole: inactive,
    rotateExternalId: inactive,
    advanceRotation: inactive,
    cancelRotation: invalid,
    certify: inactive,
    attachLegacyKey: inactive,
    verifyIntegration: invalid,
  },
  revoked: {
    assumeCustomerRole: inactive,
    roleDocuments: inactive,
    verifyIntegration: inactive,
    generateIntegrationUrl: inactive,
    generateRoleCommands: inactive,
    awaitIntegration: inactive,
    removeSetupPermissions: inactive,
    verifySetupRemoved: inactive,
    inspectRole: inactive,
    rotateExternalId: inactive,
    advanceRotation: inactive,
    cancelRotation: invalid,
    certify: inactive,
    attachLegacyKey: inactive,
  },
};

const words: Readonly<Record<State, string>> = {
  unknown: "an integration that nobody made",
  pending: "an integration that was never proven",
  active: "an active integration, in a way that would move or undo it",
  suspended: "a suspended integration",
  revoked: "a revoked integration",
};

export const forbiddenSteps = numbered(
  "B1-10",
  (Object.keys(refusals) as State[]).flatMap((state) =>
    (Object.entries(refusals[state]) as [Step, string][]).map(([step, code]) => ({
      attack: `calls ${step} for ${words[state]}`,
      state,
      step,
      expected: { code },
    })),
  ),
);

const lookalikes: readonly (readonly [attack: string, customerId: string])[] = [
  ["in capitals", "ACME"],
  ["capitalised", "Acme"],
  ["with a blank behind", "acme "],
  ["with a blank before", " acme"],
  ["with a no-break space behind", "acme\u00A0"],
  ["with a slash behind", "acme/"],
  ["with a dot behind", "acme."],
  ["cut short", "acm"],
  ["with a letter more", "acmee"],
  ["with a wildcard of SQL", "acm%"],
  ["with a wildcard of SQL for one letter", "acm_"],
  ["with a wildcard of globs", "acm*"],
  ["with a quote and a condition", "acme' or '1'='1"],
  ["with a comment", "acme'--"],
  ["with a Cyrillic letter", "\u0430cme"],
  ["with a full-width letter", "\uFF41cme"],
  ["with a mathematical letter", "\u{1D41A}cme"],
  ["with a combining accent", "acme\u0301"],
  ["as a list would print", "acme,acme"],
  ["as JSON", '"acme"'],
  ["as an inherited name", "__proto__"],
];

/** Another customer's spelling of a customer's id, in each store. */
export const lookalikeCustomers = numbered(
  "B2-24",
  (["memory", "SQLite"] as const).flatMap((store, at) =>
    lookalikes.map(([how, customerId]) => ({
      attack: `a customer comes with another customer's id ${how}, to the ${store} store`,
      store,
      customerId,
      expected: { code: "integration_not_found" },
      ...(at > 0 && { generated: true as const }),
    })),
  ),
);

/** Who asks for another customer's integration by its right id or label. */
export const foreignQuestions = numbered(
  "B2-24",
  (
    [
      ["by another customer's integration id", { integrationId: "acme's" }, "integration_not_found"],
      ["by another customer's label", { label: "acme-only" }, "integration_not_found"],
      ["by another's id and their own label", { integrationId: "acme's", label: "default" }, "integration_not_found"],
      ["by their own id and another's label", { integrationId: "own", label: "acme-only" }, "integration_not_found"],
      ["without a choice between two", {}, "ambiguous_integration"],
      ["by an id in capitals", { integrationId: "OWN" }, "integration_not_found"],
      ["by a label in capitals", { label: "DEFAULT" }, "integration_not_found"],
      ["by a label with a blank", { label: "default " }, "integration_not_found"],
    ] as const
  ).map(([words, choice, code]) => ({
    attack: `a customer asks for credentials ${words}`,
    choice: choice as { readonly integrationId?: string; readonly label?: string },
    expected: { code },
  })),
  101,
);

/** What a link must be made of, and nothing besides. */
export const bucketTakeovers = numbered(
  "B1-17",
  (
    [
      ["no bucket", "none"],
      ["somebody else's bucket of the name", "foreign"],
      ["somebody else's bucket of the name, open to everybody", "foreign and open"],
      ["a bucket that keeps no versions", "unversioned"],
      ["a bucket whose versions are suspended", "suspended"],
      ["a bucket that customers cannot read", "private"],
      ["a bucket in which somebody put another template first", "squatted"],
      ["a bucket in which a template was replaced", "replaced"],
      ["a bucket in which a template was cut", "cut"],
      ["a bucket in which a template got one byte more", "longer"],
      ["a bucket from which the template was removed", "removed"],
    ] as const
  ).map(([words, bucket]) => ({
    attack: `a launch link is asked for with ${words}`,
    bucket,
    expected: { code: "publishing_failed" },
  })),
);

export type BucketState = (typeof bucketTakeovers)[number]["bucket"];
