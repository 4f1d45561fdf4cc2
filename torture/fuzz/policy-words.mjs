// What policies are made of: seeds and words for the fuzzers of the policy language.

const trust = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: {
        AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a/b"],
        Service: "ec2.amazonaws.com",
      },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { StringEquals: { "sts:ExternalId": "id" }, Bool: { "aws:MultiFactorAuthPresent": true } },
    },
    { Effect: "Deny", Principal: { Federated: "accounts.google.com" }, Action: "sts:AssumeRoleWithWebIdentity" },
  ],
};
const identity = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "One",
      Effect: "Allow",
      Action: ["s3:Get*", "s3:Put?bject"],
      Resource: ["arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/${*}"],
      Condition: {
        "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": ["a*", "?"] },
        NumericLessThan: { "s3:max-keys": 10 },
        DateGreaterThan: { "aws:CurrentTime": "2026-01-31T12:00:00Z" },
        IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"] },
        Null: { "aws:PrincipalTag/team": "false" },
        ArnLike: { "aws:SourceArn": "arn:aws:sns:*:111122223333:t*" },
        BinaryEquals: { "a:b": "QmluYXJ5" },
      },
    },
    { Sid: "Two", Effect: "Deny", NotAction: "iam:*", NotResource: "*" },
  ],
};
const bucket = {
  Id: "x",
  Statement: { Effect: "Deny", NotPrincipal: { AWS: "111122223333" }, Action: "*", Resource: "arn:aws:s3:::b/*" },
};
const everyone = {
  Version: "2008-10-17",
  Statement: [
    { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" },
    { Effect: "Allow", Principal: { CanonicalUser: "a".repeat(64) }, Action: "s3:*", Resource: "*" },
    { Effect: "Allow", Principal: { AWS: ["AIDAEXAMPLEEXAMPLE12", "*"] }, Action: "s3:*", Resource: "*" },
  ],
};

/** Nested deeper than any policy, and full of texts. */
export const DEEP_POLICY = `{"Statement":${"[".repeat(500)}${Array(500).fill('""').join(",")}${"]".repeat(500)}}`;

export const POLICY_SEEDS = [trust, identity, bucket, everyone].map((policy) => JSON.stringify(policy));

export const CONDITION_OPERATORS = [
  ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"],
  ["StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"],
  ["NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan"],
  ["DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress"],
  ["NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
].flat();

export const POLICY_WORDS = [
  ["Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource"],
  ["NotResource", "Condition", "Allow", "Deny", "2012-10-17", "2008-10-17", "AWS", "Service", "Federated"],
  ["CanonicalUser", "ForAllValues:", "ForAnyValue:", "IfExists", "Null", "StringEqualz", "effect", "ALLOW"],
  ["*", "?", "${", "}", "${*}", "${$}", "${aws:username}", "${aws:x, 'y'}", "${}", ", '", "arn:aws:s3:::", ":", "/"],
  ["__proto__", "constructor", "toString", '"__proto__":1,', '"Effect":"Allow",', '"\\u0045ffect":"Allow",', "null"],
  ["true", "[]", "{}", '""', "[", "]", "{", "}", ",", "\\u0000", "\\ud800", "1e400", "-0", "0.1", "\\"],
  ["NotPrincipaI", "*:*", "s3:*", "iam:PassRole", "arn:aws:iam::111122223333:root", "111122223333"],
  CONDITION_OPERATORS,
].flat();
