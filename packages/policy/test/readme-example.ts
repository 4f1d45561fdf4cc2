import { evaluate, parsePolicy } from "@daypass/policy";

const trust = parsePolicy(
  {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "acme-7f3a" } },
    },
  },
  "trust",
);
const permissions = parsePolicy(
  { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" } },
  "identity",
);

export const decision = evaluate(
  {
    principal: {
      type: "user",
      arn: "arn:aws:iam::111122223333:user/vendor",
      accountId: "111122223333",
      uniqueId: "AIDACKCEVSQ6C2EXAMPLE",
      userName: "vendor",
    },
    action: "sts:AssumeRole",
    resource: "arn:aws:iam::444455556666:role/daypass",
    resourceAccount: "444455556666",
    context: { "sts:ExternalId": "somebody-else" },
  },
  { identity: [{ name: "permissions", policy: permissions }], resource: { name: "trust", policy: trust } },
);
// decision.allowed is false, decision.deniedBy is "resource", and decision.failedConditions says that
// sts:ExternalId was expected to be "acme-7f3a" and came as "somebody-else".
