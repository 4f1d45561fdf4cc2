// A permission statement at the door: only what a policy of IAM's can hold, and nothing that a template would act on.
import { parsePolicy, PolicyError } from "@daypass/policy";
import { checkInert, checkList, checkObject, checkProse } from "./check-values.js";
import { TemplateError } from "./errors.js";
import { checkPlaceholders } from "./substitute-placeholders.js";
import type { PermissionStatement } from "./types.js";

const PROPERTIES = ["sid", "why", "effect", "actions", "resources", "conditions"];
const MOST_ENTRIES = 500;

/** IAM JSON policy elements: Sid. */
const SID = /^[A-Za-z0-9]{1,64}$/;
const ACTION = /^(?:\*|[a-z0-9-]{1,64}:[A-Za-z0-9*?]{1,128})$/;
const OPERATOR = /^(?:ForAllValues:|ForAnyValue:)?[A-Za-z]{1,40}$/;
/** Never `Fn::…`: an object with such a key would be a function to CloudFormation. */
const KEY = /^[A-Za-z0-9.-]{1,128}:[A-Za-z0-9_][\w+=.@:/-]{0,255}$/;
/** IAM User Guide, "IAM and AWS STS quotas": tab, line feed, carriage return and U+0020 to U+00FF. */
const POLICY_TEXT = /^[\u0020-\u007E\u00A0-\u00FF]{1,2048}$/;

/** The sids of the statements that every role of ours carries. */
const OURS: ReadonlySet<string> = new Set(["ReadOwnRole", "ReadOwnPolicies", "NeverChangeItself", "SetupCanary"]);

/** Checks a list of statements. Throws `TemplateError` with the place of the first thing that is wrong. */
export function checkStatements(value: unknown, path: string): readonly PermissionStatement[] {
  return checkList(value, path, MOST_ENTRIES).map((each, index) => checkStatement(each, `${path}[${index}]`));
}

function checkStatement(value: unknown, path: string): PermissionStatement {
  const { sid, why, effect, actions, resources, conditions } = checkObject(value, path, PROPERTIES);
  if (typeof sid !== "string" || !SID.test(sid)) throw malformed(`${path}.sid`, "a sid of letters and digits");
  if (OURS.has(sid)) throw malformed(`${path}.sid`, "another sid, this one is the template's own");
  if (effect !== undefined && effect !== "Allow" && effect !== "Deny")
    throw malformed(`${path}.effect`, "Allow or Deny");
  const checked: PermissionStatement = {
    sid,
    why: checkProse(why, `${path}.why`, 500),
    ...(effect === undefined ? {} : { effect }),
    actions: checkTexts(actions, `${path}.actions`, (text) => ACTION.test(text), "actions such as s3:GetObject"),
    resources: checkTexts(resources, `${path}.resources`, isResource, "ARNs, or `*`").map((text, index) =>
      checkPlaceholders(checkInert(text, `${path}.resources[${index}]`), `${path}.resources[${index}]`),
    ),
    ...(conditions === undefined ? {} : { conditions: checkConditions(conditions, `${path}.conditions`) }),
  };
  parseAsPolicy(checked, path);
  return checked;
}

// The evaluator's own parser has the last word: it knows the operators, the variables and what belongs together.
function parseAsPolicy({ effect = "Allow", actions, resources, conditions }: PermissionStatement, path: string): void {
  const Condition = conditions === undefined ? {} : { Condition: conditions };
  const statement = { Effect: effect, Action: actions, Resource: resources, ...Condition };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
    .replaceAll("${AWS::AccountId}", "123456789012")
    .replaceAll("${AWS::Partition}", "aws")
    .replaceAll("${AWS::Region}", "us-east-1");
  try {
    parsePolicy(text, "identity");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const place = error.path.replace(/^Statement\[0\]/, path);
    throw new TemplateError("invalid_statement", "IAM would refuse this", {
      path: place,
      hint: error.hint,
      cause: error,
    });
  }
}

function checkConditions(value: unknown, path: string): NonNullable<PermissionStatement["conditions"]> {
  const checked: [string, Record<string, readonly string[]>][] = [];
  for (const [operator, keys] of entries(value, path)) {
    if (!OPERATOR.test(operator)) throw malformed(path, "operators such as StringEquals");
    const block: Record<string, readonly string[]> = {};
    for (const [key, values] of entries(keys, `${path}.${operator}`)) {
      const place = `${path}.${operator}`;
      if (!KEY.test(key)) throw malformed(place, "condition keys such as aws:ResourceTag/team");
      if (Object.keys(block).some((other) => other.toLowerCase() === key.toLowerCase())) {
        throw malformed(place, "every key once, case does not matter");
      }
      const list = typeof values === "string" ? [values] : values;
      block[key] = checkTexts(list, `${place}.${key}`, isPolicyText, "texts").map((text) =>
        checkPlaceholders(checkInert(text, `${place}.${key}`), `${place}.${key}`),
      );
    }
    checked.push([operator, block]);
  }
  return Object.fromEntries(checked);
}

function entries(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "an object");
  const found = Object.entries(value);
  // An empty block looks like a limit and is none.
  if (found.length === 0) throw malformed(path, "at least one entry, or leave it out");
  return found;
}

function checkTexts(value: unknown, path: string, fits: (text: string) => boolean, wanted: string): readonly string[] {
  const list = checkList(value, path, MOST_ENTRIES);
  if (list.length === 0) throw malformed(path, `${wanted}, at least one`);
  return list.map((each, index) => {
    if (typeof each === "string" && fits(each)) return each;
    throw malformed(`${path}[${index}]`, wanted);
  });
}

function isPolicyText(text: string): boolean {
  return POLICY_TEXT.test(text);
}

function isResource(text: string): boolean {
  return text === "*" || (text.startsWith("arn:") && text.split(":").length >= 6 && isPolicyText(text));
}

function malformed(path: string, wanted: string): TemplateError {
  return new TemplateError("invalid_statement", "no policy can hold this", { path, hint: `write ${wanted}` });
}
