// A role by a signed token: of Kubernetes, a build system or another provider that the account trusts.
// Source: STS API reference, AssumeRoleWithWebIdentity; AWS SDKs and Tools Reference Guide, "Assume role credential
// provider: assume role with web identity".
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { CredentialsError } from "@daypass/credentials";
import { AuthError } from "../errors.js";
import { readTextFile } from "../files/read-text-file.js";
import { askAws, clientConfig, hearClock, type HeardClock } from "../sts/ask-aws.js";
import { checkSession } from "../sts/check-session.js";
import { explainFailure } from "../sts/explain-failure.js";
import type { ClientSettings, CredentialsSource, ObtainedSession, SessionQuestion, SourceContext } from "../types.js";

/** STS takes 20,000 characters. Three parts of base64url: RFC 7515. */
const TOKEN = /^[\w-]{1,20000}\.[\w-]{1,20000}\.[\w-]{1,20000}$/;
const MOST_CHARACTERS = 20_000;

export interface WebIdentityOptions {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** Read at each asking: whoever writes it changes it before it expires. Or a function that gets a fresh one. */
  readonly tokenFile: string | (() => Promise<string>);
  /** 900 to 43,200 seconds. Default 3,600. */
  readonly durationSeconds?: number;
  readonly client: ClientSettings;
  readonly description: string;
}

/**
 * Returns what tells one token's bearer from another's: who says so, of whom, for whom. A token that replaces another of
 * the same bearer asks the same question. Nothing is verified here; STS does that.
 */
const bearerOf = (token: string): string => {
  const hash = (value: string): string => createHash("sha256").update(value).digest("hex");
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const [iss, sub, aud] = ["iss", "sub", "aud"].map((claim) => Reflect.get(Object(claims), claim) as unknown);
    if (typeof iss === "string" && typeof sub === "string") return hash(JSON.stringify([iss, sub, aud]));
  } catch {
    // No claims that can be read: the token itself is the bearer.
  }
  return hash(token);
};

/** Read while nothing else can run: only what is a short, regular file, because a pipe or a device would hold everything up. */
const readNow = (path: string): string => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > MOST_CHARACTERS) throw new Error("it is no token");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
};

const bearerInFile = (tokenFile: WebIdentityOptions["tokenFile"]): string => {
  try {
    return typeof tokenFile === "string" ? bearerOf(readNow(tokenFile).trim()) : "none";
  } catch {
    // `get` says why it cannot be read.
    return "none";
  }
};

const isRoleOf = (arn: string, { roleArn, roleSessionName }: WebIdentityOptions): boolean => {
  const [, partition, account, role] = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  const wanted = `arn:${partition}:sts::${account}:assumed-role/${role}/`;
  return arn.toLowerCase().startsWith(wanted.toLowerCase()) && arn.slice(wanted.length) === roleSessionName;
};

/** What STS says of a token, for a person. Codes: STS API reference, AssumeRoleWithWebIdentity, "Errors". */
const TOKEN_FAULTS: Readonly<
  Record<string, readonly ["caller_credentials" | "access_denied" | "aws_unavailable", message: string, hint: string]>
> = {
  ExpiredToken: [
    "caller_credentials",
    "the web identity token has expired",
    "get a new one: whoever writes the file must renew it",
  ],
  InvalidIdentityToken: [
    "access_denied",
    "AWS does not trust the web identity token",
    "the account needs an OIDC provider of the token's issuer, with its audience",
  ],
  IDPRejectedClaim: [
    "access_denied",
    "the identity provider rejected the token",
    "see whether it was revoked, and get a new one",
  ],
  IDPCommunicationError: ["aws_unavailable", "AWS could not reach the identity provider", "try again in a minute"],
};

const explainToken = (error: unknown, what: string): AuthError | undefined => {
  const { name } = Object(error) as { readonly name?: unknown };
  // The AWS SDK's names of modelled errors end in a word that the wire's codes may lack.
  const code = String(name).replace(/Exception$/, "");
  const found = Object.hasOwn(TOKEN_FAULTS, code) ? TOKEN_FAULTS[code] : undefined;
  return found && new AuthError(found[0], `${found[1]}, for ${what}`, { hint: found[2], awsCode: code });
};

const readToken = async (path: WebIdentityOptions["tokenFile"]): Promise<string> => {
  if (typeof path !== "string") return path();
  const token = (await readTextFile(path))?.trim();
  if (token === undefined) {
    throw new AuthError("file_missing", `the web identity token is not there: ${path}`, {
      hint: "correct web_identity_token_file, or see to whoever writes it",
    });
  }
  if (token.length <= MOST_CHARACTERS && TOKEN.test(token)) return token;
  throw new AuthError("file_malformed", `${path} holds no web identity token`, {
    hint: "it must hold one signed token (three parts with points between) and nothing else",
  });
};

/**
 * Returns a source of a role that is assumed by the token in a file, kept by the whole question, the token's bearer
 * included. The call is not signed. `get` rejects with `file_missing`, `file_malformed`, `file_unusable`,
 * `access_denied`, `caller_credentials` or `aws_unavailable`; the token is in no message.
 */
export const createWebIdentitySource = (context: SourceContext, options: WebIdentityOptions): CredentialsSource => {
  const { roleArn, roleSessionName, tokenFile, durationSeconds = 3_600, client, description } = options;
  const what = `the role ${roleArn}`;
  const questionOf = (bearer: string): SessionQuestion => ({
    kind: "web_identity",
    roleArn,
    roleSessionName,
    tokenFile: typeof tokenFile === "string" ? tokenFile : undefined,
    bearer,
    durationSeconds,
    region: client.region,
    endpoint: client.endpoint,
    useFipsEndpoint: client.useFipsEndpoint,
    useDualstackEndpoint: client.useDualstackEndpoint,
  });

  const obtain = async (token: string): Promise<ObtainedSession> => {
    const { STSClient, AssumeRoleWithWebIdentityCommand } = await import("@aws-sdk/client-sts");
    const heard: HeardClock = { offsetMs: undefined };
    // The SDK does not sign this call; with empty keys nothing of this machine's could be picked up for it.
    const nobody = { accessKeyId: "", secretAccessKey: "" };
    const sts = new STSClient({ ...clientConfig(context, client, nobody, 3), useGlobalEndpoint: false });
    sts.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: roleSessionName,
      WebIdentityToken: token,
      DurationSeconds: durationSeconds,
    });
    try {
      const send = (signal: AbortSignal) => sts.send(command, { abortSignal: signal });
      const answer = await askAws(sts, { now: context.now, heard, send });
      const offset = heard.offsetMs ?? 0;
      const arn = answer.AssumedRoleUser?.Arn ?? "";
      if (!isRoleOf(arn, options)) {
        throw new CredentialsError("sts_unavailable", "the answer is for another role or session", {
          hint: "ask again later",
        });
      }
      const accountId = /^arn:[a-z-]+:iam::(\d{12}):/.exec(roleArn)?.[1];
      return {
        credentials: checkSession(answer.Credentials, { durationSeconds, time: context.now() + offset, accountId }),
        arn,
        ...(offset !== 0 && { clockOffsetMs: offset }),
      };
    } catch (error) {
      throw (
        explainToken(error, what) ??
        explainFailure(error, {
          what,
          deniedHint: "check the role's name, and that its trust policy names the token's issuer, audience and subject",
          externalId: null,
        })
      );
    }
  };

  return {
    get question() {
      return questionOf(bearerInFile(tokenFile));
    },
    description,
    async get() {
      const token = await readToken(tokenFile);
      const question = questionOf(bearerOf(token));
      const kept = await context.keeper.get(question, { needsPerson: false, obtain: () => obtain(token) });
      return kept.credentials;
    },
  };
};
