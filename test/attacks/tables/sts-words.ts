// What comes over the wire where STS should speak: words that hurt a terminal, words that hold secrets, words of somebody else.
import { numbered } from "../attack-table.js";
import { stsError, type Answer } from "../serve-answers.js";
import { deceivingTexts } from "./hostile-texts.js";

/** Sent with the question; in no error, whatever the other side repeats. */
export const SENT = {
  externalId: "an-external-id-of-acme",
  secretAccessKey: "caller-secret-0123456789abcdefghijklmnop",
  sessionToken: `callertoken${"A1b2C3d4".repeat(40)}`,
  policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"canary:Policy","Resource":"*"}]}',
} as const;

interface Words {
  readonly attack: string;
  readonly answer: Answer;
  readonly code: string;
}

/** A character reference where XML has one for the character, else the character itself. */
const inXml = (text: string): string =>
  Array.from(text, (character) => (/[<>&]/.test(character) ? `&#${character.charCodeAt(0)};` : character)).join("");

const spoken: readonly Words[] = deceivingTexts
  .filter(([words]) => !words.startsWith("half of a surrogate"))
  .map(([words, text]) => ({
    attack: `STS's refusal holds ${words}`,
    answer: stsError("AccessDenied", inXml(`not authorized ${text}`), 403),
    // A body that is no XML is not AWS speaking.
    code: "access_denied",
  }));

const echo = (code: string, message: string, status = 400): Answer => stsError(code, inXml(message), status);

const echoes: readonly Words[] = [
  {
    attack: "STS repeats the external ID that it refuses",
    answer: echo("ValidationError", `Value '${SENT.externalId}' at 'externalId' failed to satisfy constraint`),
    code: "invalid_request",
  },
  {
    attack: "STS repeats the external ID in a refusal",
    answer: echo("AccessDenied", `not authorized with external ID ${SENT.externalId}`, 403),
    code: "access_denied",
  },
  {
    attack: "STS repeats the external ID, encoded",
    answer: echo("AccessDenied", `ExternalId=${encodeURIComponent(SENT.externalId)}`, 403),
    code: "access_denied",
  },
  {
    attack: "STS repeats the external ID twice",
    answer: echo("AccessDenied", `${SENT.externalId}/${SENT.externalId}`, 403),
    code: "access_denied",
  },
  {
    attack: "STS repeats the session policy",
    answer: echo("ValidationError", `Value '${SENT.policy}' at 'policy' failed to satisfy constraint`),
    code: "invalid_request",
  },
  {
    attack: "STS repeats the one-time code",
    answer: echo("ValidationError", "Value '123456' at 'tokenCode' failed to satisfy constraint"),
    code: "invalid_request",
  },
  {
    attack: "STS shows the request as it saw it, token and all",
    answer: echo(
      "SignatureDoesNotMatch",
      `The signature does not match.\n\nThe Canonical String for this request should have been\n'POST\nx-amz-security-token:${SENT.sessionToken}`,
      403,
    ),
    code: "caller_credentials",
  },
  {
    attack: "STS repeats the caller's token in the first line",
    answer: echo("InvalidClientTokenId", `the token ${SENT.sessionToken} is not valid`, 403),
    code: "caller_credentials",
  },
  {
    attack: "STS writes a megabyte",
    answer: echo("AccessDenied", "word ".repeat(200_000), 403),
    code: "access_denied",
  },
  { attack: "STS's code has an ESC", answer: stsError("Access\u009BDenied", "no", 403), code: "invalid_request" },
  { attack: "STS's code is a thousand letters", answer: stsError("A".repeat(1000), "no"), code: "invalid_request" },
];

const html = "<html><head><title>403 Forbidden</title></head><body>AccessDenied</body></html>";
const between: readonly (readonly [attack: string, answer: Answer])[] = [
  ["a proxy's page says 403", { status: 403, body: html, headers: { "content-type": "text/html" } }],
  [
    "a proxy says AccessDenied in plain text",
    { status: 403, body: "AccessDenied", headers: { "content-type": "text/plain" } },
  ],
  ["a proxy says AccessDenied in JSON", { status: 403, body: '{"code":"AccessDenied","__type":"AccessDenied"}' }],
  ["a proxy asks for a sign-in", { status: 407, body: html }],
  ["a portal says 200 and shows a page", { status: 200, body: html, headers: { "content-type": "text/html" } }],
  ["a portal sends elsewhere", { status: 302, body: "", headers: { location: "http://127.0.0.1:9/" } }],
  ["a portal sends elsewhere for good", { status: 308, body: "", headers: { location: "http://127.0.0.1:9/" } }],
  ["nothing comes with 200", { status: 200, body: "" }],
  ["nothing comes with 403", { status: 403, body: "" }],
  ["an empty element comes", { status: 200, body: "<AssumeRoleResponse/>" }],
  [
    "another operation's answer comes",
    {
      status: 200,
      body: "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
    },
  ],
  [
    "an answer with half of its elements comes",
    {
      status: 200,
      body: "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA0</AccessKeyId></Credentials></AssumeRoleResult></AssumeRoleResponse>",
    },
  ],
  ["an answer is cut", { status: 200, body: "<AssumeRoleResponse><AssumeRoleResult><Creden" }],
  [
    "an entity bomb comes",
    {
      status: 200,
      body: `<!DOCTYPE x [<!ENTITY a "${"a".repeat(100)}"><!ENTITY b "${"&a;".repeat(100)}">]><AssumeRoleResponse>&b;</AssumeRoleResponse>`,
    },
  ],
  [
    "an entity of a file comes",
    {
      status: 200,
      body: '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><AssumeRoleResponse>&a;</AssumeRoleResponse>',
    },
  ],
  [
    "an element named __proto__ comes",
    {
      status: 200,
      body: "<AssumeRoleResponse><AssumeRoleResult><__proto__><admin>1</admin></__proto__></AssumeRoleResult></AssumeRoleResponse>",
    },
  ],
  ["ten thousand nested elements come", { status: 200, body: "<a>".repeat(10_000) + "</a>".repeat(10_000) }],
  ["bytes that are no text come", { status: 200, body: "\u0000\u0001\u0002\u00FF" }],
  ["a 500 with AccessDenied in it comes", stsError("AccessDenied", "no", 500)],
  ["a 503 with AccessDenied in it comes", stsError("AccessDenied", "no", 503)],
];

/** The code under which each arrives; a denial stops a customer, so only AWS's own word counts as one. */
export const stsWords = numbered(
  "B4-50",
  [...spoken, ...echoes].map(({ attack, answer, code }) => ({ attack, answer, expected: { code } })),
);

export const strangersWords = numbered(
  "B1-07",
  between.map(([attack, answer]) => ({ attack, answer, expected: { code: "sts_unavailable" } })),
  101,
);

/** Names of errors with which a provider of the caller's own credentials fails: its words are never repeated, its name if plain. */
export const foreignNames = numbered(
  "B4-50",
  [...deceivingTexts, ["a blank", "Token expired"], ["a secret behind it", `Error: ${SENT.secretAccessKey}`]].map(
    ([words = "", text = ""]) => ({
      attack: `the caller's own provider fails under a name with ${words}`,
      error: text,
      expected: { code: "caller_credentials" },
    }),
  ),
  701,
);
