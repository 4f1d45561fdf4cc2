// The managed policies that AWS itself owns and the sandbox knows. Others do not exist here, and attaching them is refused.
import { parsePolicy } from "@daypass/policy";
import type { ManagedPolicy } from "./types.js";

const ADMINISTRATOR_ACCESS = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}`;

const created = new Date("2015-02-06T18:39:46Z");

/** `AdministratorAccess` as AWS publishes it (AWS Managed Policy Reference Guide, "AdministratorAccess"). */
export const administratorAccess: ManagedPolicy = Object.freeze({
  accountId: "aws",
  name: "AdministratorAccess",
  path: "/",
  arn: "arn:aws:iam::aws:policy/AdministratorAccess",
  uniqueId: "ANPAIWMBCKSKIEE64ZLYK",
  description: "Provides full access to AWS services and resources.",
  created,
  updated: created,
  tags: new Map<string, string>(),
  defaultVersionId: "v1",
  nextVersion: 2,
  versions: new Map([
    [
      "v1",
      {
        id: "v1",
        created,
        document: {
          text: ADMINISTRATOR_ACCESS,
          policy: parsePolicy(ADMINISTRATOR_ACCESS, "identity"),
        },
      },
    ],
  ]),
});
