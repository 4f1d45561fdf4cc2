// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context keys".
import { describe, expect, it } from "vitest";
import { denies, holds } from "./ask.js";

type Row = readonly [operator: string, policy: unknown, request: string, holds: boolean];

function check(key: string, rows: readonly Row[]): void {
  it.each(rows)("%s %j, request %j: %s", (operator, policy, request, expected) => {
    expect(holds({ [operator]: { [key]: policy } }, { [key]: request })).toBe(expected);
  });
}

describe("string operators", () => {
  check("aws:UserAgent", [
    ["StringEquals", "john", "john", true],
    ["StringEquals", "john", "John", false],
    ["StringEquals", "john", "john ", false],
    ["StringEquals", "joh*", "john", false],
    ["StringEquals", "joh*", "joh*", true],
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", "", "", true],
    ["StringEquals", true, "true", true],
    ["StringEquals", 12, "12", true],
    ["StringNotEquals", "john", "John", true],
    ["StringNotEquals", "john", "john", false],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", ["a", "b"], "c", true],
    ["StringEqualsIgnoreCase", "JOHN", "john", true],
    ["StringEqualsIgnoreCase", "JOHN", "johnny", false],
    ["StringEqualsIgnoreCase", "J*", "john", false],
    ["StringNotEqualsIgnoreCase", "JOHN", "john", false],
    ["StringNotEqualsIgnoreCase", "JOHN", "jon", true],
    ["StringLike", "j*n", "john", true],
    ["StringLike", "j*n", "jn", true],
    ["StringLike", "j*n", "John", false],
    ["StringLike", "j??n", "john", true],
    ["StringLike", "j?n", "john", false],
    ["StringLike", "*", "", true],
    ["StringLike", "?", "", false],
    ["StringLike", "a.c", "abc", false],
    ["StringLike", "a.c*", "abcd", false],
    ["StringLike", "a.c*", "a.cd", true],
    ["StringLike", "(a+)+$", "aaaa", false],
    ["StringLike", "[ab]^$|\\d{1}*", "[ab]^$|\\d{1}!", true],
    ["StringLike", "*ab*ab*", "xabab", true],
    ["StringLike", "*ab*ab*", "xabb", false],
    ["StringLike", "a*a", "a", false],
    ["StringLike", "line*", "line\nbreak", true],
    ["StringNotLike", "j*", "john", false],
    ["StringNotLike", ["j*", "m*"], "anna", true],
  ]);
});

describe("numeric operators", () => {
  check("s3:max-keys", [
    ["NumericEquals", "10", "10.0", true],
    ["NumericEquals", 10, "10", true],
    ["NumericEquals", "10", "1e1", false],
    ["NumericEquals", "9007199254740993", "9007199254740992", false],
    ["NumericEquals", "-0", "0", true],
    ["NumericNotEquals", "10", "11", true],
    ["NumericNotEquals", "10", "10", false],
    ["NumericLessThan", "10", "9.999", true],
    ["NumericLessThan", "10", "10", false],
    ["NumericLessThan", "10", "-10", true],
    ["NumericLessThan", "9", "10", false],
    ["NumericLessThanEquals", "10", "10", true],
    ["NumericLessThanEquals", "10", "10.000000001", false],
    ["NumericGreaterThan", "10", "100", true],
    ["NumericGreaterThan", "10", "10", false],
    ["NumericGreaterThanEquals", "10", "10", true],
    ["NumericGreaterThanEquals", "10", "9", false],
  ]);
});

describe("date operators", () => {
  check("aws:CurrentTime", [
    ["DateEquals", "2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", true],
    ["DateEquals", "2020-01-01", "2020-01-01T00:00:00Z", true],
    ["DateEquals", "2020", "2020-01-01T00:00Z", true],
    ["DateEquals", "2020-02", "2020-02-01", true],
    ["DateEquals", "1577836800", "2020-01-01T00:00:00Z", true],
    ["DateEquals", 1577836800, "2020-01-01T00:00:00.000Z", true],
    ["DateEquals", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.500Z", true],
    ["DateNotEquals", "2020-01-01", "2020-01-02", true],
    ["DateNotEquals", "2020-01-01", "2020-01-01", false],
    ["DateLessThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:00Z", true],
    ["DateLessThan", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", false],
    ["DateLessThanEquals", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", true],
    ["DateGreaterThan", "2020-01-01T00:00:00-05:30", "2020-01-01T05:30:01Z", true],
    ["DateGreaterThan", "2020-01-01T00:00:00-05:30", "2020-01-01T05:30:00Z", false],
    ["DateGreaterThanEquals", "2020-01-01T00:00:00Z", "1577836800", true],
    ["DateGreaterThanEquals", "2020-01-01T00:00:00Z", "1577836799", false],
  ]);
});

describe("Bool and BinaryEquals", () => {
  check("aws:SecureTransport", [
    ["Bool", "true", "true", true],
    ["Bool", true, "true", true],
    ["Bool", "true", "false", false],
    ["Bool", false, "false", true],
    ["Bool", ["true", "false"], "false", true],
    ["BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true],
    ["BinaryEquals", "AAAA", "AAAB", false],
  ]);
});

describe("IP address operators", () => {
  check("aws:SourceIp", [
    ["IpAddress", "203.0.113.0/24", "203.0.113.255", true],
    ["IpAddress", "203.0.113.0/24", "203.0.114.0", false],
    ["IpAddress", "203.0.113.77/24", "203.0.113.1", true],
    ["IpAddress", "203.0.113.7", "203.0.113.7", true],
    ["IpAddress", "203.0.113.7", "203.0.113.8", false],
    ["IpAddress", "203.0.113.7/32", "203.0.113.7", true],
    ["IpAddress", "0.0.0.0/0", "255.255.255.255", true],
    ["IpAddress", "128.0.0.0/1", "200.0.0.1", true],
    ["IpAddress", "128.0.0.0/1", "100.0.0.1", false],
    ["IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678:ffff::1", true],
    ["IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false],
    ["IpAddress", "::1", "0:0:0:0:0:0:0:1", true],
    ["IpAddress", "::ffff:203.0.113.7", "::ffff:cb00:7107", true],
    ["IpAddress", "::/0", "203.0.113.7", false],
    ["IpAddress", ["2001:db8::/32", "203.0.113.0/24"], "203.0.113.7", true],
    ["NotIpAddress", "203.0.113.0/24", "203.0.113.7", false],
    ["NotIpAddress", "203.0.113.0/24", "198.51.100.7", true],
    ["NotIpAddress", "203.0.113.0/24", "2001:db8::1", true],
  ]);
});

describe("ARN operators", () => {
  // The second pattern and value are AWS's own example of what StringLike matches and ArnLike does not.
  const pattern = "arn:aws:someservice:*:111122223333:finance/*";
  const value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
  check("aws:SourceArn", [
    ["ArnLike", pattern, "arn:aws:someservice:us-east-2:111122223333:finance/a/b:c", true],
    ["ArnLike", pattern, value, false],
    ["StringLike", pattern, value, true],
    ["ArnEquals", pattern, "arn:aws:someservice:us-east-2:111122223333:finance/", true],
    ["ArnEquals", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:topic", true],
    ["ArnEquals", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:Topic", false],
    ["ArnLike", "arn:aws:s*:::x", "arn:aws:sns:::x", true],
    ["ArnLike", "arn:aws:s?s:::x", "arn:aws:sns:::x", true],
    ["ArnNotEquals", pattern, value, true],
    ["ArnNotLike", "arn:aws:sns:*:*:topic", "arn:aws:sns:us-east-1:111122223333:topic", false],
    ["ArnLike", "arn:aws:sns:*:*:topic", "topic", false],
  ]);
});

describe("a key that is absent", () => {
  it.each([
    ["StringEquals", false],
    ["StringLike", false],
    ["StringEqualsIgnoreCase", false],
    ["NumericLessThan", false],
    ["DateGreaterThan", false],
    ["Bool", false],
    ["BinaryEquals", false],
    ["IpAddress", false],
    ["ArnLike", false],
    ["ArnEquals", false],
    ["StringNotEquals", true],
    ["StringNotEqualsIgnoreCase", true],
    ["StringNotLike", true],
    ["NumericNotEquals", true],
    ["DateNotEquals", true],
    ["NotIpAddress", true],
    ["ArnNotEquals", true],
    ["ArnNotLike", true],
    ["StringEqualsIfExists", true],
    ["StringNotEqualsIfExists", true],
    ["BoolIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAllValues:StringNotEquals", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
    ["ForAnyValue:StringEqualsIfExists", true],
  ])("%s: %s", (operator, expected) => {
    expect(holds({ [operator]: { "aws:SourceArn": "x" } })).toBe(expected);
    expect(holds({ [operator]: { "aws:SourceArn": "x" } }, { "aws:SourceArn": [] })).toBe(expected);
    expect(denies({ [operator]: { "aws:SourceArn": "x" } })).toBe(expected);
  });

  it("IfExists does not loosen a key that is present", () => {
    expect(holds({ StringEqualsIfExists: { "aws:UserAgent": "x" } }, { "aws:UserAgent": "y" })).toBe(false);
    expect(holds({ BoolIfExists: { "aws:SecureTransport": "true" } }, { "aws:SecureTransport": "false" })).toBe(false);
    expect(holds({ StringEqualsIfExists: { "aws:UserAgent": "x" } }, { "aws:UserAgent": "x" })).toBe(true);
  });

  it("Null asks for the key alone", () => {
    const token = { "aws:TokenIssueTime": "2020-01-01T00:00:00Z" };
    expect(holds({ Null: { "aws:TokenIssueTime": "true" } })).toBe(true);
    expect(holds({ Null: { "aws:TokenIssueTime": true } }, token)).toBe(false);
    expect(holds({ Null: { "aws:TokenIssueTime": "false" } }, token)).toBe(true);
    expect(holds({ Null: { "aws:TokenIssueTime": false } })).toBe(false);
    expect(holds({ Null: { "aws:TokenIssueTime": "true" } }, { "aws:TokenIssueTime": [] })).toBe(true);
  });

  it("Null keeps out a key without a value, also one that ForAllValues takes for none", () => {
    const listed = { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] }, Null: { "aws:TagKeys": "false" } };
    expect(holds(listed, { "aws:TagKeys": ["team"] })).toBe(true);
    expect(holds(listed)).toBe(false);
    for (const value of ["true", "false"]) {
      expect(holds({ Null: { "aws:TagKeys": value } }, { "aws:TagKeys": [""] })).toBe(false);
      expect(denies({ Null: { "aws:TagKeys": value } }, { "aws:TagKeys": [""] })).toBe(true);
    }
    expect(holds(listed, { "aws:TagKeys": [""] })).toBe(false);
  });
});

describe("keys with several values", () => {
  const attributes = (...values: readonly string[]) => ({ "dynamodb:Attributes": values });
  const listed = { "dynamodb:Attributes": ["PostDateTime", "Message", "Tags"] };

  it("ForAllValues holds when every value of the request is listed", () => {
    expect(holds({ "ForAllValues:StringEquals": listed }, attributes("Message", "Tags"))).toBe(true);
    expect(holds({ "ForAllValues:StringEquals": listed }, attributes("PostDateTime", "UserName"))).toBe(false);
  });

  it("ForAnyValue holds when one value of the request is listed", () => {
    expect(holds({ "ForAnyValue:StringEquals": listed }, attributes("UserName", "Message", "PostDateTime"))).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": listed }, attributes("UserName"))).toBe(false);
  });

  it("negated operators compare each value with the whole list", () => {
    expect(holds({ "ForAllValues:StringNotEquals": listed }, attributes("ID", "UserName"))).toBe(true);
    expect(holds({ "ForAllValues:StringNotEquals": listed }, attributes("ID", "Tags"))).toBe(false);
    expect(holds({ "ForAnyValue:StringNotLike": listed }, attributes("ID", "Tags"))).toBe(true);
    expect(holds({ "ForAnyValue:StringNotLike": listed }, attributes("Message", "Tags"))).toBe(false);
  });

  it("an empty string is a null data set: true for ForAllValues, false for ForAnyValue", () => {
    expect(holds({ "ForAllValues:StringEquals": listed }, attributes(""))).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": { "dynamodb:Attributes": "" } }, attributes(""))).toBe(false);
    expect(holds({ "ForAllValues:StringEquals": listed }, attributes("", "x"))).toBe(false);
  });

  it("without a set operator several values never help: no Allow holds, every Deny does", () => {
    for (const operator of ["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists"]) {
      expect(holds({ [operator]: { "aws:TagKeys": "a" } }, { "aws:TagKeys": ["a", "b"] })).toBe(false);
      expect(denies({ [operator]: { "aws:TagKeys": "a" } }, { "aws:TagKeys": ["a", "b"] })).toBe(true);
    }
    expect(holds({ StringEquals: { "aws:TagKeys": "a" } }, { "aws:TagKeys": ["a"] })).toBe(true);
  });
});

describe("values that cannot be compared: no Allow holds, every Deny does", () => {
  it.each<[string, string, string]>([
    ["NumericEquals", "ten", "10"],
    ["NumericEquals", "10", ""],
    ["NumericNotEquals", "10", "ten"],
    ["NumericLessThan", "10", "9 "],
    ["NumericLessThan", "0x10", "1"],
    ["NumericLessThan", "1".repeat(65), "1"],
    ["NumericEquals", "1.", "1"],
    ["DateEquals", "2020-01-01T00:00:00", "2020-01-01T00:00:00Z"],
    ["DateNotEquals", "yesterday", "2020-01-01T00:00:00Z"],
    ["DateLessThan", "2020-02-31", "2020-01-01"],
    ["DateLessThan", "2020-13-01", "2020-01-01"],
    ["DateLessThan", "2020-01-01T24:00:00Z", "2020-01-01"],
    ["DateLessThan", "2020-01-01T00:00:00+99:00", "2020-01-01"],
    ["DateLessThan", "2020-01-0*", "2020-01-01"],
    ["Bool", "yes", "true"],
    ["Bool", "True", "true"],
    ["Bool", "true", "1"],
    ["BinaryEquals", "====", "AAAA"],
    ["BinaryEquals", "AAAA", "not base64"],
    ["IpAddress", "203.0.113.0/33", "203.0.113.1"],
    ["IpAddress", "203.0.113.0/", "203.0.113.1"],
    ["IpAddress", "203.0.113.0/24/8", "203.0.113.1"],
    ["IpAddress", "203.0.113", "203.0.113.1"],
    ["IpAddress", "203.0.113.0/24", "203.0.113.01"],
    ["IpAddress", "203.0.113.0/24", "203.0.113.256"],
    ["NotIpAddress", "203.0.113.0/24", "unknown"],
    ["IpAddress", "2001:db8::/129", "2001:db8::1"],
    ["IpAddress", "2001:db8::1::/64", "2001:db8::1"],
    ["IpAddress", "1:2:3:4:5:6:7", "2001:db8::1"],
    ["IpAddress", "1:2:3:4:5:6:7::8:9", "2001:db8::1"],
    ["IpAddress", "::12345", "2001:db8::1"],
    ["IpAddress", "203.0.113.7::", "2001:db8::1"],
    ["IpAddress", "203.0.113.0/24", "::ffff:203.0.113.7"],
    ["NotIpAddress", "203.0.113.0/24", "::ffff:cb00:7107"],
    ["NotIpAddress", "::ffff:203.0.113.0/120", "203.0.113.7"],
    ["ArnLike", "*", "arn:aws:s3:::bucket"],
    ["ArnNotLike", "bucket", "arn:aws:s3:::bucket"],
    ["ArnEquals", "arn:aws:s3:::bucket", "bucket"],
    ["ArnNotLike", "arn:aws:s3:::bucket", "arn:aws:s3"],
    ["ArnNotEquals", "arn:aws:s3:::bucket", "urn:aws:s3:::bucket"],
    ["Null", "maybe", "x"],
  ])("%s %j, request %j", (operator, policy, request) => {
    expect(holds({ [operator]: { "aws:UserAgent": policy } }, { "aws:UserAgent": request })).toBe(false);
    expect(denies({ [operator]: { "aws:UserAgent": policy } }, { "aws:UserAgent": request })).toBe(true);
  });

  it("but a value that does match settles it", () => {
    expect(holds({ NumericEquals: { "s3:max-keys": ["ten", "10"] } }, { "s3:max-keys": "10" })).toBe(true);
    expect(denies({ NumericNotEquals: { "s3:max-keys": ["ten", "10"] } }, { "s3:max-keys": "10" })).toBe(false);
  });
});

describe("a Condition block", () => {
  const request = { "aws:UserAgent": "cli", "aws:SecureTransport": "true" };

  it("holds when all its operators and all their keys hold", () => {
    const both = { StringEquals: { "aws:UserAgent": "cli" }, Bool: { "aws:SecureTransport": "true" } };
    expect(holds(both, request)).toBe(true);
    expect(holds({ ...both, Bool: { "aws:SecureTransport": "false" } }, request)).toBe(false);
    expect(holds({ StringEquals: { "aws:UserAgent": "cli", "aws:SecureTransport": "false" } }, request)).toBe(false);
  });

  it("compares keys without regard to case", () => {
    expect(holds({ StringEquals: { "AWS:USERAGENT": "cli" } }, { "aws:userAgent": "cli" })).toBe(true);
    expect(holds({ Null: { "aws:SECUREtransport": "true" } }, request)).toBe(false);
  });
});
