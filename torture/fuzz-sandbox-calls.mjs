// Every operation of the sandbox with parameters that nobody meant: it may refuse, and must never break.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { ok } from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { createSandbox } from "@daypass/sandbox";
import { requireClean } from "./fuzz/check-properties.mjs";
import { STORY_SEEDS, STORY_WORDS } from "./fuzz/sandbox-stories.mjs";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const AMZ_DATE = "20260131T120000Z";
const MOST_CALLS = 8;

export const trial = {
  name: "fuzz-sandbox-calls",
  claim:
    "no sequence of signed calls, whatever their parameters, makes the sandbox fail by its own fault or answer anything but well-formed XML, JSON or a page",
  wouldShow:
    "as an error that the sandbox reports as its own, an answer 500, an answer with control characters or without a code, or a call without end",
  unit: "sequences of calls",
  amounts: { test: 1_000, short: 5_000, long: 100_000 },
  needs: [],
  async run({ amount, seed }) {
    return guideInputs({ amount, seed, seeds: STORY_SEEDS, dictionary: STORY_WORDS, test: checkStory, maxMs: 5000 });
  },
};

function checkStory(text) {
  const calls = callsIn(text);
  if (calls.length === 0) return;
  const bugs = [];
  const core = createSandbox({
    now: () => NOW,
    randomBytes: countingBytes(),
    reportBug: (error) => bugs.push(error),
    world: { buckets: [{ name: "letters", account: "222222222222", region: "eu-central-1" }] },
  });
  const keys = core.account("customer").admin;
  for (const call of calls) {
    const answer = core.handle(requestOf(call, keys));
    ok(bugs.length === 0, `a bug of the sandbox: ${bugs[0]?.name}: ${bugs[0]?.message} in ${shown(call)}`);
    const body = answer.body.toString();
    ok(answer.status >= 200 && answer.status < 600 && answer.status !== 500, `status ${answer.status}`);
    requireClean();
    if (call.service === "page") continue;
    ok(
      answer.status < 400 || body === "" || /<Code>\w+<\/Code>/.test(body),
      `a refusal ${answer.status} without a code to ${shown(call)}`,
    );
    // The body of an object is what was put there.
    const isObject = call.service === "s3" && call.method === "GET" && answer.status < 300;
    ok(
      isObject || !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(body),
      "a control character in an answer",
    );
    ok(!body.includes(keys.secretAccessKey), "the caller's secret in an answer");
    ok(!Object.values(answer.headers).some((value) => /[\r\n\0]/.test(value)), "a line end in a header");
  }
}

function shown({ service, method, target, body }) {
  return JSON.stringify(`${service} ${method} ${target} ${body}`.slice(0, 3000));
}

function callsIn(text) {
  let story;
  try {
    story = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(story)) return [];
  return story.slice(0, MOST_CALLS).flatMap((call) => {
    if (!Array.isArray(call) || typeof call[0] !== "string" || typeof call[1] !== "string") return [];
    const [service, name, third, fourth, fifth] = call;
    if (service !== "s3" && service !== "page") {
      const body = String(new URLSearchParams([["Action", name], ["Version", versionOf(service)], ...flat("", third)]));
      return [
        {
          service,
          method: "POST",
          target: "/",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        },
      ];
    }
    if (typeof third !== "string" || typeof fifth !== "string") return [];
    const target = `/${third.replace(/^\//, "")}`;
    // What Node's HTTP parser lets through.
    const headers = Object.fromEntries(
      Object.entries(fourth ?? {}).filter(
        ([header, value]) =>
          /^[a-z0-9-]+$/.test(header) && typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
      ),
    );
    if (!/^[A-Z]{3,7}$/.test(name) || !/^\/[\x21\x22\x24-\x7e]*$/.test(target)) return [];
    return [{ service, method: name, target, headers, body: fifth.toWellFormed() }];
  });
}

function versionOf(service) {
  return { sts: "2011-06-15", iam: "2010-05-08", cloudformation: "2010-05-15" }[service] ?? "x";
}

/** Parameters as the query protocol flattens them. */
function flat(prefix, value) {
  if (Array.isArray(value)) return value.flatMap((item, index) => flat(`${prefix}.member.${index + 1}`, item));
  if (typeof value !== "object" || value === null) return prefix === "" ? [] : [[prefix, String(value).toWellFormed()]];
  return Object.entries(value).flatMap(([name, one]) => flat(prefix === "" ? name : `${prefix}.${name}`, one));
}

function requestOf({ service, method, target, headers, body }, keys) {
  const [rawPath, rawQuery = ""] = target.split(/\?(.*)/s);
  const all = new Map([...Object.entries(headers), ["host", "127.0.0.1:4566"]]);
  const request = {
    method,
    rawPath,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: all,
    body: Buffer.from(body),
    remoteAddress: "127.0.0.1",
  };
  if (service !== "page") sign(request, service, keys);
  return request;
}

/** Signature Version 4 in its shortest form: IAM User Guide, "Create a signed AWS API request". */
function sign({ method, rawPath, rawQuery, headers, body }, service, { accessKeyId, secretAccessKey }) {
  headers.set("x-amz-date", AMZ_DATE);
  if (service === "s3") headers.set("x-amz-content-sha256", sha256(body));
  const names = [...headers.keys()].filter((name) => name !== "authorization").toSorted();
  const pairs = [...new URLSearchParams(rawQuery)].map((pair) => pair.map(escape).join("=")).toSorted();
  const path =
    service === "s3"
      ? rawPath
          .split("/")
          .map((one) => escape(decoded(one)))
          .join("/")
      : "/";
  const values = names.map((name) => `${name}:${headers.get(name).trim().replace(/ +/g, " ")}\n`).join("");
  const canonical = [method, path, pairs.join("&"), values, names.join(";"), sha256(body)].join("\n");
  const scope = `20260131/eu-central-1/${service}/aws4_request`;
  const key = scope.split("/").reduce((one, part) => hmac(one, part), `AWS4${secretAccessKey}`);
  const signature = hmac(
    key,
    ["AWS4-HMAC-SHA256", AMZ_DATE, scope, sha256(Buffer.from(canonical, "latin1"))].join("\n"),
  ).toString("hex");
  headers.set(
    "authorization",
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  );
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escape(text) {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same keys and ids in every world. */
function countingBytes() {
  let count = 0;
  return (size) => {
    count += 1;
    return createHash("shake256", { outputLength: size }).update(String(count)).digest();
  };
}

function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key, data) {
  return createHmac("sha256", key).update(data).digest();
}
