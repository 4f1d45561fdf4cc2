// What is mutated, and which tests must notice. A group is one run of Stryker: built files of one package (`dist/`, which
// is what the tests import) and the fast tests about them. Left out are tests of whole programs, races and long
// properties: they would find more, at a price of hours.

export const GROUPS = [
  {
    name: "policy",
    about: "policy parser and evaluator",
    package: "policy",
    files: ["*"],
    tests: [
      "close-calls",
      "conditions",
      "decision",
      "elements",
      "error-texts",
      "layers",
      "parse-patterns",
      "parse-policy",
      "pin-principals",
      "question-errors",
      "readme",
      "request",
      "trust",
      "variables",
    ],
    short: false,
  },
  {
    name: "cache-key",
    about: "cache key, check of STS's answers, session names, fingerprints",
    package: "credentials",
    files: ["request-key", "check-answer", "role-session-name", "fingerprint"],
    tests: ["check-answer", "key-vectors"],
    short: true,
  },
  {
    name: "external-id",
    about: "external IDs: how they are minted, refused from outside, varied, kept apart and judged",
    package: "cross-account",
    files: ["mint-identifiers", "external-id-variants", "judge-trust", "store-rules", "check-input"],
    tests: ["check-input", "external-id-rules", "judge-causes", "judge-trust", "memory-store"],
    short: true,
  },
  {
    name: "sealing",
    about: "sealing, blind indexes and keys of the database",
    package: "stores",
    files: ["create-sealer", "sealing-keys", "adopt-sealing-keys"],
    tests: ["sealed-form", "sealing", "sqlite-store"],
    short: true,
  },
  {
    name: "audit",
    about: "the audit: its chain, checkpoints, and their verification",
    package: "stores",
    files: ["event-log", "audit-chain", "audit-checkpoint", "verify-audit", "verify-integrations"],
    tests: ["audit", "audit-gap", "audit-words", "sealing", "sqlite-store"],
    short: true,
  },
];

/** Every group must score at least so many percent. */
export const LEAST_SCORE = 90;

/** Returns the built files of a group, by path from the root. */
export const filesOf = (group) => group.files.map((file) => `packages/${group.package}/dist/${file}.js`);
