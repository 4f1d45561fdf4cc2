// The policy language under attack: documents that cannot be read in one way only, and questions whose answer is no.
import {
  evaluate,
  parsePolicy,
  type AccessRequest,
  type NamedPolicy,
  type PolicyKind,
  type RequestPrincipal,
} from "@daypass/policy";
import { expect, test } from "vitest";
import { answers, refuses } from "./attack-table.js";
import {
  deceivingDocuments,
  doubledElements,
  misspeltElements,
  policyDocuments,
  unknownOperators,
} from "./tables/policy-documents.js";
import { contradictions, holdingOperators, strangers, type PolicyQuestion } from "./tables/policy-questions.js";

for (const [title, rows] of [
  ["a document that is no policy", policyDocuments],
  ["an operator that AWS does not know", unknownOperators],
  ["an element in another spelling", misspeltElements],
  ["an element that is there twice", doubledElements],
  ["a name that deceives a terminal", deceivingDocuments],
] as const) {
  refuses(title, rows, ({ document, kind }) => {
    try {
      parsePolicy(document, kind);
    } finally {
      expect(Reflect.get({}, "x")).toBeUndefined();
    }
  });
}

const session = (accountId: string, roleName: string) =>
  ({
    type: "role-session",
    roleArn: `arn:aws:iam::${accountId}:role/${roleName}`,
    roleUniqueId: "AROAEXAMPLEEXAMPLE00",
    accountId,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/s`,
    sessionName: "s",
  }) as const;

const callers: Readonly<Record<NonNullable<PolicyQuestion["caller"]>, RequestPrincipal>> = {
  vendor: session("111111111111", "service"),
  bystander: session("111111111111", "bystander"),
  stranger: session("333333333333", "eve"),
  "same name": session("333333333333", "service"),
  anonymous: { type: "anonymous" },
  service: { type: "service", service: "ec2.amazonaws.com" },
  root: { type: "root", accountId: "111111111111", partition: "aws" },
  federated: { type: "federated", provider: "accounts.google.com" },
};

const named = (name: string, kind: PolicyKind, Statement: readonly object[]): NamedPolicy => ({
  name,
  policy: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement }), kind),
});
const mayAsk = [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }];

function ask({
  caller = "vendor",
  trust = [],
  identity = mayAsk,
  boundary,
  session,
  organization,
  context,
  action,
}: PolicyQuestion) {
  const request: AccessRequest = {
    principal: callers[caller],
    action: action ?? "sts:AssumeRole",
    resource: "arn:aws:iam::222222222222:role/reader",
    resourceAccount: "222222222222",
    context: (context ?? {}) as Readonly<Record<string, string>>,
  };
  return evaluate(request, {
    identity: identity.length === 0 ? [] : [named("identity", "identity", identity)],
    permissionsBoundary: boundary && named("boundary", "permissions-boundary", boundary),
    session: session ? [named("session", "session", session)] : [],
    serviceControl: organization ? [[named("organization", "service-control", organization)]] : [],
    resource: named("trust", "trust", trust),
  });
}

test("the answer is yes to the vendor with the right external ID, and to a condition that holds", () => {
  const trust = (StringEquals: object) => [
    { Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole", Condition: { StringEquals } },
  ];
  const context = { "sts:ExternalId": "right", "aws:RequestTag/team": "red" };
  for (const condition of [{ "sts:ExternalId": "right" }, { "aws:RequestTag/team": "red" }]) {
    expect(ask({ attack: "", trust: trust(condition), context }).allowed).toBe(true);
  }
});

for (const [title, rows] of [
  ["who should stay out", strangers],
  ["a condition that does not hold", holdingOperators],
] as const) {
  answers(title, rows, ask);
}

refuses("a question that contradicts itself", contradictions, ({ change }) => {
  const { principal, ...rest } = change;
  const request = {
    action: "sts:AssumeRole",
    resource: "arn:aws:iam::222222222222:role/reader",
    resourceAccount: "222222222222",
    ...rest,
    principal: { ...session("111111111111", "service"), ...Object(principal) } as RequestPrincipal,
  };
  return evaluate(request, {
    resource: named("trust", "trust", [
      { Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" },
    ]),
  });
});
