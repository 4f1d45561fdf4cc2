// Condition blocks once more, straight from AWS's tables. `undefined` is "AWS does not say". Source: IAM User Guide,
// "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context keys".
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { arnPartsOf, charactersOf, fits, withValues } from "./naive-text.mjs";

/** Returns whether the whole block holds for the context, a map from lower-case keys to lists of values. */
export function blockHolds(block, context, variables) {
  let open = false;
  for (const [written, line] of Object.entries(block ?? {})) {
    for (const [key, values] of Object.entries(line)) {
      const expected = (Array.isArray(values) ? values : [values]).map(String);
      const holds = lineHolds(written, key.toLowerCase(), expected, context, variables);
      if (holds === false) return false;
      if (holds === undefined) open = true;
    }
  }
  return open ? undefined : true;
}

function lineHolds(written, key, expected, context, variables) {
  const actual = context.get(key) ?? [];
  const ifExists = written.endsWith("IfExists");
  const operator = written.replace(/^.*:/, "").replace(/IfExists$/, "");
  const set = written.includes(":") ? written.split(":")[0] : undefined;
  if (operator === "Null") return nullHolds(actual, expected);
  const negated = /Not/.test(operator);
  if (actual.length === 0) return ifExists || set === "ForAllValues" || (set === undefined && negated);
  if (usesMany(operator, expected, context, variables)) return undefined;
  if (set !== undefined && actual.join("") === "") return set === "ForAllValues";
  if (set === undefined && actual.length > 1) return undefined;
  const each = actual.map((value) => {
    const matched = some(expected.map((one) => compare(operator.replace("Not", ""), value, one, context, variables)));
    return matched === undefined ? undefined : matched !== negated;
  });
  return set === "ForAllValues" ? every(each) : some(each);
}

function nullHolds(actual, expected) {
  if (actual.length > 0 && actual.join("") === "") return undefined;
  const answer = String(actual.length === 0);
  return some(expected.map((one) => (one === "true" || one === "false" ? one === answer : undefined)));
}

/** A variable of a multivalued key. Numbers, dates, addresses and bytes have no variables. */
function usesMany(operator, expected, context, variables) {
  if (/^(Numeric|Date|Binary|IpAddress|NotIpAddress)/.test(operator)) return false;
  const wildcards = /Like|Arn/.test(operator);
  return expected
    .filter(
      (one) => !operator.startsWith("Arn") || arnPartsOf(charactersOf(one, { wildcards, variables })) !== undefined,
    )
    .flatMap((one) => charactersOf(one, { wildcards, variables }))
    .some(({ key }) => key !== undefined && (context.get(key) ?? []).length > 1);
}

function compare(operator, value, expected, context, variables) {
  const like = (wildcards) => withValues(charactersOf(expected, { wildcards, variables }), context);
  switch (operator) {
    case "StringEquals":
      return like(false)?.join("") === value;
    case "StringEqualsIgnoreCase":
      return like(false)?.join("").toLowerCase() === value.toLowerCase();
    case "StringLike": {
      const pattern = like(true);
      return pattern !== undefined && fits(pattern, value);
    }
    case "Bool": {
      const text = like(false)?.join("");
      if (text === undefined) return false;
      return isBool(text) && isBool(value) ? text === value : undefined;
    }
    case "ArnEquals":
    case "ArnLike":
      return arnFits(value, charactersOf(expected, { wildcards: true, variables }), context);
    case "BinaryEquals": {
      const [a, b] = [value, expected].map(bytesOf);
      return a === undefined || b === undefined ? undefined : a.equals(b);
    }
    case "IpAddress":
      return isWithin(value, expected);
    default: {
      const [, kind, relation] = /^(Numeric|Date)(.*)$/.exec(operator);
      const [a, b] = [value, expected].map(kind === "Date" ? momentOf : numberOf);
      if (a === undefined || b === undefined) return undefined;
      if (relation === "Equals") return a === b;
      if (relation.endsWith("Equals") && a === b) return true;
      return relation.startsWith("Less") ? a < b : a > b;
    }
  }
}

function isBool(text) {
  return text === "true" || text === "false";
}

function arnFits(value, characters, context) {
  const pattern = arnPartsOf(characters);
  const parts = arnPartsOf(value.split(""));
  if (pattern === undefined || parts === undefined || parts[0].join("") !== "arn") return undefined;
  return pattern.every((part, index) => {
    const resolved = withValues(part, context);
    return resolved !== undefined && fits(resolved, parts[index].join(""));
  });
}

function bytesOf(text) {
  const bytes = Buffer.from(text, "base64");
  // Same length and alphabet, padding included; the last character's spare bits may be anything.
  const same = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return same && bytes.length === (text.length / 4) * 3 - (/=*$/.exec(text)?.[0].length ?? 0) ? bytes : undefined;
}

/** Whole numbers of 10^-64, so that no digit is lost. */
function numberOf(text) {
  if (!/^[+-]?\d{1,64}(\.\d{1,64})?$/.test(text)) return undefined;
  const [whole, fraction = ""] = text.replace(/^[+-]/, "").split(".");
  const digits = BigInt(whole + fraction.padEnd(64, "0"));
  return text.startsWith("-") ? -digits : digits;
}

function momentOf(text) {
  if (/^\d{5,12}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  const filled = /^\d{4}$/.test(text) ? `${text}-01-01` : /^\d{4}-\d\d$/.test(text) ? `${text}-01` : text;
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(filled)) return undefined;
  const moment = Date.parse(filled);
  const day = Date.parse(filled.slice(0, 10));
  const exists = !Number.isNaN(day) && new Date(day).toISOString().startsWith(filled.slice(0, 10));
  return exists && !Number.isNaN(moment) ? moment : undefined;
}

function isWithin(address, range) {
  const [base, prefix, ...more] = range.split("/");
  const version = versionOf(base);
  const width = version === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? width : Number(prefix);
  const valid = more.length === 0 && (prefix === undefined || /^(0|[1-9]\d*)$/.test(prefix)) && length <= width;
  if (!valid || version === undefined || versionOf(address) === undefined) return undefined;
  if (versionOf(address) !== version) return [address, base].some(isMapped) ? undefined : false;
  const list = new BlockList();
  list.addSubnet(base, length, version);
  return list.check(address, version);
}

function isMapped(address) {
  const mapped = new BlockList();
  mapped.addSubnet("::ffff:0:0", 96, "ipv6");
  return isIPv6(address) && mapped.check(address, "ipv6");
}

function versionOf(address) {
  return address.includes("%") ? undefined : isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
}

function some(verdicts) {
  return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
}

function every(verdicts) {
  return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
}
