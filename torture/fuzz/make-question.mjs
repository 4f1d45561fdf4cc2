// Questions and policies from a tape. Names share prefixes, differ in case only or look like patterns, so that
// statements meet questions often and nearly meet them more often.
import { CONDITION_OPERATORS } from "./policy-words.mjs";

const HERE = "111122223333";
const THERE = "444455556666";
const NAMES = ["bob", "bobby", "Bob", "b.b"];
const SESSIONS = ["s1", "S1", "bob"];
const HOST = "ec2.amazonaws.com";
const PROVIDER = "accounts.google.com";
const ACTIONS = [
  "s3:GetObject",
  "s3:getobject",
  "s3:GetObjectAcl",
  "s3:Put.Object",
  "kms:Decrypt",
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:TagSession",
];
const TRUST_ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:TagSession", "s3:GetObject"];
const PATTERNS = [
  "*",
  "s3:*",
  "S3:Get*",
  "s3:GetObject",
  "s3:GetObject*",
  "s3:Get?bject",
  "s3:*t*t*",
  "s3:*Object*",
  "s3:Put.*",
  "sts:*",
  "sts:AssumeRole",
  "kms:*",
  "s3:*Object?",
];
const PIECES = ["a", "b", "ab", "A", ".", "/", ":", "é", "+", "(", "[", "\\", "^", "|", "$", "\n"];
const WILD = ["*", "?", "**", "*a", "?*", "*b*"];
const VARIABLES = [
  "${aws:username}",
  "${aws:UserAgent}",
  "${aws:PrincipalTag/t}",
  "${aws:PrincipalTag/T}",
  "a${aws:PrincipalTag/t}",
  "${aws:TagKeys}",
  "${a:none}",
  "${a:none, 'a'}",
  "${*}",
  "${?}",
  "${$}",
];
const KEYS = [
  "aws:UserAgent",
  "aws:UserAgent",
  "AWS:useragent",
  "aws:TagKeys",
  "aws:PrincipalTag/t",
  "aws:PrincipalTag/T",
  "aws:username",
  "a:none",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:SourceIp",
  "aws:CurrentTime",
  "s3:max-keys",
  "x:y",
];
const VALUES = {
  Numeric: [
    "0",
    "-0",
    "1",
    "1.0",
    "01",
    "10",
    "9",
    "-1",
    "9007199254740993",
    "9007199254740992",
    "0.1",
    "1e1",
    "",
    "a",
    "+1",
  ],
  Date: [
    "2026-01-31T12:00:00Z",
    "2026-01-31T13:00:00+01:00",
    "2026-01-31",
    "2026",
    "2026-02-31",
    "1769860800",
    "1769860801",
    "2026-13",
    "",
    "now",
  ],
  Bool: ["true", "false", "True", "", "${a:none, 'true'}"],
  Binary: ["QQ==", "QR==", "QUI=", "QUJD", "", "Q", "Q==="],
  Ip: [
    "192.0.2.1",
    "192.0.2.0/24",
    "192.0.2.1/32",
    "0.0.0.0/0",
    "2001:db8::1",
    "2001:db8::/32",
    "::ffff:192.0.2.1",
    "192.0.2.01",
    "192.0.2.0/33",
    "::/0",
    "2001:DB8:0::1",
    "a",
    "",
  ],
  Arn: [
    "arn:aws:s3:::b",
    "arn:aws:s3:::*",
    "arn:aws:*:*:*:b",
    "arn:*",
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:iam::*:user/*",
    "arn:aws:sns:eu:1:t:u",
    "arn:aws:sns:e?:*:t*",
    "arn:aws:s3:::${aws:username}",
    "*",
    "",
    "b",
  ],
};

/** Returns `{ request, layers, extra, at }`: a question, the documents that apply, a Deny to add, and a place. */
export function makeQuestion(tape) {
  const { pick, below, oneIn } = tape;
  // The question first: a tape that runs out leaves the documents simple, and never the caller.
  const trust = oneIn(4);
  const at = below(256);
  const request = {
    principal: principalOf(tape),
    action: trust ? pick(TRUST_ACTIONS) : pick(ACTIONS),
    ...targetOf(tape),
    context: contextOf(tape),
  };
  const resource = trust || !oneIn(2) ? documentOf(tape, trust ? "trust" : "resource") : undefined;
  const plain = (most) => Array.from({ length: below(most + 1) }, () => documentOf(tape, "identity"));
  const layers = {
    identity: [documentOf(tape, "identity"), ...plain(1)],
    boundary: oneIn(3) ? documentOf(tape, "identity") : undefined,
    session: oneIn(3) ? [documentOf(tape, "identity")] : [],
    serviceControl: oneIn(3) ? [[documentOf(tape, "identity")], plain(1)] : [],
    resource,
    trust,
  };
  return { request, layers, extra: statementOf(tape, "identity", "Deny"), at };
}

function documentOf(tape, kind) {
  const statements = tape.some(1, 3, () => statementOf(tape, kind, tape.oneIn(4) ? "Deny" : "Allow"));
  return { Version: tape.oneIn(8) ? "2008-10-17" : "2012-10-17", Statement: statements };
}

function statementOf(tape, kind, effect) {
  const { pick, oneIn } = tape;
  const statement = { Effect: effect };
  if (kind !== "identity") {
    const negated = effect === "Deny" && kind === "resource" && oneIn(2);
    statement[negated ? "NotPrincipal" : "Principal"] = writtenPrincipal(tape, kind);
  }
  statement[oneIn(6) ? "NotAction" : "Action"] = tape.some(1, 2, () => pick(PATTERNS));
  if (kind !== "trust") statement[oneIn(6) ? "NotResource" : "Resource"] = tape.some(1, 2, () => resourcePattern(tape));
  if (oneIn(2)) statement.Condition = conditionOf(tape);
  return statement;
}

function writtenPrincipal(tape, kind) {
  const { pick, oneIn } = tape;
  if (oneIn(5)) return kind === "trust" ? { AWS: "*" } : "*";
  if (oneIn(8))
    return kind === "trust" ? { Federated: [PROVIDER, "www.amazon.com"] } : { CanonicalUser: "a".repeat(64) };
  if (oneIn(6)) return { Service: [pick([HOST, "ec2.amazonaws.com.cn"])] };
  const account = pick([HERE, THERE]);
  const name = pick(NAMES);
  const one = () =>
    pick([
      account,
      `arn:aws:iam::${account}:root`,
      `arn:aws-cn:iam::${account}:root`,
      userOf(account, name).arn,
      userOf(account, name).uniqueId,
      sessionOf(account, name, "s1").roleArn,
      sessionOf(account, name, "s1").roleUniqueId,
      sessionOf(account, name, pick(SESSIONS)).sessionArn,
      `arn:aws:sts::${account}:federated-user/${name}`,
    ]);
  return { AWS: tape.some(1, 3, one) };
}

function resourcePattern(tape) {
  const { pick, oneIn } = tape;
  if (oneIn(4)) return "*";
  if (oneIn(4))
    return pick([
      "arn:aws:s3:::*",
      "arn:aws:sqs:*:*:*",
      "arn:aws:sqs:e*:1*:a",
      "arn:*:sqs:*:*:*a",
      "arn:aws:kms:eu:*:key/*",
      "arn:aws:sqs:eu:1*:q",
    ]);
  if (oneIn(4)) return `arn:aws:s3:::${pick(VARIABLES)}`;
  const tail = tape.some(1, 4, () => (oneIn(3) ? pick(WILD) : oneIn(4) ? pick(VARIABLES) : pick(PIECES))).join("");
  return `${pick(["arn:aws:s3:::", "arn:aws:s3:*:*:", "arn:aws:sqs:eu*:*:", "arn:aws:sqs:eu-?:1111*:", "arn:*:s3:::"])}${tail}`;
}

function targetOf(tape) {
  const { pick } = tape;
  const account = pick([HERE, THERE]);
  const tail = tape.some(1, 4, () => pick([...PIECES, "*"])).join("");
  const resource = pick([
    `arn:aws:s3:::${tail}`,
    `arn:aws:sqs:eu-1:${account}:${tail}`,
    `arn:aws:kms:eu:${account}:key/a`,
    `arn:aws:sqs:eu:${account}:a:${tail}`,
    "*",
    `arn:aws:s3:eu:a:${tail}`,
  ]);
  return { resource, resourceAccount: account };
}

function conditionOf(tape) {
  // What the caller sends, compared with what the caller is.
  if (tape.oneIn(4)) {
    return { [tape.pick(["StringLike", "StringNotLike"])]: { "aws:UserAgent": tape.pick(VARIABLES) } };
  }
  const block = {};
  for (const operator of new Set(tape.some(1, 2, () => operatorOf(tape)))) {
    const seen = new Set();
    const line = {};
    for (const key of tape.some(1, 2, () => tape.pick(KEYS))) {
      if (seen.has(key.toLowerCase())) continue;
      seen.add(key.toLowerCase());
      line[key] = tape.some(1, 2, () => valueOf(tape, operator));
    }
    block[operator] = line;
  }
  return block;
}

function operatorOf({ pick, oneIn }) {
  if (oneIn(8)) return "Null";
  const name = oneIn(2)
    ? pick(["StringLike", "StringNotLike", "StringEquals", "StringNotEquals"])
    : pick(CONDITION_OPERATORS);
  return `${oneIn(3) ? pick(["ForAnyValue:", "ForAllValues:"]) : ""}${name}${oneIn(4) ? "IfExists" : ""}`;
}

function valueOf(tape, operator) {
  const { pick, oneIn } = tape;
  if (operator === "Null") return pick(["true", "false", "True", true, false, ""]);
  const kind = Object.keys(VALUES).find((one) => operator.includes(one));
  if (kind !== undefined && !oneIn(16)) return pick(VALUES[kind]);
  if (oneIn(4)) return pick(VARIABLES);
  const pieces = oneIn(2) ? ["a", "b"] : PIECES;
  return tape.some(0, 4, () => (oneIn(3) ? pick(WILD) : oneIn(4) ? pick(VARIABLES) : pick(pieces))).join("");
}

function contextOf(tape) {
  const { pick, oneIn } = tape;
  const context = {};
  const text = () => tape.some(0, 4, () => pick(oneIn(2) ? ["a", "b", "*"] : [...PIECES, "*", "?"])).join("");
  const put = (key, make) => {
    if (oneIn(3)) context[key] = oneIn(4) ? tape.some(0, 3, make) : make();
  };
  context["aws:UserAgent"] = text();
  put("aws:UserAgent", () => (oneIn(4) ? pick(Object.values(VALUES).flat()) : text()));
  put("aws:TagKeys", text);
  put("aws:SourceIp", () => pick(VALUES.Ip));
  put("aws:CurrentTime", () => pick(VALUES.Date));
  put("s3:max-keys", () => pick(VALUES.Numeric));
  put("x:y", () => pick(VALUES[pick(Object.keys(VALUES))]));
  return context;
}

function principalOf(tape) {
  const { pick, below } = tape;
  const account = pick([HERE, THERE]);
  const name = pick(NAMES);
  const tags = pick([undefined, { t: "a" }, { T: "*" }, { t: "" }, { t: "*" }, { t: "?*" }]);
  const tagged = (one) => (tags === undefined ? one : { ...one, tags });
  switch (below(10)) {
    case 0:
      return { type: "root", accountId: account, partition: "aws" };
    case 1:
      return { type: "service", service: HOST };
    case 2:
      return { type: "anonymous" };
    case 3:
      return { type: "federated", provider: PROVIDER };
    case 4:
      return {
        type: "federated-user",
        accountId: account,
        uniqueId: `${account}:${name}`,
        arn: `arn:aws:sts::${account}:federated-user/${name}`,
      };
    case 5:
    case 6:
    case 7:
      return tagged(sessionOf(account, name, pick(SESSIONS)));
    default:
      return tagged(userOf(account, name));
  }
}

function userOf(accountId, userName) {
  return {
    type: "user",
    accountId,
    userName,
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    uniqueId: idOf("AIDA", userName),
  };
}

function sessionOf(accountId, role, sessionName) {
  return {
    type: "role-session",
    accountId,
    roleArn: `arn:aws:iam::${accountId}:role/p/${role}`,
    roleUniqueId: idOf("AROA", role),
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${role}/${sessionName}`,
    sessionName,
  };
}

function idOf(prefix, name) {
  return `${prefix}${Buffer.from(name).toString("hex").toUpperCase().padEnd(16, "0")}`;
}
