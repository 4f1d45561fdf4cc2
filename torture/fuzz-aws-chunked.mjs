// Streamed uploads, taken apart by the sandbox: no byte may come out whose signature was wrong.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { decodeAwsChunked } from "../packages/sandbox/dist/wire/decode-aws-chunked.js";
import { AwsError } from "../packages/sandbox/dist/errors.js";
import { createTape } from "./fuzz/create-tape.mjs";

const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const CODES = new Set(
  "IncompleteBody SignatureDoesNotMatch MalformedTrailerError InvalidChunkSizeError MissingContentLength".split(" "),
);
const VERIFIED = {
  signingKey: Buffer.alloc(32, 7),
  amzDate: "20260131T120000Z",
  scope: "20260131/eu-central-1/s3/aws4_request",
  signature: "ab".repeat(32),
};
const DATA = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 31) & 0xff));

export const trial = {
  name: "fuzz-aws-chunked",
  claim: "a streamed upload changed in any byte is refused or yields exactly the bytes and checksums that were signed",
  wouldShow: "as a changed body that was taken apart into other bytes than were signed, or an error of another class",
  unit: "uploads",
  amounts: { test: 2_000, short: 100_000, long: 3_000_000 },
  needs: [],
  async run({ amount, seed }) {
    return guideInputs({
      amount,
      seed,
      seeds: ["\0\0\0", "\u0001\0\u0001", "\u0002\0\u0002"],
      fresh: (random) => random.tape(6 + random.below(40)),
      test: checkTape,
      show: (text) => {
        const { payload, change, body } = makeUpload(createTape(text));
        return { payload, change, length: body.length, tape: Buffer.from(text, "latin1").toString("hex") };
      },
    });
  },
};

function checkTape(text) {
  const { payload, whole, body, headers, trailers, changed } = makeUpload(createTape(text));
  const request = { headers, body };
  let decoded;
  try {
    decoded = decodeAwsChunked(request, payload, payload === UNSIGNED ? undefined : VERIFIED);
  } catch (error) {
    ok(
      error instanceof AwsError && CODES.has(error.code),
      `refused as ${error?.name} ${error?.code ?? error?.message}`,
    );
    ok(changed, `refused as it was signed: ${error.code}`);
    return;
  }
  // Without signatures only the form and the length are known.
  if (payload === UNSIGNED) {
    ok(decoded.body.length === Number(headers.get("x-amz-decoded-content-length")), "another length");
    return;
  }
  ok(decoded.body.equals(whole), "other bytes than were signed");
  deepStrictEqual(
    [...decoded.headers].filter(([name]) => name.startsWith("x-amz-checksum-")),
    trailers,
    "other checksums than were signed",
  );
}

function makeUpload(tape) {
  const payload = [SIGNED, TRAILER, UNSIGNED][tape.below(3)];
  const trailers = payload === SIGNED ? [] : [["x-amz-checksum-crc32", "AAAAAA=="]].slice(0, 1 + tape.below(1));
  const sizes = [[5], [8192, 3], [8192, 8193], [0], [9000, 8192, 1]][tape.below(5)].filter((size) => size > 0);
  const { parts, chunks, whole } = writeChunks(payload, sizes, trailers);
  const headers = new Map([
    ["x-amz-decoded-content-length", String(whole.length)],
    ["content-encoding", "aws-chunked"],
  ]);
  if (trailers.length > 0) headers.set("x-amz-trailer", trailers.map(([name]) => name).join(","));
  const before = Buffer.concat(parts);
  const { body, change } = changeBody(tape, tape.oneIn(2) ? chunks : parts, before);
  return { payload, whole, body, headers, trailers, change, changed: !body.equals(before) };
}

/** Returns a body in `parts`: heads, data, line ends and trailer apart, and in `chunks`, each whole. */
function writeChunks(payload, sizes, trailers) {
  const signed = payload !== UNSIGNED;
  const parts = [];
  const starts = [];
  let previous = VERIFIED.signature;
  let offset = 0;
  const sign = (algorithm, hashes) => {
    const text = [algorithm, VERIFIED.amzDate, VERIFIED.scope, previous, ...hashes].join("\n");
    previous = createHmac("sha256", VERIFIED.signingKey).update(text).digest("hex");
    return previous;
  };
  for (const size of [...sizes, 0]) {
    const data = DATA.subarray(offset, offset + size);
    offset += size;
    starts.push(parts.length);
    const signature = signed && sign("AWS4-HMAC-SHA256-PAYLOAD", [sha256(""), sha256(data)]);
    parts.push(Buffer.from(`${size.toString(16)}${signed ? `;chunk-signature=${signature}` : ""}\r\n`), data);
    if (size > 0) parts.push(Buffer.from("\r\n"));
  }
  for (const [name, value] of trailers) parts.push(Buffer.from(`${name}:${value}\r\n`));
  if (payload === TRAILER) {
    const canonical = trailers.map(([name, value]) => `${name}:${value}\n`).join("");
    parts.push(Buffer.from(`x-amz-trailer-signature:${sign("AWS4-HMAC-SHA256-TRAILER", [sha256(canonical)])}\r\n`));
  }
  parts.push(Buffer.from("\r\n"));
  const chunks = starts.map((start, index) => Buffer.concat(parts.slice(start, starts[index + 1])));
  return { parts, chunks, whole: DATA.subarray(0, offset) };
}

function changeBody({ below, pick }, parts, before) {
  const at = below(before.length);
  const from = below(parts.length);
  const to = below(parts.length);
  const put = (start, count, text) =>
    Buffer.concat([before.subarray(0, start), Buffer.from(text), before.subarray(start + count)]);
  const moved = (list) => Buffer.concat(list);
  switch (below(10)) {
    case 1: {
      const body = Buffer.from(before);
      body[at] ^= 1 << below(8);
      return { body, change: `bit at ${at}` };
    }
    case 2:
      return { body: put(at, 1, ""), change: `byte ${at} gone` };
    case 3:
      return {
        body: put(at, 0, pick(["\r\n", "0", ";", "0\r\n\r\n", "\0", "x-amz-checksum-crc32:BBBBBB==\r\n"])),
        change: `put at ${at}`,
      };
    case 4:
      return { body: before.subarray(0, at), change: `cut at ${at}` };
    case 5:
      return { body: moved(parts.filter((_, index) => index !== from)), change: `part ${from} gone` };
    case 6:
      return { body: moved(parts.toSpliced(to, 0, parts[from])), change: `part ${from} again at ${to}` };
    case 7:
      return {
        body: moved(parts.with(from, parts[to]).with(to, parts[from])),
        change: `parts ${from} and ${to} swapped`,
      };
    case 8: {
      const head = parts[from].toString("latin1");
      const other = head.replace(/^[0-9a-f]+/, (size) =>
        pick([`0${size}`, size.toUpperCase(), "0", "ffffffff", `-${size}`, `${size} `, "1"]),
      );
      return {
        body: moved(parts.with(from, Buffer.from(other, "latin1"))),
        change: `head ${from}: ${other.slice(0, 20)}`,
      };
    }
    case 9: {
      const line = parts[from]
        .toString("latin1")
        .replace(/:.*\r\n/, pick([":\r\n", ":AAAAAA== \r\n", ":BBBBBB==\r\n", "\r\n", `:${"0".repeat(64)}\r\n`]));
      return { body: moved(parts.with(from, Buffer.from(line, "latin1"))), change: `line ${from}` };
    }
    default:
      return { body: before, change: "none" };
  }
}

function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}
