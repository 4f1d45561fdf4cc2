// Descriptions of what a vendor wants, which would grant more than they show, or make a template do what nobody wrote.
// B1-06, B1-15, B4-60.
import type { PermissionStatement, RoleDescription, UserDescription } from "@daypass/templates";
import { numbered } from "../attack-table.js";
import { deceivingTexts } from "./hostile-texts.js";
import { inheritedNames, spellingsOf } from "./spellings.js";

type Json = Readonly<Record<string, unknown>>;

const ofAccount = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

export const goodStatement: PermissionStatement = {
  sid: "ReadReports",
  why: "Reads the reports that you put into your bucket",
  actions: ["s3:GetObject"],
  resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}/*"],
  conditions: ofAccount,
};

export const goodDescription: RoleDescription = {
  serviceName: "Acme",
  branding: { displayName: "Acme Analytics", supportUrl: "https://acme.example/help" },
  partition: "aws",
  vendorAccountId: "111111111111",
  vendorPrincipals: ["arn:aws:iam::111111111111:role/service"],
  trustConditions: { sourceIps: ["192.0.2.0/24"] },
  rolePath: "/acme/",
  maxSessionDuration: 3600,
  externalIdPattern: "[0-9A-Za-z]{32}",
  ongoing: [goodStatement],
  setup: [
    {
      sid: "MakeBucket",
      why: "Makes the bucket that your reports go to",
      actions: ["s3:CreateBucket"],
      resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}"],
      conditions: ofAccount,
    },
  ],
  permissionsBoundary: "parameter",
  accept: [],
};

export const goodUser: UserDescription = {
  serviceName: "Acme",
  branding: { displayName: "Acme Analytics" },
  partition: "aws",
  userPath: "/acme/",
  permissions: [goodStatement],
  permissionsBoundary: null,
  accept: [],
};

export const goodParameters = {
  accountId: "222222222222",
  region: "eu-west-1",
  integrationSuffix: "abcdefghijkl",
  externalId: "Abcdefghijklmnopqrstuvwxyz012345",
  nextExternalId: "Zbcdefghijklmnopqrstuvwxyz012345",
  setupPhase: true,
  setupUntil: "2030-01-31T12:00:00Z",
  permissionsBoundaryArn: "arn:aws:iam::222222222222:policy/limit",
} as const;

const invalid = { code: "invalid_description" };
const badStatement = { code: "invalid_statement" };
const badPlaceholder = { code: "invalid_placeholder" };
const lint = { code: "lint_failed" };

type Case = readonly [attack: string, change: Json, expected?: Json];

const statement = (change: Json): Json => ({ ongoing: [{ ...goodStatement, ...change }] });
const trusted = (change: Json): Json => ({ trustConditions: change });
const pattern = (externalIdPattern: unknown): Json => ({ externalIdPattern });
const principal = (arn: unknown): Json => ({ vendorPrincipals: [arn] });

const cases: readonly Case[] = [
  ["is for no partition", { partition: undefined }],
  ["is for a partition of its own", { partition: "aws-evil" }],
  ["is of a vendor with eleven digits", { vendorAccountId: "11111111111" }],
  ["is of a vendor that is a number", { vendorAccountId: 111111111111 }],
  ["is of every vendor", { vendorAccountId: "*" }],
  ["is of a vendor that is a function", { vendorAccountId: { Ref: "VendorAccount" } }],
  ["forgets who may enter", { vendorPrincipals: undefined }],
  ["lets nobody enter", { vendorPrincipals: [] }],
  ["lets everybody enter", principal("*")],
  ["lets every role enter", principal("arn:aws:iam::111111111111:role/*")],
  ["lets another account enter", principal("arn:aws:iam::333333333333:role/service")],
  ["lets the root enter", principal("arn:aws:iam::111111111111:root")],
  ["lets a session enter", principal("arn:aws:sts::111111111111:assumed-role/service/x")],
  ["lets another partition enter", principal("arn:aws-cn:iam::111111111111:role/service")],
  ["lets a placeholder enter", principal("arn:aws:iam::111111111111:role/${AWS::AccountId}")],
  ["lets a function enter", principal({ "Fn::Sub": "x" })],
  ["limits to no address", trusted({ sourceIps: [] })],
  ["limits to every address", trusted({ sourceIps: ["0.0.0.0/0"] })],
  ["limits to every address of the other family", trusted({ sourceIps: ["::/0"] })],
  ["limits to one address and every address", trusted({ sourceIps: ["192.0.2.0/24", "0.0.0.0/0"] })],
  ["limits to an address without a range", trusted({ sourceIps: ["192.0.2.1"] })],
  ["limits to a range that is none", trusted({ sourceIps: ["192.0.2.0/33"] })],
  ["limits to an address with octal parts", trusted({ sourceIps: ["0300.0.2.0/24"] })],
  ["limits to a name", trusted({ sourceIps: ["acme.example/24"] })],
  ["limits to twenty-one ranges", trusted({ sourceIps: Array(21).fill("192.0.2.0/24") })],
  ["limits to a text", trusted({ sourceIps: "192.0.2.0/24" })],
  ["limits to no organisation", trusted({ organizationId: "" })],
  ["limits to every organisation", trusted({ organizationId: "o-*" })],
  ["limits to an organisation with a path", trusted({ organizationId: "o-aaaaaaaaaa/r-bbbb/" })],
  ["asks for no MFA", trusted({ requireMfa: false })],
  ["asks for MFA in words", trusted({ requireMfa: "true" })],
  ["has limits that are a list", { trustConditions: [] }],
  ["has limits that are null", { trustConditions: null }],
  ["takes any text for an external ID", pattern(".*")],
  ["takes any character for an external ID", pattern(".{32}")],
  ["takes an empty external ID", pattern("[0-9A-Za-z]*")],
  ["takes an optional external ID", pattern("([0-9A-Za-z]{32})?")],
  ["takes an external ID or nothing", pattern("[0-9A-Za-z]{32}|")],
  ["takes an external ID or a star", pattern("[0-9A-Za-z]{32}|\\*")],
  ["takes an external ID with stars", pattern("[0-9A-Za-z*]{3,}")],
  ["takes an external ID of one letter", pattern("[a-z]")],
  ["takes everything but nothing", pattern("[\\w\\W]+")],
  ["takes a class that is open", pattern("[0-9A-Z")],
  ["takes a range backwards", pattern("[Z-A]{32}")],
  ["anchors the pattern", pattern("^[0-9A-Za-z]{32}$")],
  ["ends the pattern and begins another", pattern("[0-9A-Za-z]{32})$|^(.*")],
  ["writes a pattern with a look behind", pattern("(?<=x)[0-9]{32}")],
  ["writes a pattern with a quote", pattern("[0-9']{32}")],
  ["writes a pattern of 501 characters", pattern("a".repeat(501))],
  ["writes no pattern", pattern("")],
  ["gives the role a path of nothing", { rolePath: "/" }],
  ["gives the role a path without slashes", { rolePath: "acme" }],
  ["gives the role a path with a star", { rolePath: "/*/" }],
  ["gives the role a path with a blank", { rolePath: "/a b/" }],
  ["gives the role a path of four parts", { rolePath: "/a/b/c/d/" }],
  ["gives the role a path with a placeholder", { rolePath: "/${AWS::AccountId}/" }],
  ["gives the role an hour less", { maxSessionDuration: 0 }],
  ["gives the role 13 hours", { maxSessionDuration: 46_800 }],
  ["gives the role half seconds", { maxSessionDuration: 3600.5 }],
  ["gives the role a time of text", { maxSessionDuration: "3600" }],
  ["gives the role a time without an end", { maxSessionDuration: Infinity }],
  ["offers no choice of a boundary", { permissionsBoundary: undefined }],
  ["offers a boundary of its own", { permissionsBoundary: "arn:aws:iam::111111111111:policy/ours" }],
  ["has no name", { branding: {} }],
  ["has a name of blanks", { branding: { displayName: "   " } }],
  ["has a name of 201 characters", { branding: { displayName: "a".repeat(201) } }],
  ["has a name that is a function", { branding: { displayName: { Ref: "AWS::StackName" } } }],
  ["has a name with a secret's reference", { branding: { displayName: "{{resolve:ssm-secure:password}}" } }],
  ["has a name with a secret's reference in blanks", { branding: { displayName: "{{ resolve : secretsmanager:x }}" } }],
  ["has a name with a secret's reference in capitals", { branding: { displayName: "{{RESOLVE:ssm:x}}" } }],
  ["has help by http", { branding: { displayName: "Acme", supportUrl: "http://acme.example" } }],
  ["has help by script", { branding: { displayName: "Acme", supportUrl: "javascript:alert(1)" } }],
  ["has help by data", { branding: { displayName: "Acme", supportUrl: "data:text/html,x" } }],
  ["has help with quotes", { branding: { displayName: "Acme", supportUrl: 'https://acme.example/"onclick=x' } }],
  ["has help with a tag", { branding: { displayName: "Acme", supportUrl: "https://acme.example/<script>" } }],
  ["has help with a line", { branding: { displayName: "Acme", supportUrl: "https://acme.example/\nx" } }],
  ["asks for nothing that is a list", { ongoing: {} }],
  ["asks for null", { ongoing: null }],
  ["asks for 501 statements", { ongoing: Array.from({ length: 501 }, () => goodStatement) }],
  ["asks for two statements of one name", { ongoing: [goodStatement, goodStatement] }],
  [
    "asks for two statements whose names differ in case",
    { ongoing: [goodStatement, { ...goodStatement, sid: "READREPORTS" }] },
  ],
  ["asks for a statement under the name of ours", statement({ sid: "NeverChangeItself" }), badStatement],
  ["asks for a statement under no name", statement({ sid: "" }), badStatement],
  ["asks for a statement under a name with a dash", statement({ sid: "Read-Reports" }), badStatement],
  ["asks for a statement without a reason", statement({ why: undefined })],
  ["asks for a statement with a reason of blanks", statement({ why: " " })],
  ["asks for a statement with a secret for a reason", statement({ why: "{{resolve:ssm:x}}" })],
  ["asks for another effect", statement({ effect: "allow" }), badStatement],
  ["asks for an effect that is a function", statement({ effect: { "Fn::If": ["x", "Allow", "Deny"] } }), badStatement],
  ["asks for no actions", statement({ actions: [] }), badStatement],
  ["asks for an action that is no text", statement({ actions: [{ Ref: "x" }] }), badStatement],
  ["asks for an action of every service", statement({ actions: ["*:*"] }), badStatement],
  ["asks for an action with a placeholder", statement({ actions: ["s3:${AWS::Region}"] }), badStatement],
  ["asks for an action with a line", statement({ actions: ["s3:GetObject\n"] }), badStatement],
  ["asks for everything", statement({ actions: ["*"], resources: ["*"] }), lint],
  ["asks for everything of IAM", statement({ actions: ["iam:*"], resources: ["*"] }), lint],
  ["asks to attach policies", statement({ actions: ["iam:AttachRolePolicy"], resources: ["*"] }), lint],
  ["asks to write policies", statement({ actions: ["iam:PutRolePolicy"], resources: ["*"] }), lint],
  ["asks to change trust", statement({ actions: ["iam:UpdateAssumeRolePolicy"], resources: ["*"] }), lint],
  ["asks to make policy versions", statement({ actions: ["iam:CreatePolicyVersion"], resources: ["*"] }), lint],
  ["asks to make keys", statement({ actions: ["iam:CreateAccessKey"], resources: ["*"] }), lint],
  ["asks to pass every role", statement({ actions: ["iam:PassRole"], resources: ["*"], conditions: undefined }), lint],
  ["asks for actions that AWS does not know", statement({ actions: ["s3:GetAllObjects"] }), lint],
  ["asks for no resources", statement({ resources: [] }), badStatement],
  ["asks for a resource that is a function", statement({ resources: [{ "Fn::Sub": "*" }] }), badStatement],
  ["asks for a resource that is no ARN", statement({ resources: ["reports"] }), badStatement],
  ["asks for a resource with a parameter", statement({ resources: ["arn:aws:s3:::${ExternalId}/*"] }), badPlaceholder],
  ["asks for a resource with a literal", statement({ resources: ["arn:aws:s3:::${!x}/*"] }), badPlaceholder],
  [
    "asks for a resource with half a placeholder",
    statement({ resources: ["arn:aws:s3:::${AWS::AccountId/*"] }),
    badPlaceholder,
  ],
  ["asks for a resource with an attribute", statement({ resources: ["arn:aws:s3:::${Role.Arn}/*"] }), badPlaceholder],
  [
    "asks for a resource with another pseudo parameter",
    statement({ resources: ["arn:aws:s3:::${AWS::StackId}/*"] }),
    badPlaceholder,
  ],
  ["asks for a resource with a secret", statement({ resources: ["arn:aws:s3:::{{resolve:ssm:x}}/*"] })],
  ["asks for a resource with a line", statement({ resources: ["arn:aws:s3:::reports\n/*"] }), badStatement],
  ["asks for a resource beyond Latin-1", statement({ resources: ["arn:aws:s3:::\u65E5/*"] }), badStatement],
  ["asks under an empty condition", statement({ conditions: {} }), badStatement],
  ["asks under an operator without keys", statement({ conditions: { StringEquals: {} } }), badStatement],
  ["asks under a key without values", statement({ conditions: { StringEquals: { "aws:x": [] } } }), badStatement],
  ["asks under a condition that is a list", statement({ conditions: [] }), badStatement],
  [
    "asks under an operator that AWS does not know",
    statement({ conditions: { StringMatches: { "aws:ResourceAccount": "x" } } }),
    badStatement,
  ],
  ["asks under a function", statement({ conditions: { "Fn::If": { "aws:ResourceAccount": "x" } } }), badStatement],
  [
    "asks under a key that is a function",
    statement({ conditions: { StringEquals: { "Fn::Sub": "x" } } }),
    badStatement,
  ],
  [
    "asks under a key twice, in different case",
    statement({ conditions: { StringEquals: { "aws:ResourceAccount": "1", "AWS:resourceaccount": "2" } } }),
    badStatement,
  ],
  [
    "asks under a value that is a function",
    statement({ conditions: { StringEquals: { "aws:ResourceAccount": { Ref: "x" } } } }),
    invalid,
  ],
  [
    "asks under a value with a parameter",
    statement({ conditions: { StringEquals: { "aws:ResourceAccount": "${ExpectedAccount}" } } }),
    badPlaceholder,
  ],
  [
    "asks under a value with a secret",
    statement({ conditions: { StringEquals: { "aws:ResourceAccount": "{{resolve:ssm:x}}" } } }),
  ],
  ["stands by a finding that does not exist", { accept: [{ code: "everything", sid: "ReadReports", reason: "x" }] }],
  ["stands by a finding without a reason", { accept: [{ code: "wildcard_action", sid: "ReadReports", reason: " " }] }],
  ["stands by findings of every statement", { accept: [{ code: "wildcard_action", sid: "*", reason: "x" }] }],
];

export const hostileDescriptions = numbered(
  "B1-06",
  cases.map(([words, change, expected = invalid]) => ({ attack: `a description ${words}`, change, expected })),
  601,
);

const badParameters = { code: "invalid_parameters" };
const parameterCases: readonly (readonly [attack: string, change: Json])[] = [
  ["an account of eleven digits", { accountId: "22222222222" }],
  ["an account with a semicolon", { accountId: "222222222222; id" }],
  ["an account that is a number", { accountId: 222222222222 }],
  ["an account with a line", { accountId: "222222222222\n" }],
  ["a suffix in capitals", { integrationSuffix: "ABCDEFGHIJKL" }],
  ["a short suffix", { integrationSuffix: "abc" }],
  ["a long suffix", { integrationSuffix: "abcdefghijklm" }],
  ["a suffix with a star", { integrationSuffix: "abcdefghijk*" }],
  ["a suffix with a slash", { integrationSuffix: "abcdefghijk/" }],
  ["a suffix with a quote", { integrationSuffix: "abcdefghij';" }],
  ["no external ID", { externalId: undefined }],
  ["an empty external ID", { externalId: "" }],
  ["an external ID of a star", { externalId: "*" }],
  ["an external ID of another pattern", { externalId: "acme-123" }],
  ["an external ID with a line", { externalId: `${goodParameters.externalId}\n` }],
  ["an external ID with a quote", { externalId: `${goodParameters.externalId.slice(1)}'` }],
  ["an external ID that is a list", { externalId: [goodParameters.externalId] }],
  ["an external ID that is a variable", { externalId: "${sts:ExternalId}" }],
  ["an empty next external ID", { nextExternalId: "" }],
  ["a next external ID of a star", { nextExternalId: "*" }],
  ["a next external ID that is null", { nextExternalId: null }],
  ["no end of the setup", { setupUntil: undefined }],
  ["an end of the setup in words", { setupUntil: "never" }],
  ["an end of the setup without a zone", { setupUntil: "2030-01-31T12:00:00" }],
  ["an end of the setup in another century", { setupUntil: "9999-12-31T23:59:59Z" }],
  ["an end of the setup with a quote", { setupUntil: '2030-01-31T12:00:00Z"' }],
  ["a boundary of another partition", { permissionsBoundaryArn: "arn:aws-cn:iam::222222222222:policy/limit" }],
  ["a boundary that is a role", { permissionsBoundaryArn: "arn:aws:iam::222222222222:role/limit" }],
  ["a boundary with a star", { permissionsBoundaryArn: "arn:aws:iam::222222222222:policy/*" }],
  ["a boundary with a quote", { permissionsBoundaryArn: "arn:aws:iam::222222222222:policy/a'b" }],
  ["an empty boundary", { permissionsBoundaryArn: "" }],
  ["a boundary of null", { permissionsBoundaryArn: null }],
  ["setup rights of a text", { setupPhase: "false" }],
  ["setup rights of nothing", { setupPhase: undefined }],
];

export const hostileParameters = numbered(
  "B1-15",
  parameterCases.map(([words, change]) => ({
    attack: `a role is rendered with ${words}`,
    change,
    expected: badParameters,
  })),
  201,
);

/** Objects inside a description, and how one is put into it. */
const objects = {
  "a description": { keys: Object.keys(goodDescription), put: (object: object) => object },
  branding: { keys: ["displayName", "supportUrl"], put: (branding: object) => ({ ...goodDescription, branding }) },
  "trust conditions": {
    keys: ["sourceIps", "organizationId", "requireMfa"],
    put: (trustConditions: object) => ({ ...goodDescription, trustConditions }),
  },
  "a statement": {
    keys: ["sid", "why", "effect", "actions", "resources", "conditions"],
    put: (each: object) => ({ ...goodDescription, ongoing: [each] }),
  },
  "an acceptance": {
    keys: ["code", "sid", "reason"],
    put: (each: object) => ({ ...goodDescription, accept: [each] }),
  },
} as const;

export type DescribedObject = keyof typeof objects;

const goodObjects: Readonly<Record<DescribedObject, object>> = {
  "a description": goodDescription,
  branding: goodDescription.branding,
  "trust conditions": { sourceIps: ["192.0.2.0/24"] },
  "a statement": goodStatement,
  "an acceptance": { code: "wildcard_action", sid: "ReadReports", reason: "x" },
};

export const describedKeys = numbered(
  "B1-05",
  (Object.keys(objects) as DescribedObject[]).flatMap((object) =>
    [
      ...objects[object].keys.flatMap((key) => spellingsOf(key)),
      ...inheritedNames.map((key) => ({ words: `\`${key}\``, key: key as string })),
      ...deceivingTexts.slice(0, 12).map(([words, key]) => ({ words: `a key with ${words}`, key })),
    ].map(({ words, key }) => ({
      attack: `writes ${words} into ${object}`,
      describe: (add: (object: object, key: string) => object) => objects[object].put(add(goodObjects[object], key)),
      key,
      expected: invalid,
      generated: true as const,
    })),
  ),
  1601,
);

export const parameterKeys = numbered(
  "B1-05",
  Object.keys(goodParameters).flatMap((parameter) =>
    spellingsOf(parameter).map(({ words, key }) => ({
      attack: `writes ${words} in place of \`${parameter}\` of a rendered role`,
      parameter,
      key,
      expected: badParameters,
      generated: true as const,
    })),
  ),
  2001,
);

/** The trust policy by itself, for those who write the rest of the role on their own. */
export const trustKeys = numbered(
  "B1-05",
  ["partition", "vendorAccountId", "vendorPrincipals", "trustConditions"].flatMap((name) =>
    spellingsOf(name).map(({ words, key }) => ({
      attack: `writes ${words} beside \`${name}\` of a trust policy`,
      key,
      expected: invalid,
      generated: true as const,
    })),
  ),
  2101,
);
