// How fast one core answers "may this role be assumed?" against a realistic trust policy, and how fast it reads one.
import { evaluate, parsePolicy } from "@daypass/policy";

const VENDOR = "111122223333";
const CUSTOMER = "444455556666";
const RUNS = 7;
const PROMISED = 100_000;

const trustText = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Assume",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
      Action: "sts:AssumeRole",
      Condition: {
        ArnEquals: {
          "aws:PrincipalArn": [`arn:aws:iam::${VENDOR}:role/vendor`, `arn:aws:iam::${VENDOR}:role/vendor-next`],
        },
        StringEquals: { "sts:ExternalId": "6Zl0tG2yQm8vJw4rXc1NnA" },
      },
    },
    {
      Sid: "Tag",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
      Action: "sts:TagSession",
      Condition: { ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${VENDOR}:role/vendor` } },
    },
  ],
});
const policies = {
  identity: [
    {
      name: "permissions",
      policy: parsePolicy(
        {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["sts:AssumeRole", "sts:TagSession"],
              Resource: "arn:aws:iam::*:role/daypass/*",
            },
            { Effect: "Deny", Action: "iam:*", Resource: "*" },
          ],
        },
        "identity",
      ),
    },
  ],
  resource: { name: "trust policy", policy: parsePolicy(trustText, "trust") },
};
const principal = {
  type: "role-session",
  roleArn: `arn:aws:iam::${VENDOR}:role/vendor`,
  roleUniqueId: "AROADBQP57FF2AEXAMPLE",
  accountId: VENDOR,
  sessionArn: `arn:aws:sts::${VENDOR}:assumed-role/vendor/worker-1`,
  sessionName: "worker-1",
};

/** Every other question carries a wrong external ID. */
function question(index) {
  return {
    principal,
    action: "sts:AssumeRole",
    resource: `arn:aws:iam::${CUSTOMER}:role/daypass/customer-${index % 1000}`,
    resourceAccount: CUSTOMER,
    context: {
      "sts:ExternalId": index % 2 === 0 ? "6Zl0tG2yQm8vJw4rXc1NnA" : "another",
      "sts:RoleSessionName": "worker-1",
      "aws:SourceIp": "203.0.113.7",
      "aws:SecureTransport": "true",
      "aws:CurrentTime": "2026-11-20T12:00:00Z",
    },
  };
}

/** Counts the processor's time, not the clock's, so that a busy machine does not change the figure. */
function perSecond(count, work) {
  const rates = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = process.cpuUsage();
    for (let index = 0; index < count; index += 1) work(index);
    const { user, system } = process.cpuUsage(start);
    rates.push((count * 1e6) / (user + system));
  }
  return Math.round(rates.toSorted((a, b) => a - b)[RUNS >> 1]);
}

for (const index of [0, 1]) {
  const { allowed } = evaluate(question(index), policies);
  if (allowed !== (index === 0)) throw new Error("the evaluator answers wrongly: its speed does not matter");
}
const questions = perSecond(100_000, (index) => evaluate(question(index), policies));
const parses = perSecond(10_000, () => parsePolicy(trustText, "trust"));
console.log(
  `policy: ${questions} AssumeRole questions/s (one core), ${parses} parse/s (at least ${PROMISED} questions/s)`,
);
if (questions < PROMISED) process.exitCode = 1;
