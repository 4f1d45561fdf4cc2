// What a change of permissions means: gained, lost, or only written otherwise.
import { diffPermissions } from "@daypass/templates";
import type { PermissionStatement, PolicyConditions, RoleDescription } from "@daypass/templates";
import { describe, expect, it } from "vitest";
import { allow, deny, role } from "./lint-describe.js";

type Statements = PermissionStatement | readonly PermissionStatement[];

const QUEUE = "arn:aws:sqs:*:*:acme-*";
const READ = allow(["sqs:ListQueues", "ec2:DescribeInstances"], "*", undefined, { sid: "Read" });

function words(before: Statements, after: Statements): string {
  return diffPermissions(role(before), role(after)).words;
}

function brief(before: RoleDescription, after: RoleDescription): readonly string[] {
  const { gains, loses } = diffPermissions(before, after);
  return [...gains.map((each) => ({ ...each, sign: "+" })), ...loses.map((each) => ({ ...each, sign: "-" }))].map(
    ({ sign, action, phase, extent }) => `${sign}${action} ${phase} ${extent}`,
  );
}

describe("no difference", () => {
  it.each<[string, Statements, Statements]>([
    ["the same", READ, READ],
    ["another order", [READ, allow("sqs:SendMessage", QUEUE)], [allow("sqs:SendMessage", QUEUE), READ]],
    ["another sid and reason", READ, { ...READ, sid: "Look", why: "to see" }],
    ["other letters in an action", allow("sqs:SendMessage", QUEUE), allow("sqs:sendmessage", QUEUE)],
    [
      "two statements for one",
      allow(["sqs:SendMessage", "sqs:ReceiveMessage"], [QUEUE, "arn:aws:sqs:*:*:other"]),
      [
        allow("sqs:SendMessage", QUEUE, undefined, { sid: "A" }),
        allow("sqs:SendMessage", "arn:aws:sqs:*:*:other", undefined, { sid: "B" }),
        allow("sqs:ReceiveMessage", ["arn:aws:sqs:*:*:other", QUEUE], undefined, { sid: "C" }),
      ],
    ],
    [
      "two statements for two values of a condition",
      allow("ec2:StopInstances", "*", { StringEquals: { "ec2:Region": ["eu-west-1", "eu-west-2"] } }),
      [
        allow("ec2:StopInstances", "*", { StringEquals: { "ec2:Region": "eu-west-2" } }, { sid: "A" }),
        allow("ec2:StopInstances", "*", { StringEquals: { "EC2:region": "eu-west-1" } }, { sid: "B" }),
      ],
    ],
    [
      "a resource inside another",
      allow("sqs:SendMessage", QUEUE),
      allow("sqs:SendMessage", [QUEUE, "arn:aws:sqs:eu-west-1:*:acme-jobs"]),
    ],
    [
      "the partition by its name",
      allow("sqs:SendMessage", QUEUE),
      allow("sqs:SendMessage", "arn:${AWS::Partition}:sqs:*:*:acme-*"),
    ],
    [
      "ArnEquals for ArnLike",
      allow("sqs:SendMessage", QUEUE, { ArnEquals: { "aws:SourceArn": QUEUE } }),
      allow("sqs:SendMessage", QUEUE, { ArnLike: { "aws:SourceArn": QUEUE } }),
    ],
    [
      "what is named inside a pattern",
      allow("ec2:Describe*", "*"),
      allow(["ec2:Describe*", "ec2:DescribeInstances"], "*"),
    ],
    ["a Deny of what is not allowed", READ, [READ, deny("s3:*", "*")]],
    ["an Allow of what is denied", [READ, deny("s3:*", "*")], [READ, deny("s3:*", "*"), allow("s3:PutObject", "*")]],
    [
      "a Deny inside another",
      [allow("s3:GetObject", "*"), deny("s3:*", "arn:aws:s3:::a*")],
      [
        allow("s3:GetObject", "*"),
        deny("s3:*", "arn:aws:s3:::a*"),
        deny("s3:GetObject", "arn:aws:s3:::ab/*", undefined, { sid: "More" }),
      ],
    ],
  ])("%s", (_, before, after) => {
    expect(diffPermissions(role(before), role(after))).toEqual({ gains: [], loses: [], words: "no difference" });
  });
});

describe("the sentence", () => {
  it.each<[string, Statements, Statements]>([
    ["gains 2 read actions, no new write", READ, [READ, allow(["ec2:DescribeVolumes", "ec2:DescribeTags"], "*")]],
    ["gains 1 write action", READ, [READ, allow("sqs:SendMessage", QUEUE)]],
    [
      "gains 1 read action, 1 write action, 1 tagging action and 1 permissions action",
      READ,
      [READ, allow(["sqs:GetQueueUrl", "sqs:SendMessage", "sqs:TagQueue", "sqs:AddPermission"], QUEUE)],
    ],
    ["gains nothing, loses 2 read actions", [READ, allow("sqs:SendMessage", QUEUE)], allow("sqs:SendMessage", QUEUE)],
    ["widens 1 write action", allow("sqs:SendMessage", QUEUE), allow("sqs:SendMessage", "*")],
    ["gains nothing, narrows 1 write action", allow("sqs:SendMessage", "*"), allow("sqs:SendMessage", QUEUE)],
    ["widens 1 read action, no new write", allow("sqs:GetQueueUrl", QUEUE), allow("sqs:GetQueueUrl", "*")],
    [
      "widens 1 write action, narrows 1 write action",
      allow("sqs:SendMessage", QUEUE),
      allow("sqs:SendMessage", "arn:aws:sqs:*:*:b"),
    ],
    [
      "gains whatever AWS adds to kms:L*, no new write",
      allow(
        [
          "kms:ListAliases",
          "kms:ListGrants",
          "kms:ListKeyPolicies",
          "kms:ListKeyRotations",
          "kms:ListKeys",
          "kms:ListResourceTags",
          "kms:ListRetirableGrants",
        ],
        "*",
      ),
      allow("kms:L*", "*"),
    ],
  ])("%s", (sentence, before, after) => {
    expect(words(before, after)).toBe(sentence);
  });

  it("says what outlasts the setup", () => {
    const send = allow("sqs:SendMessage", QUEUE);
    const [during, forever] = [role(READ, [send]), role([READ, send])];
    expect(diffPermissions(during, forever).words).toBe("lets 1 write action outlast the setup");
    expect(diffPermissions(forever, during).words).toBe("gains nothing, confines 1 write action to the setup");
  });
});

describe("a change", () => {
  it("names action, level, phase, statement and resource", () => {
    const { gains, loses } = diffPermissions(
      role(READ),
      role(READ, [allow("sqs:sendmessage", QUEUE, undefined, { sid: "Send" })]),
    );
    expect(gains).toEqual([
      { action: "sqs:SendMessage", level: "write", phase: "setup", sid: "Send", resource: QUEUE, extent: "action" },
    ]);
    expect(loses).toEqual([]);
  });

  it("expands a pattern into what AWS knows, and counts the pattern with it", () => {
    const { gains } = diffPermissions(role(READ), role([READ, allow("kms:*Alias", "arn:aws:kms:*:*:alias/*")]));
    expect(gains.map(({ action }) => action)).toEqual(["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]);
  });

  it("takes an action that AWS does not know for a write", () => {
    expect(words(READ, [READ, allow("sqs:GetTheFuture", "*")])).toBe("gains 1 write action");
  });

  it("takes a pattern that stands for nothing yet for a write", () => {
    expect(words(READ, [READ, allow("sqs:Future*", "*")])).toBe("gains whatever AWS adds to sqs:Future*");
  });

  it("of the setup into what is ongoing is a gain, and back a loss", () => {
    const send = allow("sqs:SendMessage", QUEUE);
    expect(brief(role(READ, [send]), role([READ, send]))).toEqual(["+sqs:SendMessage ongoing scope"]);
    expect(brief(role([READ, send]), role(READ, [send]))).toEqual(["-sqs:SendMessage ongoing scope"]);
  });

  it("of an ongoing right into both is none", () => {
    const send = allow("sqs:SendMessage", QUEUE);
    expect(brief(role([READ, send]), role([READ, send], [{ ...send, sid: "Again" }]))).toEqual([]);
  });
});

describe("a condition", () => {
  const under = (conditions: PolicyConditions): RoleDescription => role(allow("ec2:StopInstances", "*", conditions));
  const none = role(allow("ec2:StopInstances", "*"));

  it.each<[string, RoleDescription, RoleDescription]>([
    ["that is new", none, under({ StringEquals: { "ec2:Region": "eu-west-1" } })],
    [
      "with a value less",
      under({ StringEquals: { "ec2:Region": ["a", "b"] } }),
      under({ StringEquals: { "ec2:Region": "a" } }),
    ],
    [
      "with a second key",
      under({ StringEquals: { "ec2:Region": "a" } }),
      under({ StringEquals: { "ec2:Region": "a", "aws:ResourceTag/t": "v" } }),
    ],
    [
      "with a narrower pattern",
      under({ StringLike: { "ec2:Region": "eu-*" } }),
      under({ StringLike: { "ec2:Region": "eu-w*" } }),
    ],
    [
      "by name instead of pattern",
      under({ StringLike: { "ec2:Region": "eu-*" } }),
      under({ StringEquals: { "ec2:Region": "eu-west-1" } }),
    ],
    [
      "with regard to case",
      under({ StringEqualsIgnoreCase: { "ec2:Region": "EU" } }),
      under({ StringEquals: { "ec2:Region": "eu" } }),
    ],
    [
      "without IfExists",
      under({ StringEqualsIfExists: { "ec2:Region": "a" } }),
      under({ StringEquals: { "ec2:Region": "a" } }),
    ],
    [
      "with one more exception",
      under({ StringNotEquals: { "ec2:Region": "a" } }),
      under({ StringNotEquals: { "ec2:Region": ["a", "b"] } }),
    ],
    [
      "with an earlier end",
      under({ DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }),
      under({ DateLessThan: { "aws:CurrentTime": "2029-01-01T00:00:00Z" } }),
    ],
    [
      "with a smaller number",
      under({ NumericLessThan: { "aws:MultiFactorAuthAge": "3600" } }),
      under({ NumericLessThan: { "aws:MultiFactorAuthAge": "900" } }),
    ],
    [
      "with a greater number",
      under({ NumericGreaterThan: { "aws:MultiFactorAuthAge": "9" } }),
      under({ NumericGreaterThan: { "aws:MultiFactorAuthAge": "10" } }),
    ],
    [
      "with a smaller range",
      under({ IpAddress: { "aws:SourceIp": "192.0.2.0/24" } }),
      under({ IpAddress: { "aws:SourceIp": "192.0.2.128/25" } }),
    ],
    [
      "with a narrower ARN",
      under({ ArnLike: { "aws:SourceArn": "arn:aws:sqs:*:*:a*" } }),
      under({ ArnEquals: { "aws:SourceArn": "arn:aws:sqs:*:*:ab" } }),
    ],
    [
      "of no values but others",
      under({ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["a"] } }),
      under({ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["a", "b"] } }),
    ],
    [
      "of all values",
      under({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } }),
      under({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } }),
    ],
  ])("%s narrows, and widens when it goes", (_, wide, narrow) => {
    expect(brief(wide, narrow)).toEqual(["-ec2:StopInstances ongoing scope"]);
    expect(brief(narrow, wide)).toEqual(["+ec2:StopInstances ongoing scope"]);
  });

  it.each<[string, PolicyConditions, PolicyConditions]>([
    ["another value", { StringEquals: { "ec2:Region": "a" } }, { StringEquals: { "ec2:Region": "b" } }],
    ["another key", { StringEquals: { "ec2:Region": "a" } }, { StringEquals: { "aws:RequestedRegion": "a" } }],
    [
      "another range",
      { IpAddress: { "aws:SourceIp": "192.0.2.0/25" } },
      { IpAddress: { "aws:SourceIp": "192.0.2.128/25" } },
    ],
    ["a star that is a star", { StringLike: { "ec2:Region": "${*}a" } }, { StringLike: { "ec2:Region": "ba" } }],
    [
      "a variable for a text that looks like one",
      { StringLike: { "aws:ResourceTag/t": "$*" } },
      { StringEquals: { "aws:ResourceTag/t": "${aws:username}" } },
    ],
    [
      "every value for any value",
      { "ForAllValues:StringEquals": { "aws:TagKeys": "a" } },
      { "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } },
    ],
  ])("for %s is a gain and a loss", (_, before, after) => {
    expect(brief(under(before), under(after))).toEqual([
      "+ec2:StopInstances ongoing scope",
      "-ec2:StopInstances ongoing scope",
    ]);
  });

  it("with more values than can be told apart is still compared", () => {
    const many = Array.from({ length: 20 }, (_, index) => `v${index}`);
    const wide = under({ StringEquals: { "aws:ResourceTag/a": many, "aws:ResourceTag/b": many } });
    const narrow = under({ StringEquals: { "aws:ResourceTag/a": many.slice(1), "aws:ResourceTag/b": many } });
    expect(brief(wide, wide)).toEqual([]);
    expect(brief(wide, narrow)).toEqual(["-ec2:StopInstances ongoing scope"]);
  });
});

describe("a Deny", () => {
  const send = allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::acme-*/*");
  const never = deny("s3:PutObject", "arn:aws:s3:::acme-x/*");

  it("that is new is a loss, and a gain when it goes", () => {
    expect(brief(role(send), role([send, never]))).toEqual(["-s3:PutObject ongoing scope"]);
    expect(brief(role([send, never]), role(send))).toEqual(["+s3:PutObject ongoing scope"]);
  });

  it("of everything takes the action away", () => {
    expect(brief(role(send), role([send, deny("s3:Put*", "*")]))).toEqual(["-s3:PutObject ongoing action"]);
  });

  it("that holds during the setup only leaves the right as it is afterwards", () => {
    expect(brief(role([send, never]), role([send], [never]))).toEqual(["+s3:PutObject ongoing scope"]);
  });

  it("under a condition takes away only what meets it", () => {
    const loose = deny("s3:PutObject", "*", { Bool: { "aws:SecureTransport": "false" } });
    expect(brief(role(send), role([send, loose]))).toEqual(["-s3:PutObject ongoing scope"]);
  });

  it("that goes together with what it denied is no gain", () => {
    const get = allow("s3:GetObject", "arn:aws:s3:::acme-*/*");
    expect(brief(role([send, deny("s3:PutObject", "*")]), role(get))).toEqual([]);
  });
});

it("refuses what is no description, on either side", () => {
  const wrong = { ...role(READ), vendorAccountId: "1" };
  expect(() => diffPermissions(wrong, role(READ))).toThrow(/vendorAccountId/);
  expect(() => diffPermissions(role(READ), wrong)).toThrow(/vendorAccountId/);
});
