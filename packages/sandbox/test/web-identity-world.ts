// The world in which web identities are tested: a CI role of the customer's account that trusts one repository's jobs.
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AssumeRoleWithWebIdentityCommandInput } from "@aws-sdk/client-sts";
import type { Sandbox, WorldFile } from "@daypass/sandbox/testing";
import { allowing, CUSTOMER, document, roleArn, trusting, VENDOR } from "./sts-clients.js";

export const GITHUB = "https://token.actions.githubusercontent.com";
export const GITLAB = "https://gitlab.com";
export const OWN = "https://login.example.com/realms/main";
export const SUBJECT = "repo:octo/app:ref:refs/heads/main";
export const providerArn = (url: string, account = CUSTOMER) =>
  `arn:aws:iam::${account}:oidc-provider/${url.replace("https://", "")}`;

const host = (url: string) => url.replace("https://", "");

/** One Allow statement for the tokens of an issuer. */
export function trustingTokens(url: string, condition?: object, action: unknown = "sts:AssumeRoleWithWebIdentity") {
  return trusting({ Federated: providerArn(url) }, condition, action);
}

export const onlyMain = {
  StringEquals: { [`${host(GITHUB)}:aud`]: "sts.amazonaws.com", [`${host(GITHUB)}:sub`]: SUBJECT },
};

export const theWorld: WorldFile = {
  tokenIssuers: [
    { url: OWN, algorithm: "ES256" },
    { url: "https://p384.example.com", algorithm: "ES384" },
  ],
  accounts: [
    {
      id: CUSTOMER,
      oidcProviders: [
        { url: GITHUB, clientIds: ["sts.amazonaws.com", "other"] },
        { url: GITLAB, clientIds: ["https://gitlab.com"] },
        { url: OWN, clientIds: ["app"] },
        { url: "https://p384.example.com", clientIds: ["app"] },
        { url: "https://gone.example.com", clientIds: ["app"] },
      ],
      roles: [
        {
          name: "ci",
          trustPolicy: document(trustingTokens(GITHUB, onlyMain)),
          policies: { read: allowing("iam:GetRole", `arn:aws:iam::${CUSTOMER}:role/ci`) },
        },
        { name: "lab", trustPolicy: document(trustingTokens(GITLAB)) },
        {
          name: "own",
          trustPolicy: document(trustingTokens(OWN, { "ForAnyValue:StringEquals": { [`${host(OWN)}:amr`]: ["mfa"] } })),
        },
        { name: "p384", trustPolicy: document(trustingTokens("https://p384.example.com")) },
        { name: "wide", trustPolicy: document(trustingTokens(GITHUB)), maxSessionDuration: 7200 },
        {
          name: "tagged",
          trustPolicy: document(
            trustingTokens(GITHUB, undefined, [
              "sts:AssumeRoleWithWebIdentity",
              "sts:TagSession",
              "sts:SetSourceIdentity",
            ]),
          ),
          policies: { red: allowing("iam:GetRole", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }) },
        },
        { name: "everyone", trustPolicy: document(trusting({ AWS: "*" }, undefined, "sts:*")) },
      ],
    },
    { id: VENDOR, roles: [{ name: "ci", trustPolicy: document(trustingTokens(GITHUB)) }] },
  ],
};

/** A job's token on the main branch. */
export function jobToken(
  sandbox: Pick<Sandbox, "issueWebIdentityToken">,
  claims?: Record<string, unknown>,
  more: { issuer?: string; subject?: string; audience?: string | readonly string[]; durationSeconds?: number } = {},
): string {
  return sandbox.issueWebIdentityToken({
    issuer: GITHUB,
    subject: SUBJECT,
    audience: "sts.amazonaws.com",
    claims,
    ...more,
  });
}

/** A client that has no credentials at all. */
export function unsigned(sandbox: Sandbox): STSClient {
  return new STSClient({ endpoint: sandbox.endpoint, region: "eu-central-1", maxAttempts: 1 });
}

export function exchange(
  sandbox: Sandbox,
  WebIdentityToken: string,
  more: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
) {
  return unsigned(sandbox).send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: roleArn("ci"), RoleSessionName: "job", WebIdentityToken, ...more }),
  );
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8")) as Record<string, unknown>;

/** The token's parts, to be put together anew by a forger. */
export function takeApart(token: string) {
  const [header, claims, signature] = token.split(".");
  return { header: decode(header), claims: decode(claims), signature: signature ?? "" };
}

/** The same claims under a header of the forger's, without a signature. */
export function withoutSignature(token: string, header: object): string {
  const { claims } = takeApart(token);
  return `${encode(header)}.${encode(claims)}.`;
}

/** The same claims, signed by a key that nobody trusts, under the trusted key's name. */
export function signedByStranger(token: string): string {
  const { header, claims } = takeApart(token);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }))).toString("base64url")}`;
}

/** The same claims with an HMAC whose secret is the public key, as everybody can read it. */
export function signedWithPublicKey(token: string, publicKey: string): string {
  const { header, claims } = takeApart(token);
  const signed = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", publicKey).update(signed).digest("base64url")}`;
}
