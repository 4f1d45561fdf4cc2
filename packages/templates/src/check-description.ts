// A vendor's description at the door: copied, complete, and such that a template can be made of it.
import { checkChoice, checkInert, checkList, checkObject, checkProse, checkShape, refused } from "./check-values.js";
import { checkStatements } from "./check-statement.js";
import { checkTrust } from "./check-trust.js";
import { FINDING_CODES } from "./finding-codes.js";
import type { AcceptedFinding, Branding, PermissionStatement, RoleDescription, UserDescription } from "./types.js";

/** The names of everything that describes a role. */
export const ROLE_PROPERTIES: readonly string[] = [
  "serviceName",
  "branding",
  "partition",
  "vendorAccountId",
  "vendorPrincipals",
  "trustConditions",
  "rolePath",
  "maxSessionDuration",
  "externalIdPattern",
  "ongoing",
  "setup",
  "permissionsBoundary",
  "accept",
];
const USER = ["serviceName", "branding", "partition", "userPath", "permissions", "permissionsBoundary", "accept"];

/** At most 32 characters, so that `NAME-` and a suffix of twelve stay below IAM's 64 for every customer. */
const SERVICE_NAME = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;
/** Three parts at most: a path is repeated in every ARN, and IAM's limit of 512 would allow statements that do not fit. */
const PATH = /^\/(?:[\w+=,.@-]{1,64}\/){1,3}$/;

/** Returns the description, checked and copied. Throws `TemplateError` with the place of the first thing that is wrong. */
export function checkRoleDescription(description: RoleDescription): RoleDescription {
  const given = checkObject(description, "", ROLE_PROPERTIES);
  const ongoing = checkStatements(given["ongoing"], "ongoing");
  const setup = checkStatements(given["setup"], "setup");
  checkSids([...ongoing, ...setup]);
  return {
    ...checkTrust(given),
    serviceName: checkServiceName(given["serviceName"]),
    branding: checkBranding(given["branding"]),
    rolePath: checkPath(given["rolePath"], "rolePath"),
    maxSessionDuration: checkDuration(given["maxSessionDuration"]),
    externalIdPattern: checkExternalIdPattern(given["externalIdPattern"]),
    ongoing,
    setup,
    permissionsBoundary: checkChoice(given["permissionsBoundary"], "permissionsBoundary", ["parameter", null] as const),
    accept: checkAccept(given["accept"]),
  };
}

/** Returns the description of an IAM user, checked and copied. Throws like `checkRoleDescription`. */
export function checkUserDescription(description: UserDescription): UserDescription {
  const given = checkObject(description, "", USER);
  const permissions = checkStatements(given["permissions"], "permissions");
  checkSids(permissions);
  return {
    serviceName: checkServiceName(given["serviceName"]),
    branding: checkBranding(given["branding"]),
    partition: checkChoice(given["partition"], "partition", ["aws", "aws-cn", "aws-us-gov"] as const),
    userPath: checkPath(given["userPath"], "userPath"),
    permissions,
    permissionsBoundary: checkChoice(given["permissionsBoundary"], "permissionsBoundary", ["parameter", null] as const),
    accept: checkAccept(given["accept"]),
  };
}

function checkServiceName(value: unknown): string {
  return checkShape(value, "serviceName", SERVICE_NAME, "a letter, then up to 31 letters, digits or `-`");
}

function checkBranding(value: unknown): Branding {
  const { displayName, supportUrl } = checkObject(value, "branding", ["displayName", "supportUrl"]);
  const name = { displayName: checkProse(displayName, "branding.displayName", 200) };
  if (supportUrl === undefined) return name;
  const wanted = "an https URL of at most 300 ASCII characters";
  return {
    ...name,
    supportUrl: checkShape(supportUrl, "branding.supportUrl", /^https:\/\/[\w.~:/?#@!$&()*+,;=%-]{1,290}$/, wanted),
  };
}

function checkPath(value: unknown, path: string): string {
  return checkShape(value, path, PATH, "a path of its own such as /acme/, at most three parts");
}

// IAM API Reference, CreateRole, MaxSessionDuration.
function checkDuration(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 3600 && value <= 43_200) return value;
  throw refused("maxSessionDuration", "no duration that a role can have", "write whole seconds from 3600 to 43200");
}

// The pattern keeps a mistyped or emptied ID out of the trust policy, so it must refuse what is none.
function checkExternalIdPattern(value: unknown): string {
  const path = "externalIdPattern";
  const wanted = "a regular expression without anchors, of letters, digits and []{}(),.:+=@/\\?*|-";
  const pattern = checkInert(checkShape(value, path, /^[\w[\]{}(),.:+=@/\\?*|-]{1,500}$/, wanted), path);
  let shape: RegExp;
  try {
    // By itself first: `a)|(b` is none, and in a template's `^(?:…)$` it would take its halves out of the anchors.
    shape = new RegExp(`^(${new RegExp(pattern).source})$`);
  } catch (cause) {
    throw refused(path, "no regular expression", `write ${wanted}`, cause);
  }
  const loose = ["", "a", "*", "a*b", "vendor *", "\u00E4\u00F6"].find((text) => shape.test(text));
  if (loose === undefined && namesItsCharacters(pattern)) return pattern;
  throw refused(path, "lets texts pass that are no external IDs", "write a narrow one, such as [0-9A-Za-z]{32}");
}

/** `.`, `\W` and a class with `*` stand for characters that no external ID has, in texts of any length. */
function namesItsCharacters(pattern: string): boolean {
  const withoutEscapes = pattern.replaceAll(/\\[wd.+=@:/,-]/g, "");
  const withoutClasses = withoutEscapes.replaceAll(/\[[^\]*?(){}|\\]*\]/g, "");
  return !/[\\.[\]]/.test(withoutClasses);
}

function checkAccept(value: unknown): readonly AcceptedFinding[] {
  if (value === undefined) return [];
  return checkList(value, "accept", 500).map((each, index) => {
    const path = `accept[${index}]`;
    const { code, sid, reason } = checkObject(each, path, ["code", "sid", "reason"]);
    return {
      code: checkChoice(code, `${path}.code`, FINDING_CODES),
      sid: checkShape(sid, `${path}.sid`, /^[A-Za-z0-9]{0,64}$/, "the sid of a statement"),
      reason: checkProse(reason, `${path}.reason`, 500),
    };
  });
}

// A finding, a difference and an acceptance name a statement by its sid.
function checkSids(statements: readonly PermissionStatement[]): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (seen.has(sid.toLowerCase())) {
      throw refused("", `two statements have the sid ${JSON.stringify(sid)}`, "give every statement a sid of its own");
    }
    seen.add(sid.toLowerCase());
  }
}
