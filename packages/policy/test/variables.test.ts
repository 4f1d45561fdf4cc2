// Source: IAM User Guide, "IAM policy elements: Variables and tags".
import { describe, expect, it } from "vitest";
import { parsePolicy } from "@daypass/policy";
import { allow, ask, BOB, deny, denies, holds, named, roleSession } from "./ask.js";

const readsHome = (principal: Parameters<typeof ask>[0], resource: string, pattern: string) =>
  ask(principal, { identity: [named("identity", "home", allow("s3:GetObject", pattern))] }, { resource }).allowed;

describe("a variable in Resource", () => {
  it("stands for the request's value", () => {
    const pattern = "arn:aws:s3:::bucket/home/${aws:username}/*";
    expect(readsHome(BOB, "arn:aws:s3:::bucket/home/bob/a", pattern)).toBe(true);
    expect(readsHome(BOB, "arn:aws:s3:::bucket/home/bobby/a", pattern)).toBe(false);
  });

  it("may be written in any case", () => {
    expect(readsHome(BOB, "arn:aws:s3:::bucket/bob", "arn:aws:s3:::bucket/${AWS:UserName}")).toBe(true);
  });

  it("without a value matches nothing", () => {
    const pattern = "arn:aws:s3:::bucket/home/${aws:username}*";
    expect(readsHome(roleSession("app"), "arn:aws:s3:::bucket/home/", pattern)).toBe(false);
  });

  it("without a value has its default", () => {
    const pattern = "arn:aws:s3:::bucket-${aws:PrincipalTag/team, 'company-wide'}/*";
    const tagged = { ...BOB, tags: { team: "yellow" } };
    expect(readsHome(tagged, "arn:aws:s3:::bucket-yellow/a", pattern)).toBe(true);
    expect(readsHome(tagged, "arn:aws:s3:::bucket-company-wide/a", pattern)).toBe(false);
    expect(readsHome(BOB, "arn:aws:s3:::bucket-company-wide/a", pattern)).toBe(true);
    expect(readsHome(BOB, "arn:aws:s3:::bucket-yellow/a", pattern)).toBe(false);
  });

  it("brings no wildcards along", () => {
    const starred = { ...BOB, tags: { team: "*" } };
    const pattern = "arn:aws:s3:::bucket/${aws:PrincipalTag/team}";
    expect(readsHome(starred, "arn:aws:s3:::bucket/anything", pattern)).toBe(false);
    expect(readsHome(starred, "arn:aws:s3:::bucket/*", pattern)).toBe(true);
  });

  it("in NotResource without a value helps no Allow and holds in every Deny", () => {
    const NotResource = "arn:aws:s3:::bucket/${aws:username}";
    const app = roleSession("app");
    const allowed = named("identity", "a", { Effect: "Allow", Action: "*", NotResource });
    expect(ask(app, { identity: [allowed] }).allowed).toBe(false);
    const denied = named("identity", "d", allow("*"), { Effect: "Deny", Action: "*", NotResource });
    expect(ask(app, { identity: [denied] }).outcome).toBe("explicit-deny");
    expect(ask(BOB, { identity: [allowed] }, { resource: "arn:aws:s3:::bucket/bob" }).allowed).toBe(false);
    expect(ask(BOB, { identity: [allowed] }, { resource: "arn:aws:s3:::bucket/eve" }).allowed).toBe(true);
  });
});

describe("a variable in a condition", () => {
  it("with several values helps no Allow and holds in every Deny", () => {
    const request = { "aws:TagKeys": ["a", "b"], "s3:prefix": "a" };
    for (const operator of ["StringEquals", "StringNotEquals", "StringNotLike", "ForAnyValue:StringLike"]) {
      expect(holds({ [operator]: { "s3:prefix": "${aws:TagKeys}" } }, request)).toBe(false);
      expect(denies({ [operator]: { "s3:prefix": "${aws:TagKeys}" } }, request)).toBe(true);
    }
  });

  it("may be what a provider with a path asserts", () => {
    const key = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub";
    expect(holds({ StringEquals: { "s3:prefix": `\${${key}}` } }, { [key]: "app", "s3:prefix": "app" })).toBe(true);
  });

  it("stands for the request's value in string and ARN operators", () => {
    const prefix = (value: string) => ({ "s3:prefix": value });
    expect(holds({ StringLike: prefix("${aws:username}/*") }, prefix("bob/x"))).toBe(true);
    expect(holds({ StringLike: prefix("${aws:username}/*") }, prefix("bobby/x"))).toBe(false);
    expect(holds({ StringEquals: prefix("${aws:username}") }, prefix("bob"))).toBe(true);
    expect(holds({ StringEqualsIgnoreCase: prefix("X${aws:username}") }, prefix("xBOB"))).toBe(true);
    const arn = (account: string) => ({ "aws:SourceArn": `arn:aws:sns:eu-west-1:${account}:topic` });
    expect(
      holds({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:${aws:PrincipalAccount}:*" } }, arn("111122223333")),
    ).toBe(true);
    expect(
      holds({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:${aws:PrincipalAccount}:*" } }, arn("444455556666")),
    ).toBe(false);
    expect(
      holds(
        { Bool: { "aws:SecureTransport": "${aws:ViaAWSService}" } },
        { "aws:SecureTransport": "true", "aws:ViaAWSService": "true" },
      ),
    ).toBe(true);
  });

  it("without a value equals nothing, and the negated operators match", () => {
    const tag = { "s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}" };
    const request = { "s3:ExistingObjectTag/Team": "" };
    for (const operator of ["StringEquals", "StringLike", "StringEqualsIgnoreCase"]) {
      expect(holds({ [operator]: tag }, request)).toBe(false);
    }
    for (const operator of ["StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase"]) {
      expect(denies({ [operator]: tag }, request)).toBe(true);
    }
  });

  it("without a value keeps Bool from matching", () => {
    const condition = { Bool: { "aws:SecureTransport": "${aws:ViaAWSService}" } };
    expect(holds(condition, { "aws:SecureTransport": "true" })).toBe(false);
  });

  it("with several values stands for none", () => {
    const condition = { StringEquals: { "aws:UserAgent": "${aws:TagKeys}" } };
    expect(holds(condition, { "aws:UserAgent": "a", "aws:TagKeys": ["a"] })).toBe(true);
    expect(holds(condition, { "aws:UserAgent": "a", "aws:TagKeys": ["a", "b"] })).toBe(false);
  });

  it("is plain text to the operators that take none, which then cannot compare", () => {
    const condition = { NumericEquals: { "s3:max-keys": "${aws:username}" } };
    expect(holds(condition, { "s3:max-keys": "1" })).toBe(false);
  });
});

describe("special characters", () => {
  it("${*}, ${?} and ${$} stand for themselves", () => {
    const like = (pattern: string, value: string) =>
      holds({ StringLike: { "aws:UserAgent": pattern } }, { "aws:UserAgent": value });
    expect(like("a${*}c", "a*c")).toBe(true);
    expect(like("a${*}c", "abc")).toBe(false);
    expect(like("a${?}*", "a?bc")).toBe(true);
    expect(like("a${?}*", "abbc")).toBe(false);
    expect(like("${$}{aws:username}", "${aws:username}")).toBe(true);
    expect(like("$5 {x} $", "$5 {x} $")).toBe(true);
  });
});

describe("a document of version 2008-10-17", () => {
  it("knows no variables", () => {
    const Statement = [allow("s3:GetObject", "arn:aws:s3:::bucket/${aws:username}"), deny("s3:PutObject")];
    const identity = [{ name: "old", policy: parsePolicy({ Version: "2008-10-17", Statement }, "identity") }];
    expect(ask(BOB, { identity }, { resource: "arn:aws:s3:::bucket/bob" }).allowed).toBe(false);
    expect(ask(BOB, { identity }, { resource: "arn:aws:s3:::bucket/${aws:username}" }).allowed).toBe(true);
  });
});
