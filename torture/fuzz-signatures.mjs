// Signed requests, changed in one place: nothing that the signature vouches for may differ and be served.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { ok } from "node:assert/strict";
import { createRandom } from "./fuzz/create-random.mjs";
import { createTape } from "./fuzz/create-tape.mjs";
import { createSignedWorld, makeRequests, meaningOf } from "./fuzz/signed-requests.mjs";

/** With which a request ends that was not believed. */
const REFUSALS = new Set(
  `SignatureDoesNotMatch IncompleteSignature InvalidClientTokenId MissingAuthenticationToken AuthorizationHeaderMalformed
  AuthorizationQueryParametersError InvalidAccessKeyId InvalidToken RequestTimeTooSkewed AccessDenied InvalidRequest
  XAmzContentSHA256Mismatch InvalidArgument InvalidURI`.split(/\s+/),
);
const MOST_REQUESTS = 600;

export const trial = {
  name: "fuzz-signatures",
  claim:
    "a request signed by AWS's own signer is believed, and refused in AWS's words once anything changes that its signature vouches for",
  wouldShow:
    "as a changed request that was served, a good one that was refused, or a refusal with another code than AWS's",
  unit: "requests",
  amounts: { test: 2_000, short: 30_000, long: 700_000 },
  needs: [],
  async run({ amount, seed }) {
    const random = createRandom(seed);
    let world;
    let requests;
    const renew = async () => {
      world = createSignedWorld();
      requests = await makeRequests(world, random, Math.min(MOST_REQUESTS, 30 + Math.floor(amount / 500)));
    };
    await renew();
    const make = (text) => {
      const tape = createTape(text);
      const original = tape.pick(requests);
      return { original, ...change(tape, original) };
    };
    return guideInputs({
      amount,
      seed,
      seeds: ["", "\0\u0001"],
      fresh: (random) => random.tape(4 + random.below(12)),
      test: (text) => check(world, make(text)),
      show: (text) => {
        const { original, what, request } = make(text);
        return {
          what,
          service: original.service,
          presigned: original.presigned,
          ...request,
          headers: [...request.headers],
          body: request.body.toString(),
        };
      },
    });
  },
};

function check({ send, bugs }, { original, request, what, expected }) {
  const answer = send(request);
  ok(bugs.length === 0, `a bug of the sandbox: ${bugs.splice(0).map((error) => error?.stack)}`);
  const code = /<Code>(\w+)<\/Code>/.exec(answer.body.toString())?.[1];
  // An answer to HEAD has no body to say why.
  const believed = answer.status < 400 || !(REFUSALS.has(code) || (code === undefined && answer.status === 403));
  if (sameMeaning(request, original)) {
    // Blanks and commas that mean nothing may be refused all the same, in AWS's words: nobody is let in by that.
    ok(believed || [400, 403].includes(answer.status), `${what}: means the same and got ${answer.status}`);
    return;
  }
  ok(!believed, `${what}: believed, ${answer.status} ${code ?? ""}`);
  ok([400, 403].includes(answer.status), `${what}: refused with status ${answer.status}`);
  ok(expected === undefined || expected.includes(code), `${what}: refused as ${code}`);
}

function sameMeaning(request, original) {
  try {
    return meaningOf(request, original) === meaningOf(original, original);
  } catch (error) {
    // What cannot be decoded means nothing.
    if (error instanceof URIError) return false;
    throw error;
  }
}

const MISMATCH = ["SignatureDoesNotMatch"];
const CHARACTERS = [..."aZ09~-._%+&=;:,/*'()!$@ "];

/** Returns the request changed in one place, what was changed, and the codes that AWS gives for it; `undefined`: any. */
function change(tape, original) {
  const { below, pick } = tape;
  const { service, presigned, headers, body } = original;
  const s3 = service === "s3";
  switch (below(9)) {
    case 1: {
      const method = pick(["GET", "PUT", "DELETE", "HEAD", "POST", "get", "OPTIONS"]);
      return { what: `method ${method}`, request: { ...original, method } };
    }
    case 2: {
      const path = `/${changeText(tape, original.path.slice(1), "?#")}`;
      return {
        what: "path",
        request: { ...original, path },
        expected: presigned ? undefined : [...MISMATCH, "InvalidURI"],
      };
    }
    case 3:
    case 4: {
      const query = changeQuery(tape, original.query);
      return {
        what: "query",
        request: { ...original, query },
        expected: /x-amz|Signature|Credential|AWSAccess/i.test(query) ? undefined : [...MISMATCH, "InvalidURI"],
      };
    }
    case 5: {
      const changed = Buffer.from(changeText(tape, body.toString("latin1"), ""), "latin1");
      return {
        what: "body",
        request: { ...original, body: changed },
        expected: s3 ? ["XAmzContentSHA256Mismatch"] : MISMATCH,
      };
    }
    case 6: {
      const name = pick([...headers.keys()].filter((one) => one !== "authorization"));
      const value = changeText(tape, headers.get(name), "").slice(0, 4000);
      return {
        what: `header ${name}`,
        request: { ...original, headers: new Map([...headers, [name, value]]) },
        expected: /^(host|x-amz-meta-from)$/.test(name) ? MISMATCH : undefined,
      };
    }
    case 7: {
      const name = pick([...headers.keys()]);
      if (below(2) === 0)
        return {
          what: `no ${name}`,
          request: { ...original, headers: new Map([...headers].filter(([one]) => one !== name)) },
        };
      const added = pick([
        "x-amz-meta-new",
        "x-amz-acl",
        "x-amz-security-token",
        "x-amz-copy-source",
        "x-amz-date",
        "authorization",
      ]);
      return {
        what: `with ${added}`,
        request: {
          ...original,
          headers: new Map([...headers, [added, pick(["", "x", "20260131T120000Z", "AWS4-HMAC-SHA256 x"])]]),
        },
      };
    }
    case 8: {
      const given = headers.get("authorization");
      if (given === undefined) return { what: "none", request: original };
      const authorization = changeAuthorization(tape, given);
      return {
        what: "authorization",
        request: { ...original, headers: new Map([...headers, ["authorization", authorization]]) },
      };
    }
    default:
      return { what: "none", request: original };
  }
}

function changeText({ below, pick }, text, without) {
  const at = below(text.length + 1);
  const put = pick(CHARACTERS.filter((one) => !without.includes(one)));
  switch (below(7)) {
    case 0:
      return text.slice(0, at) + put + text.slice(at);
    case 1:
      return text.slice(0, at) + put + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return (
        text.slice(0, at) + pick(["//", "/./", "/../", "%2F", "%00", "%", "%ff", "..", "%2e%2e", "  "]) + text.slice(at)
      );
    case 4:
      return text.replaceAll("%", "%25");
    case 5:
      return text.replace(/%[0-9A-F]{2}/, (one) => one.toLowerCase());
    default:
      return text.replace(/[a-z]/, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  }
}

function changeQuery(tape, query) {
  const { below, pick } = tape;
  const pairs = query === "" ? [] : query.split("&");
  const at = below(pairs.length);
  switch (below(8)) {
    case 0:
      return [
        ...pairs,
        pick([
          "a=b",
          "a",
          "=",
          "X-Amz-Expires=604800",
          "x-amz-signature=0",
          "acl",
          "versionId=1",
          "X-Amz-Security-Token=x",
          "Action=ListRoles",
          "a=%",
        ]),
      ].join("&");
    case 1:
      return [...pairs, pairs[at] ?? "a=b"].join("&");
    case 2:
      return pairs.toSpliced(at, 1).join("&");
    case 3:
      return pairs.toReversed().join("&");
    case 4:
      return query.replaceAll("%20", "+");
    case 5:
      return pairs.toSpliced(at, 1, "").join("&");
    default:
      return pairs.length === 0 ? "x=y" : pairs.with(at, changeText(tape, pairs[at], "#&")).join("&");
  }
}

function changeAuthorization(tape, given) {
  const { pick, below } = tape;
  const replaced = pick([
    ["eu-central-1", "eu-west-1"],
    ["eu-central-1", "xx"],
    ["20260131/", "20260130/"],
    ["aws4_request", "aws4_requesT"],
    [/\/(sts|s3|iam)\//, pick(["/sts/", "/s3/", "/iam/", "/kms/", "//"])],
    [/host;?/, ""],
    ["SignedHeaders=", "SignedHeaders=accept;"],
    [/;[a-z0-9-]+,/, ","],
    ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"],
    [/Credential=[A-Z0-9]+/, "Credential=AKIAIOSFODNN7EXAMPLE"],
    [/Signature=.*/, (one) => one.toUpperCase()],
    [", Signature", ",Signature"],
    [/(Credential=[^,]*), (SignedHeaders=[^,]*)/, "$2, $1"],
    ["SignedHeaders=", "Signature=0, SignedHeaders="],
  ]);
  if (below(2) === 0) return given.replace(...replaced);
  const at = below(given.length);
  return given.slice(0, at) + pick([..."0af;,=/ Zs"]) + given.slice(at + below(2));
}
