// How fast one core answers "may this role be assumed?" against a realistic trust policy, and how fast it reads one.
import { evaluate, parsePolicy } from "@daypass/policy";
import { takeTurns } from "./kit/take-turns.mjs";

const VENDOR = "111122223333";
const CUSTOMER = "444455556666";
const EXTERNAL_ID = "6Zl0tG2yQm8vJw4rXc1NnA";
const ROLES = [`arn:aws:iam::${VENDOR}:role/vendor`, `arn:aws:iam::${VENDOR}:role/vendor-next`];

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
          "aws:PrincipalArn": ROLES,
        },
        StringEquals: { "sts:ExternalId": EXTERNAL_ID },
      },
    },
    {
      Sid: "Tag",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
      Action: "sts:TagSession",
      Condition: { ArnEquals: { "aws:PrincipalArn": ROLES[0] } },
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
const QUESTIONS = Array.from({ length: 1000 }, (_, index) => ({
  principal,
  action: "sts:AssumeRole",
  resource: `arn:aws:iam::${CUSTOMER}:role/daypass/customer-${index}`,
  resourceAccount: CUSTOMER,
  context: {
    "sts:ExternalId": index % 2 === 0 ? EXTERNAL_ID : "another",
    "sts:RoleSessionName": "worker-1",
    "aws:SourceIp": "203.0.113.7",
    "aws:SecureTransport": "true",
    "aws:CurrentTime": "2026-11-20T12:00:00Z",
  },
}));

const RESOURCE = /^arn:aws:iam::[^:]*:role\/daypass\//;

/** The least that a check by hand of these very policies would do. */
const checkByHand = ({ principal, action, resource, context }) =>
  action === "sts:AssumeRole" &&
  RESOURCE.test(resource) &&
  principal.accountId === VENDOR &&
  ROLES.includes(principal.roleArn) &&
  context["sts:ExternalId"] === EXTERNAL_ID;

/** Asks `count` questions, and looks at every answer, so that no compiler may leave one out. */
const askAll = (isAllowed) => (count) => {
  for (let index = 0; index < count; index++) {
    if (isAllowed(QUESTIONS[index % 1000]) !== (index % 2 === 0))
      throw new Error("a wrong answer: its speed is no matter");
  }
};

/** Calls `work` so many times. */
const repeat = (work) => (count) => {
  for (let index = 0; index < count; index++) work();
};

export async function bench(report) {
  const answers = await takeTurns({
    ours: askAll((question) => evaluate(question, policies).allowed),
    bare: askAll(checkByHand),
  });
  report({
    name: "AssumeRole questions, one core",
    figure: answers.ours,
    unit: "/s",
    better: "more",
    baseline: { name: "a bare loop that knows this policy by heart", figure: answers.bare },
    promise: { least: 100_000 },
    reason:
      "the loop compares five texts; the evaluator reads whatever policy it is given, and says which statement decided",
  });

  const parses = await takeTurns({
    ours: repeat(() => parsePolicy(trustText, "trust")),
    bare: repeat(() => JSON.parse(trustText)),
  });
  report({
    name: "trust policies parsed, one core",
    figure: parses.ours,
    unit: "/s",
    better: "more",
    baseline: { name: "JSON.parse", figure: parses.bare },
    reason:
      "JSON.parse takes doubled members and unknown operators; the parser refuses them and prepares every pattern",
  });
}
