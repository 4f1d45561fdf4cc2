// What is put to real accounts stays within the run: its names, its path, its bucket and the two accounts.
import { describe, expect, it } from "vitest";
import { checkReach } from "../../conformance/check-reach.mjs";
import { readCases } from "../../conformance/read-cases.mjs";
import type { Step } from "../../conformance/types.d.mts";

const role = { RoleName: "{run}Reader", Path: "/{path}" };
const trust = (AWS: unknown) => ({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS } } });
const grant = (Action: string, Resource: unknown) => ({
  UserName: "{run}reader",
  PolicyName: "Sts",
  PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] },
});
const step = (call: string, input: Step["input"] & object): Step => ({ as: "customer", call, input });
const reach = (each: Step) => checkReach({ cases: [], steps: [each] });

describe("the table", () => {
  it("may be put to real accounts", () => {
    expect(checkReach(readCases())).toEqual([]);
  });

  it("may not, if one role trusted everybody there", () => {
    const { cases, steps } = readCases();
    const everywhere = steps.map((each) => ({ ...each, notOn: {} }));
    expect(checkReach({ cases, steps: everywhere })).toEqual([
      '"iam:CreateRole {run}CustomerAnyone" trusts somebody outside the two accounts',
    ]);
  });
});

describe("the check of its reach", () => {
  it.each<[string, Step]>([
    [
      "a role of the run that trusts an account",
      step("iam:CreateRole", { ...role, AssumeRolePolicyDocument: trust("222222222222") }),
    ],
    [
      "a grant for the run's roles",
      step("iam:PutUserPolicy", grant("sts:AssumeRole", "arn:aws:iam::*:role/{path}{run}*")),
    ],
    ["a grant for the run's bucket", step("iam:PutUserPolicy", grant("s3:GetObject", "arn:aws:s3:::{bucket}/*"))],
    ["a question that names no resource", step("iam:PutUserPolicy", grant("sts:GetAccessKeyInfo", "*"))],
    ["a step that is never put to real accounts", { ...step("iam:CreateUser", { UserName: "x" }), on: ["moto"] }],
  ])("lets pass %s", (_, each) => {
    expect(reach(each)).toEqual([]);
  });

  it.each<[string, Step, string]>([
    [
      "a user of any name",
      step("iam:CreateUser", { UserName: "admin", Path: "/{path}" }),
      "a name that is not the run's",
    ],
    ["a user of any path", step("iam:CreateUser", { UserName: "{run}x", Path: "/" }), "outside the run's path"],
    ["a user without a path", step("iam:CreateUser", { UserName: "{run}x" }), "outside the run's path"],
    ["a key for any user", step("iam:CreateAccessKey", { UserName: "admin" }), "a name that is not the run's"],
    ["a policy for any role", step("iam:PutRolePolicy", { RoleName: "Admin" }), "a name that is not the run's"],
    [
      "any managed policy",
      step("iam:CreatePolicyVersion", { PolicyArn: "arn:aws:iam::222222222222:policy/x" }),
      "a policy that is not",
    ],
    ["any bucket", step("s3:PutObject", { Bucket: "interop-data", Key: "x" }), "a bucket that is not the run's"],
    ["a grant for everything", step("iam:PutUserPolicy", grant("sts:AssumeRole", "*")), "more than the run's own"],
    [
      "a grant for every role",
      step("iam:PutUserPolicy", grant("sts:*", "arn:aws:iam::*:role/*")),
      "more than the run's own",
    ],
    [
      "a grant for other buckets",
      step("iam:PutUserPolicy", grant("s3:*", "arn:aws:s3:::{bucket}*")),
      "more than the run's own",
    ],
    [
      "a grant that is wide in part",
      step("iam:PutUserPolicy", grant("s3:*", ["arn:aws:s3:::{bucket}", "*"])),
      "more than the run's own",
    ],
    [
      "a role that trusts everybody",
      step("iam:CreateRole", { ...role, AssumeRolePolicyDocument: trust("*") }),
      "outside the two accounts",
    ],
    [
      "a role that trusts a third account",
      step("iam:CreateRole", { ...role, AssumeRolePolicyDocument: trust("arn:aws:iam::333333333333:root") }),
      "outside the two accounts",
    ],
  ])("refuses %s", (_, each, problem) => {
    expect(reach(each).join("\n")).toContain(problem);
  });
});
