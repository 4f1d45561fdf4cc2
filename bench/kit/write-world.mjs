// The world that the sandbox's bench asks in: a role of the customer's that the vendor may assume with an external ID.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROLE_ARN = "arn:aws:iam::222222222222:role/reader";
export const EXTERNAL_ID = "6Zl0tG2yQm8vJw4rXc1NnA";

const WORLD = {
  accounts: [
    {
      id: "222222222222",
      roles: [
        {
          name: "reader",
          trustPolicy: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::111111111111:root" },
                Action: "sts:AssumeRole",
                Condition: { StringEquals: { "sts:ExternalId": EXTERNAL_ID } },
              },
            ],
          },
        },
      ],
    },
  ],
};

/** Writes it to a file of its own. Returns the file, and `remove`. */
export function writeWorld() {
  const folder = mkdtempSync(join(tmpdir(), "daypass-bench-"));
  const file = join(folder, "world.json");
  writeFileSync(file, JSON.stringify(WORLD));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}
