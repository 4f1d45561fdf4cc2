// Asks IAM's rules a question without any AWS: may this principal assume this role, and if not, why?
// Run it: node examples/ask-the-evaluator.mjs (after npm run build)
import { evaluate, parsePolicy } from "@daypass/policy";

const trust = parsePolicy(
  `{
    "Version": "2012-10-17",
    "Statement": [{
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111111111111:root" },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "a9f3kQ" } }
    }]
  }`,
  "trust",
);
const permissions = parsePolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }] },
  "identity",
);

const decision = evaluate(
  {
    principal: {
      type: "user",
      arn: "arn:aws:iam::111111111111:user/service",
      accountId: "111111111111",
      uniqueId: "AIDAEXAMPLEEXAMPLEEX",
      userName: "service",
    },
    action: "sts:AssumeRole",
    resource: "arn:aws:iam::222222222222:role/Orbit",
    resourceAccount: "222222222222",
    context: {}, // no external ID was sent
  },
  { identity: [{ name: "assume", policy: permissions }], resource: { name: "trust", policy: trust } },
);

const [failed] = decision.failedConditions;
process.stdout.write(`${decision.outcome}, by the ${decision.deniedBy} policy\n`);
process.stdout.write(`${failed.operator} ${failed.key}: ${failed.actual === undefined ? "absent" : failed.actual}\n`);
