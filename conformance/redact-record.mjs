// The record of a live run: outcome, code, status, text and the asserted values of each case, and nothing else. Account
// numbers become the table's, and what could be a secret or a trace of a request is taken out of the texts.
import { valueAt } from "./judge-answer.mjs";
import { CUSTOMER, VENDOR } from "./read-cases.mjs";

const LONGEST_TEXT = 800;

// What AWS may put into a text, and nobody needs to know. Order matters: the narrow before the wide.
const TRACES = [
  [/\b[A-Z]{4}[A-Z0-9]{12,}\b/g, "{id}"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "{request id}"],
  [/\d{12,}/g, nameAccount],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "{address}"],
  [/[A-Za-z0-9+/=_-]{32,}/g, "{removed}"],
];

/** Returns one case of the record. `each` is the case as the table has it: what stands there is no secret. */
export function redactAnswer(each, answer, names, secrets) {
  const clean = (text) => redactText(text, JSON.stringify(each), names, secrets);
  const again = answer.attempts === undefined ? {} : { attempts: answer.attempts };
  if (!answer.allowed) {
    const { code, status, message } = answer;
    return { allowed: false, code: clean(code), status, message: clean(message).slice(0, LONGEST_TEXT), ...again };
  }
  const values = Object.keys(each.allowed ?? {}).map((path) => {
    const value = valueAt(answer.answer, path);
    return [path, typeof value === "string" ? clean(value) : typeof value === "object" ? {} : value];
  });
  return { allowed: true, values: Object.fromEntries(values), ...again };
}

function redactText(text, known, names, secrets) {
  const isAccount = (secret) => secret === names.vendor || secret === names.customer;
  let clean = text;
  for (const secret of secrets.filter((each) => !isAccount(each))) clean = clean.replaceAll(secret, "{secret}");
  clean = clean.replaceAll(names.bucket, "{bucket}").replaceAll(names.path, "{path}").replaceAll(names.run, "{run}");
  for (const [trace, word] of TRACES) {
    const name = typeof word === "string" ? () => word : (found) => word(found, names);
    clean = clean.replaceAll(trace, (found) => (known.includes(found) ? found : name(found)));
  }
  return clean;
}

function nameAccount(number, { vendor, customer }) {
  if (number === vendor) return VENDOR;
  return number === customer ? CUSTOMER : "{number}";
}

/** Returns everything that must not stand in a record: the keys of all actors, and the real account numbers. */
export function collectSecrets(actors, names) {
  const keys = Object.values(actors).flatMap(({ accessKeyId, secretAccessKey, sessionToken }) => [
    accessKeyId,
    secretAccessKey,
    sessionToken,
  ]);
  // The made-up key of the unknown caller stands in the table for everybody to read.
  const made = keys.filter((key) => Boolean(key) && key !== "AKIA0000000000000000");
  const accounts = [names.vendor, names.customer].filter((id) => id !== VENDOR && id !== CUSTOMER);
  // The longest first, so that none is cut in two by another.
  return [...new Set([...made, ...accounts])].sort((a, b) => b.length - a.length);
}

/** Returns the record's text. Throws when a secret is still in one of its strings, in clear or as links and JSON write it. */
export function sealRecord(record, secrets) {
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const found = stringsOf(record).filter((text) => forms.some((form) => text.includes(form))).length;
  if (found > 0) throw new Error(`the record still holds ${found} secrets or account numbers, so it is not written`);
  return `${JSON.stringify(record, null, 2)}\n`;
}

function stringsOf(value) {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsOf(inner)]);
}
