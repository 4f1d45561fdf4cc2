// Asks STS once and believes the answer only where it is whole. The only file that touches the AWS SDK, on first use.
import type { AssumeRoleCommandInput, STSClient, STSClientConfig } from "@aws-sdk/client-sts";
import { checkAnswer } from "./check-answer.js";
import {
  BOOLEAN,
  FUNCTION,
  millisecondsFrom,
  refuseOption,
  SIGNAL,
  takeOptions,
  type OptionRule,
} from "./check-options.js";
import { takeRequest } from "./check-request.js";
import { classifyFailure, createError, plain } from "./classify-failure.js";
import { CredentialsError } from "./errors.js";
import { signByClock } from "./sign-by-clock.js";
import type { AssumedRole, AssumeRole, Clock, RoleRequest } from "./types.js";
import { HUMAN_MS, withDeadline } from "./with-deadline.js";

/** Whose credentials ask: static ones or a provider, as the AWS SDK takes them. */
export type CallerCredentials = NonNullable<STSClientConfig["credentials"]>;

/** How requests travel: a handler, or the options of its default one, as the AWS SDK takes them. */
export type CallerRequestHandler = NonNullable<STSClientConfig["requestHandler"]>;

export interface AssumeRoleOptions {
  /** `undefined`, said on purpose: the AWS SDK's default chain finds them. */
  readonly credentials: CallerCredentials | undefined;
  /** Another endpoint than the region's own, for a sandbox or a VPC endpoint: https unless it is on this machine. */
  readonly endpoint?: string;
  /** Asks the region's FIPS 140 endpoint. Not together with `endpoint`. */
  readonly useFipsEndpoint?: boolean;
  /** Asks the region's endpoint for IPv4 and IPv6. Not together with `endpoint`. */
  readonly useDualstackEndpoint?: boolean;
  /** How STS is reached: proxies, certificates. A handler of the AWS SDK's, or options that are laid over those made here. */
  readonly requestHandler?: CallerRequestHandler;
  readonly now?: Clock;
  /** The whole call, the caller's own credentials included. Default 10,000. */
  readonly timeoutMs?: number;
  /** Until the connection stands. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /**
   * How the one-time code of an MFA device is got, in five minutes at most. Without it, a request with `mfaSerial` is
   * refused.
   */
  readonly mfaCode?: (mfaSerial: string) => Promise<string>;
}

/** AWS has fewer regions; a caller who lets others name them must not fill the memory. */
const MOST_CLIENTS = 64;
/** STS tolerates 5 minutes; the AWS SDK corrects from 4 on. */
const SKEW_THAT_COUNTS_MS = 240_000;

// STS's answer holds a secret key and a token: in the clear they may only travel within this machine.
const isEndpoint = (value: unknown): value is string => {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const isLocal = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
  const isSafe = protocol === "https:" || (protocol === "http:" && isLocal);
  return isSafe && username + password + search + hash === "";
};

const ENDPOINT: OptionRule = {
  wanted: "an https URL, or an http one of this machine",
  take: (value) => (isEndpoint(value) ? value : undefined),
};

const CREDENTIALS: OptionRule = {
  wanted: "credentials or a provider, as the AWS SDK takes them",
  take: (value) => (typeof value === "function" || (typeof value === "object" && value !== null) ? value : undefined),
  missing: "give those who ask; undefined, said on purpose, is the AWS SDK's default chain",
  mayBeUndefined: true,
};

const HANDLER: OptionRule = {
  wanted: "a request handler or the options of one, as the AWS SDK takes them",
  take: (value) => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined),
};

const isFilled = <T extends object>(value: T | undefined): value is T =>
  value !== undefined && Object.keys(value).length > 0;

const toInput = (request: RoleRequest, tokenCode: string | undefined): AssumeRoleCommandInput => ({
  RoleArn: request.roleArn,
  RoleSessionName: request.roleSessionName,
  DurationSeconds: request.durationSeconds,
  ...(request.externalId !== null && { ExternalId: request.externalId }),
  ...(request.policy !== undefined && { Policy: request.policy }),
  ...(request.policyArns && { PolicyArns: request.policyArns.map((arn) => ({ arn })) }),
  // An empty list would go over the wire as an empty parameter.
  ...(isFilled(request.tags) && { Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })) }),
  ...(isFilled(request.transitiveTagKeys) && { TransitiveTagKeys: [...request.transitiveTagKeys] }),
  ...(request.sourceIdentity !== undefined && { SourceIdentity: request.sourceIdentity }),
  ...(request.mfaSerial !== undefined && { SerialNumber: request.mfaSerial, TokenCode: tokenCode }),
});

/**
 * Returns a function that asks STS once: no cache, and no retry but one. Where STS refuses a signature for this
 * machine's clock, it has not looked at the question, and is asked again by its own clock.
 * The function throws `CredentialsError`, or what `mfaCode` rejected with. It keeps one client per region, of 64.
 * Throws `invalid_request` where an option is unknown, missing or malformed.
 */
export const createAssumeRole = (options: AssumeRoleOptions): AssumeRole => {
  const taken = takeOptions<AssumeRoleOptions>("createAssumeRole", options, {
    credentials: CREDENTIALS,
    endpoint: ENDPOINT,
    useFipsEndpoint: BOOLEAN,
    useDualstackEndpoint: BOOLEAN,
    requestHandler: HANDLER,
    now: FUNCTION,
    timeoutMs: millisecondsFrom(1),
    connectTimeoutMs: millisecondsFrom(1),
    mfaCode: FUNCTION,
  });
  const { credentials, endpoint, mfaCode, now = Date.now, timeoutMs = 10_000, connectTimeoutMs = 3_000 } = taken;
  const { useFipsEndpoint = false, useDualstackEndpoint = false, requestHandler = {} } = taken;
  if (endpoint !== undefined && (useFipsEndpoint || useDualstackEndpoint)) {
    // The AWS SDK's endpoint rules refuse the pair, but only on the first request, where it would look like an outage.
    throw refuseOption(
      "createAssumeRole is given an endpoint of its own and told to use a FIPS or dual-stack one",
      "give one or the other",
    );
  }
  const clients = new Map<string, STSClient>();

  const clientOf = async (region: string) => {
    const { STSClient, AssumeRoleCommand } = await import("@aws-sdk/client-sts");
    const known = clients.get(region);
    if (known !== undefined) return { client: known, AssumeRoleCommand };
    const client = new STSClient({
      region,
      // Tokens of the global endpoint are not valid in opt-in regions: IAM User Guide, "Manage AWS STS in an AWS Region".
      useGlobalEndpoint: false,
      maxAttempts: 1,
      useFipsEndpoint,
      useDualstackEndpoint,
      requestHandler:
        "handle" in requestHandler
          ? requestHandler
          : {
              connectionTimeout: connectTimeoutMs,
              requestTimeout: timeoutMs,
              throwOnRequestTimeout: true,
              ...requestHandler,
            },
      ...(credentials !== undefined && { credentials }),
      ...(endpoint !== undefined && { endpoint }),
    });
    signByClock(client, now);
    const [oldest] = clients.keys();
    // Not destroyed: it may be in use.
    if (oldest !== undefined && clients.size >= MOST_CLIENTS) clients.delete(oldest);
    clients.set(region, client);
    return { client, AssumeRoleCommand };
  };

  /** Sends one request; `heard` is told STS's clock when an answer, good or bad, brings it. */
  const send = async (
    input: AssumeRoleCommandInput,
    region: string,
    signal: AbortSignal,
    heard: (time: number) => void,
  ) => {
    const { client, AssumeRoleCommand } = await clientOf(region);
    const command = new AssumeRoleCommand(input);
    const progress = { sent: false };
    command.middlewareStack.add(
      (next) => async (args) => {
        progress.sent = true;
        const result = await next(args);
        const headers: unknown = Reflect.get(Object(result.response), "headers");
        const time = Date.parse(String(Reflect.get(Object(headers), "date")));
        if (!Number.isNaN(time)) heard(time);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    try {
      return await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (progress.sent || signal.aborted) throw error;
      // Nothing was sent: our own credentials were not to be had. They may come from an STS call of their own, whose
      // AccessDenied must not pass for the customer's. No words of theirs: a foreign provider's may hold its secrets.
      const name = error instanceof Error && typeof error.name === "string" ? plain(error.name) : undefined;
      throw createError("caller_credentials", { detail: `they could not be had (${name ?? "Error"})` });
    }
  };

  const codeOf = async (mfaSerial: string | undefined, signal: AbortSignal | undefined) => {
    if (mfaSerial === undefined) return undefined;
    if (mfaCode === undefined) {
      throw new CredentialsError("invalid_request", "the role asks for MFA, and nobody can be asked for the code", {
        hint: "give createAssumeRole an mfaCode",
      });
    }
    const code: unknown = await withDeadline(() => mfaCode(mfaSerial), {
      ms: HUMAN_MS,
      createReason: () => createError("caller_credentials", { detail: "no MFA code was given within five minutes" }),
      signal,
      createAbortReason: () => createError("aborted"),
    });
    // STS API reference, AssumeRole, TokenCode: six digits.
    if (typeof code === "string" && /^\d{6}$/.test(code)) return code;
    throw createError("caller_credentials", { detail: "the MFA code is not six digits" });
  };

  const ask = async (
    request: RoleRequest,
    tokenCode: string | undefined,
    signal: AbortSignal,
  ): Promise<AssumedRole> => {
    let offset: number | undefined;
    const heard = (time: number) => {
      const skew = time - now();
      offset = Math.abs(skew) < SKEW_THAT_COUNTS_MS ? 0 : skew;
    };
    const input = toInput(request, tokenCode);
    const answer = await send(input, request.region, signal, heard).catch((error: unknown) => {
      // The SDK's client has noted STS's clock from the refusal, and signs by it from now on.
      if (classifyFailure(error, request).code !== "clock_skew" || offset === undefined) throw error;
      return send(input, request.region, signal, heard);
    });
    const role = checkAnswer(answer, request, now() + (offset ?? 0));
    return offset === undefined || offset === 0 ? role : Object.freeze({ ...role, clockOffsetMs: offset });
  };

  return async (given, about) => {
    const request = takeRequest(given);
    const { signal } = takeOptions<{ readonly signal?: AbortSignal }>("assumeRole", about, { signal: SIGNAL });
    if (signal?.aborted) throw createError("aborted");
    // A human may take their time over the code; the deadline is for machines.
    const tokenCode = await codeOf(request.mfaSerial, signal);
    const controller = new AbortController();
    try {
      return await withDeadline(() => ask(request, tokenCode, controller.signal), {
        ms: timeoutMs,
        createReason: () => createError("sts_unavailable", { detail: `no answer within ${timeoutMs} ms` }),
        signal,
        createAbortReason: () => createError("aborted"),
      });
    } catch (error) {
      controller.abort();
      throw classifyFailure(error, request);
    }
  };
};
