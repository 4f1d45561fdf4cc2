// Signed by the right key, and hostile all the same: parameters that are read twice, names that nobody checks, values that
// become something else. B1-07 (P0-2066: dropped and doubled parameters), B1-05, B4-60.
import { numbered } from "../attack-table.js";
import { injectingTexts } from "./hostile-texts.js";
import { spellingsOf } from "./spellings.js";

const version = "Version=2011-06-15";
const who = `Action=GetCallerIdentity&${version}`;
const role = encodeURIComponent("arn:aws:iam::222222222222:role/reader");
const assume = `Action=AssumeRole&${version}&RoleArn=${role}&RoleSessionName=me&ExternalId=right-id`;
const change = (name: string, value: string): string => assume.replace(new RegExp(`${name}=[^&]*`), `${name}=${value}`);

const query = "400 InvalidQueryParameter";
const validation = "400 ValidationError";
const denied = "403 AccessDenied";

type Case = readonly [attack: string, body: string, answer: string];

const cases: readonly Case[] = [
  ["no action", version, "400 MissingAction"],
  ["no version", "Action=GetCallerIdentity", "400 InvalidAction"],
  ["another version", "Action=GetCallerIdentity&Version=2010-05-08", "400 InvalidAction"],
  ["an action in lower case", who.replace("Get", "get"), "400 InvalidAction"],
  ["an action with a blank", who.replace("Identity", "Identity+"), "400 InvalidAction"],
  ["an action that every object has", who.replace("GetCallerIdentity", "constructor"), "400 InvalidAction"],
  ["an action of a prototype", who.replace("GetCallerIdentity", "__proto__"), "400 InvalidAction"],
  ["an action of another service", who.replace("GetCallerIdentity", "ListRoles"), "400 InvalidAction"],
  ["the action twice", `${who}&Action=AssumeRole`, query],
  ["the action twice, once encoded", `${who}&%41ction=AssumeRole`, query],
  ["the action in lower case beside", `${who}&action=AssumeRole`, query],
  ["the role twice", `${assume}&RoleArn=${role}`, query],
  ["the external ID twice", `${assume}&ExternalId=other-id`, query],
  ["the external ID twice, once encoded", `${assume}&%45xternalId=other-id`, query],
  ["the external ID behind a semicolon", `${assume};ExternalId=other`, validation],
  ["a parameter without a name", `${assume}&=x`, query],
  ["a parameter that nobody knows", `${assume}&Admin=true`, query],
  ["a parameter of another operation", `${assume}&WebIdentityToken=x`, query],
  ["a parameter named like a prototype", `${assume}&__proto__=x`, query],
  ["a parameter in brackets", `${assume}&Tags[0][Key]=x`, query],
  ["a list with a hole", `${assume}&Tags.member.2.Key=a&Tags.member.2.Value=b`, query],
  ["a list that begins with zero", `${assume}&Tags.member.0.Key=a&Tags.member.0.Value=b`, query],
  ["a list with a sign", `${assume}&Tags.member.%2B1.Key=a&Tags.member.%2B1.Value=b`, query],
  ["a list with a leading zero", `${assume}&Tags.member.01.Key=a&Tags.member.01.Value=b`, query],
  ["a list of a flat form", `${assume}&Tags.1.Key=a&Tags.1.Value=b`, query],
  ["a list's member of nobody", `${assume}&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.1.Admin=x`, query],
  ["a percent sign that is broken", `${assume}&Policy=%`, query],
  ["bytes that are no UTF-8", `${assume}&Policy=%ff%fe`, query],
  ["a thousand and one parameters", `${assume}&${Array.from({ length: 1001 }, (_, at) => `a${at}=`).join("&")}`, query],
  ["another external ID", change("ExternalId", "other-id"), denied],
  ["no external ID", assume.replace("&ExternalId=right-id", ""), denied],
  ["the external ID in capitals", change("ExternalId", "RIGHT-ID"), denied],
  ["the external ID with a letter more", change("ExternalId", "right-id0"), denied],
  ["the external ID of one letter", change("ExternalId", "r"), validation],
  ["the external ID of nothing", change("ExternalId", ""), validation],
  ["the external ID with a blank", change("ExternalId", "right+id"), validation],
  ["the external ID of a star", change("ExternalId", "%2A"), validation],
  ["the external ID with a NUL", change("ExternalId", "right-id%00"), validation],
  ["the external ID with a line", change("ExternalId", "right-id%0A"), validation],
  ["the external ID of 1,225 letters", change("ExternalId", "a".repeat(1225)), validation],
  ["a role that is not there", change("RoleArn", encodeURIComponent("arn:aws:iam::222222222222:role/other")), denied],
  ["a role in capitals", change("RoleArn", encodeURIComponent("arn:aws:iam::222222222222:role/READER")), denied],
  [
    "a role with a path that it does not have",
    change("RoleArn", encodeURIComponent("arn:aws:iam::222222222222:role/x/reader")),
    denied,
  ],
  [
    "a role of an account that is not there",
    change("RoleArn", encodeURIComponent("arn:aws:iam::999999999999:role/reader")),
    denied,
  ],
  ["a role that is a user", change("RoleArn", encodeURIComponent("arn:aws:iam::222222222222:user/reader")), validation],
  [
    "a role of another partition",
    change("RoleArn", encodeURIComponent("arn:aws-cn:iam::222222222222:role/reader")),
    validation,
  ],
  ["a role by its name", change("RoleArn", "reader"), validation],
  ["every role", change("RoleArn", encodeURIComponent("arn:aws:iam::222222222222:role/*")), denied],
  ["a session of one letter", change("RoleSessionName", "m"), validation],
  ["a session with a slash", change("RoleSessionName", "me%2Fadmin"), validation],
  ["a session with a colon", change("RoleSessionName", "me%3Aadmin"), validation],
  ["a session of 65 letters", change("RoleSessionName", "a".repeat(65)), validation],
  ["a session with a line", change("RoleSessionName", "me%0Ame"), validation],
  ["no session name", assume.replace("&RoleSessionName=me", ""), validation],
  ["899 seconds", `${assume}&DurationSeconds=899`, validation],
  ["13 hours", `${assume}&DurationSeconds=46800`, validation],
  ["more than the role's hour", `${assume}&DurationSeconds=7200`, validation],
  ["seconds of words", `${assume}&DurationSeconds=hour`, "400 MalformedInput"],
  ["seconds in hexadecimal", `${assume}&DurationSeconds=0x384`, "400 MalformedInput"],
  ["seconds with an exponent", `${assume}&DurationSeconds=9e2`, "400 MalformedInput"],
  ["a session policy that is none", `${assume}&Policy=%7B%7D`, "400 MalformedPolicyDocument"],
  [
    "a session policy with a principal",
    `${assume}&Policy=${encodeURIComponent('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}')}`,
    "400 MalformedPolicyDocument",
  ],
  [
    "a session policy with a key twice",
    `${assume}&Policy=${encodeURIComponent('{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}')}`,
    "400 MalformedPolicyDocument",
  ],
  ["a code without a device", `${assume}&TokenCode=123456`, denied],
  ["a device without a code", `${assume}&SerialNumber=GAHT12345678`, denied],
  ["a device and any code", `${assume}&SerialNumber=GAHT12345678&TokenCode=123456`, denied],
  ["a tag of AWS's", `${assume}&Tags.member.1.Key=aws%3Ax&Tags.member.1.Value=b`, "400 InvalidParameterValue"],
  [
    "a tag twice, in another case",
    `${assume}&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=A&Tags.member.2.Value=b`,
    "400 InvalidParameterValue",
  ],
  ["a tag that the trust policy does not let pass", `${assume}&Tags.member.1.Key=a&Tags.member.1.Value=b`, denied],
  ["a source identity that it does not let pass", `${assume}&SourceIdentity=eve`, denied],
];

export const hostileForms = numbered(
  "B1-07",
  cases.map(([words, body, answer]) => ({ attack: `STS is asked with ${words}`, body, expected: { answer } })),
  201,
);

const parameters = ["Action", "Version", "RoleArn", "RoleSessionName", "ExternalId"] as const;

/** Every parameter in every spelling, beside the right one. */
export const misspeltParameters = numbered(
  "B1-05",
  parameters.flatMap((name) =>
    spellingsOf(name).map(({ words, key }) => ({
      attack: `STS is asked with ${words} beside \`${name}\``,
      body: `${assume}&${encodeURIComponent(key)}=x`,
      expected: { answer: query },
      generated: true as const,
    })),
  ),
  2201,
);

/** As a session's name and as an external ID: STS's own sets of characters keep every one of them out. */
export const injectedParameters = numbered(
  "B2-30",
  injectingTexts
    .filter(([, text]) => !/^[\w+=,.@-]*$/.test(text))
    .map(([words, text]) => ({
      attack: `STS is asked with ${words} for a session's name`,
      body: change("RoleSessionName", encodeURIComponent(text)),
      expected: { answer: validation },
    })),
  1001,
);

const bomb = (levels: number): string =>
  [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...Array.from({ length: levels }, (_, at) => {
      const [name, of] = ["abcdefghijklmnop".charAt(at + 1), "abcdefghijklmnop".charAt(at)];
      return `${name}: &${name} [${Array(9).fill(`*${of}`).join(",")}]`;
    }),
  ].join("\n");
const handle = "Type: AWS::CloudFormation::WaitConditionHandle";

/** Templates that would fill the memory, run code, or reach what they should not. B4-60. */
export const hostileTemplates = numbered(
  "B4-60",
  (
    [
      ["a bomb of aliases", `Resources:\n  A:\n    ${handle}\n${bomb(9)}`],
      ["a bomb of aliases, four levels deep", bomb(4)],
      ["an alias of itself", "Resources: &a\n  A: *a\n"],
      ["an anchor and its alias", `Resources:\n  A: &a\n    ${handle}\n  B: *a\n`],
      ["a merge key", `Resources:\n  A:\n    <<: { ${handle} }\n`],
      ["a merge of a prototype", `__proto__: { admin: true }\nResources:\n  A:\n    ${handle}\n`],
      ["a tag that makes an object", "Resources: !!js/function 'function () { return 1 }'\n"],
      ["a tag of Python's", "Resources: !!python/object/apply:os.system ['id']\n"],
      ["a tag of nobody's", "Resources:\n  A: !Nonsense x\n"],
      ["a directive", "%TAG ! tag:evil.example,2030:\n---\nResources: {}\n"],
      ["two documents", `Resources:\n  A:\n    ${handle}\n---\nResources: {}\n`],
      ["a key twice", "Resources: {}\nResources: {}\n"],
      ["a key twice, in JSON", '{"Resources":{},"Resources":{}}'],
      ["ten thousand lists", "[".repeat(10_000)],
      ["ten thousand maps", "{a: ".repeat(10_000)],
      ["ten thousand lists in JSON", `{"a":${"[".repeat(10_000)}`],
      ["too many bytes", `Resources:\n  A:\n    ${handle}\n# ${"x".repeat(51_200)}`],
      ["a macro", `Transform: Evil\nResources:\n  A:\n    ${handle}\n`, "InsufficientCapabilitiesException"],
      [
        "an include",
        `Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://x/y } }\nResources:\n  A:\n    ${handle}\n`,
      ],
      [
        "a kind of resource that runs code",
        "Resources:\n  A:\n    Type: Custom::Evil\n    Properties: { ServiceToken: x }\n",
      ],
      ["a circle", `Resources:\n  A:\n    ${handle}\n    DependsOn: B\n  B:\n    ${handle}\n    DependsOn: A\n`],
      ["a reference to nothing", `Resources:\n  A:\n    ${handle}\nOutputs:\n  X: { Value: !Ref Nothing }\n`],
      [
        "a secret's reference",
        `Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties: { UserName: "{{resolve:ssm-secure:x}}" }\n`,
        "ROLLBACK_COMPLETE",
      ],
      ["no resources", "Resources: {}\n"],
      ["nothing", "# nothing\n"],
    ] as const
  ).map(([words, template, answer = "ValidationError"]) => ({
    attack: `CloudFormation is given ${words}`,
    template: template,
    expected: { answer: answer },
  })),
  301,
);
