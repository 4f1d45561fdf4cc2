// Reads what a request claims about its signer: from the Authorization header or, presigned, from the query.
// Nothing here is proof; `verify-signature.ts` demands it. Source: IAM User Guide, "AWS Signature Version 4 for API
// requests", and Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters".
import type { HttpRequest } from "../types.js";
import { malformedAuthorization, unsupportedMechanism } from "./auth-errors.js";
import type { AuthDialect } from "./auth-errors.js";

export const ALGORITHM = "AWS4-HMAC-SHA256";

export interface SignatureClaim {
  readonly presigned: boolean;
  readonly accessKeyId: string;
  /** The credential scope: `YYYYMMDD`, region and service. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `YYYYMMDDThhmmssZ` as sent, and the same as milliseconds since 1970. */
  readonly amzDate: string;
  readonly signedAt: number;
  /** Lower case, sorted, each once. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** Of presigned requests that say so. */
  readonly expiresInSeconds: number | undefined;
}

/** Returns the service of the credential scope, for choosing the dialect of every later refusal. */
export function claimedService(request: HttpRequest): string | undefined {
  return claimedScope(request)?.service;
}

/** Returns region and service of the credential scope: where the request would have gone on AWS. */
export function claimedScope(request: HttpRequest): { readonly region: string; readonly service: string } | undefined {
  const credential =
    request.query.get("X-Amz-Credential") ??
    /Credential=([^,\s]+)/.exec(request.headers.get("authorization") ?? "")?.[1];
  const [, region, service] = /^[^/]+\/[^/]+\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? "") ?? [];
  return region === undefined || service === undefined ? undefined : { region, service };
}

/** Returns the claim, or `undefined` when the request carries none at all. Throws `AwsError` for half a claim. */
export function readSignature(request: HttpRequest, dialect: AuthDialect): SignatureClaim | undefined {
  const header = request.headers.get("authorization");
  const names = [...request.query.keys()];
  const presigned = names.some((name) => /^x-amz-(algorithm|credential|signature)$/i.test(name));
  if (header !== undefined && presigned) {
    throw malformedAuthorization(
      dialect,
      true,
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
    );
  }
  if (header !== undefined) return fromHeader(request, header, dialect);
  if (presigned) return fromQuery(request, dialect);
  // Signature Version 2 in the query: never taken for an unsigned request.
  if (names.includes("AWSAccessKeyId") || names.includes("Signature")) throw unsupportedMechanism(dialect);
  return undefined;
}

function fromHeader(request: HttpRequest, header: string, dialect: AuthDialect): SignatureClaim {
  if (!header.startsWith(`${ALGORITHM} `)) throw unsupportedMechanism(dialect);
  const parameters = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length).split(",")) {
    const [, name, value] = /^\s*(\w+)=(\S+)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || parameters.has(name)) {
      throw malformedAuthorization(
        dialect,
        false,
        `a part of the Authorization header is not a valid key=value pair (missing equal-sign)`,
      );
    }
    parameters.set(name, value);
  }
  const need = (name: string) => {
    const value = parameters.get(name);
    if (value === undefined) {
      throw malformedAuthorization(dialect, false, `Authorization header requires '${name}' parameter.`);
    }
    return value;
  };
  const amzDate = request.headers.get("x-amz-date");
  if (amzDate === undefined) {
    throw malformedAuthorization(
      dialect,
      false,
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  return claim(dialect, {
    presigned: false,
    credential: need("Credential"),
    signedHeaders: need("SignedHeaders"),
    signature: need("Signature"),
    amzDate,
    sessionToken: request.headers.get("x-amz-security-token"),
    expires: undefined,
  });
}

function fromQuery(request: HttpRequest, dialect: AuthDialect): SignatureClaim {
  const one = (name: string) => {
    const values = request.query.getAll(name);
    if (values.length > 1) throw malformedAuthorization(dialect, true, `${name} is given more than once`);
    return values[0];
  };
  const need = (name: string) => {
    const value = one(name);
    if (value !== undefined && value !== "") return value;
    throw malformedAuthorization(
      dialect,
      true,
      dialect === "s3"
        ? "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
        : `AWS query-string parameters must include '${name}'. Re-examine the query-string parameters.`,
    );
  };
  if (need("X-Amz-Algorithm") !== ALGORITHM) throw unsupportedMechanism(dialect);
  return claim(dialect, {
    presigned: true,
    credential: need("X-Amz-Credential"),
    signedHeaders: need("X-Amz-SignedHeaders"),
    signature: need("X-Amz-Signature"),
    amzDate: need("X-Amz-Date"),
    sessionToken: one("X-Amz-Security-Token"),
    expires: dialect === "s3" ? need("X-Amz-Expires") : one("X-Amz-Expires"),
  });
}

interface RawClaim {
  readonly presigned: boolean;
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly amzDate: string;
  readonly sessionToken: string | undefined;
  readonly expires: string | undefined;
}

function claim(dialect: AuthDialect, raw: RawClaim): SignatureClaim {
  const bad = (reason: string) => malformedAuthorization(dialect, raw.presigned, reason);
  const [accessKeyId = "", date = "", region = "", service = "", terminator, ...more] = raw.credential.split("/");
  if (accessKeyId === "" || terminator !== "aws4_request" || more.length > 0 || !/^\d{8}$/.test(date)) {
    throw bad('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  const signedHeaders = raw.signedHeaders.split(";");
  const ordered = signedHeaders.every((name, index) => index === 0 || (signedHeaders[index - 1] ?? "") < name);
  if (!ordered || !signedHeaders.every((name) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name))) {
    throw bad("SignedHeaders must be header names in lower case, sorted, each once.");
  }
  if (!/^[0-9a-f]{64}$/.test(raw.signature)) throw bad("Signature must be 64 hexadecimal digits.");
  return {
    presigned: raw.presigned,
    accessKeyId,
    date,
    region,
    service,
    amzDate: raw.amzDate,
    signedAt: parseAmzDate(raw.amzDate, bad),
    signedHeaders,
    signature: raw.signature,
    sessionToken: raw.sessionToken,
    expiresInSeconds: raw.expires === undefined ? undefined : parseExpires(raw.expires, bad),
  };
}

function parseAmzDate(text: string, bad: (reason: string) => Error): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  // Refuses 31 February, which Date would move to March.
  if (Number.isNaN(time) || new Date(time).toISOString() !== iso) {
    throw bad(`Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601`);
  }
  return time;
}

function parseExpires(text: string, bad: (reason: string) => Error): number {
  if (/^-\d+$/.test(text)) throw bad("X-Amz-Expires must be non-negative");
  if (!/^\d{1,9}$/.test(text)) throw bad("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds > 604_800) {
    throw bad(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  return seconds;
}
