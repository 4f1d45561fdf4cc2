// Keys that the sandbox did not issue: real-looking ones, those of AWS's documentation, and those that other emulators take.
// B5-63: a real key that somebody pastes by mistake is refused before anything of it is kept.
import { numbered } from "../attack-table.js";

const documented = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const keys: readonly (readonly [
  attack: string,
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken?: string,
])[] = [
  ["the key of AWS's documentation", "AKIAIOSFODNN7EXAMPLE", documented],
  ["the second key of AWS's documentation", "AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"],
  [
    "the session of AWS's documentation",
    "ASIAIOSFODNN7EXAMPLE",
    documented,
    "AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT",
  ],
  ["a key of a real user's form", "AKIAQYLPMN5HFIQR7XYA", "Zk3pQ9vX7mB2nL5tR8wY1cF4hJ6dG0sA+eU/iO2K"],
  [
    "a key of a real session's form",
    "ASIAQYLPMN5HHHFPZAM2",
    "Zk3pQ9vX7mB2nL5tR8wY1cF4hJ6dG0sA+eU/iO2K",
    `IQoJb3JpZ2luX2VjE${"Ab1+/".repeat(60)}`,
  ],
  ["a user's key with a session's token", "AKIAQYLPMN5HFIQR7XYB", "secret", "token"],
  ["a key of a root user's form", "AKIAQYLPMN5HROOTKEY0", "secret"],
  ["the key that moto takes", "testing", "testing"],
  ["the key that LocalStack takes", "test", "test"],
  ["a key of LocalStack's own form", "LKIAQAAAAAAAF6DZ5QX2", "test"],
  ["an account's number, as LocalStack takes it", "000000000000", "test"],
  ["the key that MinIO takes", "minioadmin", "minioadmin"],
  ["the key that DynamoDB Local takes", "dummy", "dummy"],
  ["the key of many tutorials", "foo", "bar"],
  ["a key named mock", "mock", "mock"],
  ["a key named local", "local", "local"],
  ["a key named root", "root", "root"],
  ["a key named admin", "admin", "admin"],
  ["a key of one letter", "x", "x"],
  ["a key that is an inherited name", "__proto__", "x"],
  ["a role's unique id", "AROAQYLPMN5HHHFPZAM2", "secret"],
  ["a user's unique id", "AIDAQYLPMN5HHHFPZAM2", "secret"],
  ["a certificate's id", "ASCAQYLPMN5HHHFPZAM2", "secret"],
];

export type KeyService = "sts" | "iam" | "cloudformation" | "s3";

export const strangeKeys = numbered(
  "B5-63",
  (["sts", "s3", "iam", "cloudformation"] as const).flatMap((service, at) =>
    keys.map(([words, accessKeyId, secretAccessKey, sessionToken]) => ({
      attack: `${service} is called with ${words}`,
      service: service,
      keys: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      expected: {
        answer: service === "s3" ? "403 InvalidAccessKeyId" : "403 InvalidClientTokenId",
        kept: false,
        repeated: false,
      },
      ...(at > 1 && { generated: true as const }),
    })),
  ),
);

/** Packages that people install: what they say they need, what their files import, and what they carry. B5-64. */
export const productionPackages = numbered(
  "B5-64",
  (["policy", "credentials", "templates", "cross-account", "stores"] as const).flatMap((name) =>
    (["package.json", "tsconfig.json", "compiled files"] as const).map((place) => ({
      attack: `the sandbox comes along with @daypass/${name}, by its ${place}`,
      name,
      place,
      expected: { found: [] as readonly string[] },
    })),
  ),
);
