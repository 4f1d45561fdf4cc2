// AssumeRoleWithWebIdentity over HTTP with the real SDK: what a token of a trusted issuer opens, and what it does not.
import { createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER, keysOf, outcome, roleArn, sts, VENDOR } from "./sts-clients.js";
import {
  exchange,
  GITHUB,
  GITLAB,
  jobToken,
  OWN,
  providerArn,
  signedByStranger,
  signedWithPublicKey,
  SUBJECT,
  takeApart,
  theWorld,
  unsigned,
  withoutSignature,
} from "./web-identity-world.js";

const START = Math.floor(Date.now() / 1000) * 1000;
let now = START;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: theWorld, now: () => now });
});
beforeEach(() => {
  now = START;
});
afterAll(() => sandbox.stop());

const tags = (principal: object, transitive: readonly string[] = []) => ({
  "https://aws.amazon.com/tags": { principal_tags: principal, transitive_tag_keys: transitive },
});

describe("a token of a trusted issuer", () => {
  it("opens the role, and the answer says whose token it was", async () => {
    const answer = await exchange(sandbox, jobToken(sandbox));
    expect(answer).toMatchObject({
      Audience: "sts.amazonaws.com",
      SubjectFromWebIdentityToken: SUBJECT,
      Provider: providerArn(GITHUB),
      AssumedRoleUser: { Arn: `arn:aws:sts::${CUSTOMER}:assumed-role/ci/job` },
    });
    expect(answer.Credentials?.Expiration).toEqual(new Date(START + 3_600_000));
    const identity = await sts(sandbox, keysOf(answer)).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/ci/job`);
  });

  it("gives the role's permissions and no more", async () => {
    const client = new IAMClient({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: keysOf(await exchange(sandbox, jobToken(sandbox))),
    });
    expect((await client.send(new GetRoleCommand({ RoleName: "ci" }))).Role?.RoleName).toBe("ci");
    expect(await outcome(client.send(new GetRoleCommand({ RoleName: "lab" })))).toMatch(/^403 AccessDenied /);
  });

  it("may be signed with ES256 or ES384 where the issuer does that", async () => {
    const own = jobToken(sandbox, { amr: ["pwd", "mfa"] }, { issuer: OWN, audience: "app" });
    expect(takeApart(own).header["alg"]).toBe("ES256");
    expect(await outcome(exchange(sandbox, own, { RoleArn: roleArn("own") }))).toBe("ok");
    const long = jobToken(sandbox, undefined, { issuer: "https://p384.example.com", audience: "app" });
    expect(await outcome(exchange(sandbox, long, { RoleArn: roleArn("p384") }))).toBe("ok");
  });

  it("goes on being accepted for five minutes after it expired, and no longer", async () => {
    const token = jobToken(sandbox, undefined, { durationSeconds: 60 });
    now = START + 359_000;
    expect(await outcome(exchange(sandbox, token))).toBe("ok");
    now = START + 360_000;
    expect(await outcome(exchange(sandbox, token))).toMatch(/^400 ExpiredTokenException Token expired: current/);
  });

  it("carries its tags and source identity into the session where the trust policy allows that", async () => {
    const claims = { ...tags({ team: ["red"] }, ["team"]), "https://aws.amazon.com/source_identity": "octocat" };
    const answer = await exchange(sandbox, jobToken(sandbox, claims), { RoleArn: roleArn("tagged") });
    expect(answer.SourceIdentity).toBe("octocat");
    const client = new IAMClient({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: keysOf(answer) });
    expect(await outcome(client.send(new GetRoleCommand({ RoleName: "ci" })))).toBe("ok");
    expect(await outcome(exchange(sandbox, jobToken(sandbox, claims), { RoleArn: roleArn("wide") }))).toBe(
      "403 AccessDenied Not authorized to perform sts:TagSession",
    );
    const named = { "https://aws.amazon.com/source_identity": "octocat" };
    expect(await outcome(exchange(sandbox, jobToken(sandbox, named), { RoleArn: roleArn("wide") }))).toBe(
      "403 AccessDenied Not authorized to perform sts:SetSourceIdentity",
    );
  });

  it("is limited by the role's longest session and by session policies", async () => {
    const RoleArn = roleArn("wide");
    const long = await exchange(sandbox, jobToken(sandbox), { RoleArn, DurationSeconds: 7200 });
    expect(long.Credentials?.Expiration).toEqual(new Date(START + 7_200_000));
    expect(await outcome(exchange(sandbox, jobToken(sandbox), { RoleArn, DurationSeconds: 7201 }))).toBe(
      "400 ValidationError The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    const Policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`;
    const narrow = await exchange(sandbox, jobToken(sandbox), { Policy });
    expect(narrow.PackedPolicySize).toBeGreaterThan(0);
    const client = new IAMClient({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: keysOf(narrow) });
    expect(await outcome(client.send(new GetRoleCommand({ RoleName: "ci" })))).toMatch(/no session policy allows/);
  });
});

describe("a token that is wrong", () => {
  const refusals = async (token: string) => [
    await outcome(exchange(sandbox, token)),
    await outcome(exchange(sandbox, token, { RoleArn: roleArn("wide") })),
  ];
  const invalid = (text: string) => [`400 InvalidIdentityToken ${text}`, `400 InvalidIdentityToken ${text}`];
  const badSignature = invalid("The signature of the token cannot be verified");
  const noKey = invalid(
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
  );

  it("is refused when its claims were changed after signing", async () => {
    const { header, claims, signature } = takeApart(jobToken(sandbox, undefined, { subject: "repo:evil/app" }));
    const changed = [header, { ...claims, sub: SUBJECT }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    expect(await refusals([...changed, signature].join("."))).toEqual(badSignature);
  });

  it("is refused when a stranger signed it under the issuer's key ID", async () => {
    expect(await refusals(signedByStranger(jobToken(sandbox)))).toEqual(badSignature);
  });

  it("is refused without a signature, whatever algorithm it says it has", async () => {
    const token = jobToken(sandbox);
    const { header } = takeApart(token);
    expect(await refusals(withoutSignature(token, { ...header, alg: "none" }))).toEqual(badSignature);
    expect(await refusals(withoutSignature(token, header))).toEqual(badSignature);
    expect(await refusals(withoutSignature(token, { alg: "none" }))).toEqual(noKey);
  });

  it("is refused with an HMAC made from the public key", async () => {
    const keys = (await (
      await fetch(`${sandbox.endpoint}/_daypass/oidc/token.actions.githubusercontent.com/.well-known/jwks`)
    ).json()) as { keys: JsonWebKey[] };
    const publicKey = createPublicKey({ key: keys.keys[0] ?? {}, format: "jwk" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await refusals(signedWithPublicKey(jobToken(sandbox), pem))).toEqual(badSignature);
  });

  it("is refused when another issuer's key signed it in this issuer's name", async () => {
    expect(await refusals(jobToken(sandbox, { iss: GITHUB }, { issuer: GITLAB }))).toEqual(noKey);
  });

  it("is refused for an issuer whose provider the role's account does not have, or has no keys", async () => {
    const token = jobToken(sandbox, { iss: "https://nobody.example.com" });
    expect(await refusals(token)).toEqual(
      invalid("No OpenIDConnect provider found in your account for https://nobody.example.com"),
    );
    expect(await outcome(exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("ci", VENDOR) }))).toBe(
      `400 InvalidIdentityToken No OpenIDConnect provider found in your account for ${GITHUB}`,
    );
    expect(await refusals(jobToken(sandbox, { iss: "https://gone.example.com" }))).toEqual(noKey);
    expect(await refusals(jobToken(sandbox, { iss: GITHUB.replace("https", "http") }))).toEqual(
      invalid(`No OpenIDConnect provider found in your account for ${GITHUB.replace("https", "http")}`),
    );
  });

  it("is refused for an audience that the provider does not list, and for several", async () => {
    const wrong = invalid("Incorrect token audience");
    expect(await refusals(jobToken(sandbox, undefined, { audience: "someone-else" }))).toEqual(wrong);
    expect(await refusals(jobToken(sandbox, undefined, { audience: ["sts.amazonaws.com", "other"] }))).toEqual(wrong);
    expect(await refusals(jobToken(sandbox, { azp: "someone-else" }))).toEqual(wrong);
  });

  it("is refused before it is valid", async () => {
    const at = START / 1000;
    const early = invalid("The token is not valid yet");
    expect(await refusals(jobToken(sandbox, { nbf: at + 1 }))).toEqual(early);
    expect(await refusals(jobToken(sandbox, { iat: at + 1 }))).toEqual(early);
    expect(await refusals(jobToken(sandbox, { nbf: "now" }))).toEqual(early);
  });

  it("is refused without the claims that AWS needs", async () => {
    for (const name of ["iss", "sub", "aud", "exp", "iat"]) {
      expect(await refusals(jobToken(sandbox, { [name]: null })), name).toEqual(
        invalid(`Missing a required claim: ${name}`),
      );
    }
    expect(await refusals(jobToken(sandbox, { exp: "tomorrow" }))).toEqual(invalid("Missing a required claim: exp"));
  });

  it("is refused when it is no token at all", async () => {
    const text = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    for (const token of ["abcd", "ab.c", "a.b.c", "e30.e30", "bnVsbA.e30.", "W10.e30.e30", "a.b.c.d.e"]) {
      expect(await refusals(token), token).toEqual(invalid(text));
    }
    expect(await refusals("e30.e30.")).toEqual(invalid("Missing a required claim: iss"));
  });

  it("is refused with tags or a source identity of the wrong form", async () => {
    for (const claims of [
      tags({ team: ["red", "blue"] }),
      tags({ team: 7 }),
      tags({ "": "x" }),
      { "https://aws.amazon.com/tags": "team=red" },
      { "https://aws.amazon.com/source_identity": "not a name" },
    ]) {
      const answer = await outcome(exchange(sandbox, jobToken(sandbox, claims), { RoleArn: roleArn("tagged") }));
      expect(answer).toMatch(/^400 InvalidIdentityToken The claim https:\/\/aws\.amazon\.com\/\w+ is not of the form/);
    }
  });

  it("never comes back in a refusal, also when it is too long", async () => {
    const token = "x".repeat(20_001);
    const answer = await outcome(exchange(sandbox, token));
    expect(answer).toBe(
      "400 ValidationError 1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
    );
  });
});

describe("the role's trust policy", () => {
  const denied = "403 AccessDenied Not authorized to perform sts:AssumeRoleWithWebIdentity";

  it("decides by audience and subject", async () => {
    expect(await outcome(exchange(sandbox, jobToken(sandbox, undefined, { subject: `${SUBJECT}2` })))).toBe(denied);
    expect(await outcome(exchange(sandbox, jobToken(sandbox, undefined, { audience: "other" })))).toBe(denied);
  });

  it("decides by how the person signed in", async () => {
    const ask = (amr: unknown) =>
      outcome(
        exchange(sandbox, jobToken(sandbox, { amr }, { issuer: OWN, audience: "app" }), { RoleArn: roleArn("own") }),
      );
    expect(await ask(["mfa"])).toBe("ok");
    expect(await ask(["pwd"])).toBe(denied);
    expect(await ask(null)).toBe(denied);
    expect(await ask("mfa")).toBe(denied);
  });

  it("must name the provider: another one's tokens, and everyone, are not meant", async () => {
    const token = jobToken(sandbox);
    expect(await outcome(exchange(sandbox, token, { RoleArn: roleArn("lab") }))).toBe(denied);
    expect(await outcome(exchange(sandbox, token, { RoleArn: roleArn("everyone") }))).toBe(denied);
  });

  it("is not told apart from a role that does not exist", async () => {
    expect(await outcome(exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("nobody") }))).toBe(denied);
  });

  it("is not helped by a signature: an administrator's changes nothing", async () => {
    const { admin } = sandbox.account(CUSTOMER);
    const client = sts(sandbox, admin);
    const { AssumeRoleWithWebIdentityCommand } = await import("@aws-sdk/client-sts");
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn("lab"),
      RoleSessionName: "job",
      WebIdentityToken: jobToken(sandbox),
    });
    expect(await outcome(client.send(command))).toBe(denied);
  });
});

describe("the rest of the sandbox", () => {
  it("answers no other operation without a signature", async () => {
    const client = unsigned(sandbox);
    const post = (body: string) =>
      fetch(sandbox.endpoint, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body,
      }).then(async (answer) => `${answer.status} ${/<Code>(\w+)/.exec(await answer.text())?.[1] ?? ""}`);
    const refused = "403 MissingAuthenticationToken";
    expect(await post("Action=GetCallerIdentity&Version=2011-06-15")).toBe(refused);
    expect(await post("Action=AssumeRole&Version=2011-06-15&x=Action=AssumeRoleWithWebIdentity")).toBe(refused);
    expect(await post("Action=AssumeRole&Action=AssumeRoleWithWebIdentity&Version=2011-06-15")).toBe(refused);
    expect(await post("Action=AssumeRoleWithWebIdentity&Action=AssumeRole&Version=2011-06-15")).toBe(refused);
    client.destroy();
  });

  it("treats a chained session of a web identity like any other", async () => {
    const credentials = keysOf(await exchange(sandbox, jobToken(sandbox)));
    const chained = sts(sandbox, credentials).send(
      new AssumeRoleCommand({ RoleArn: roleArn("everyone"), RoleSessionName: "next", DurationSeconds: 3601 }),
    );
    expect(await outcome(chained)).toMatch(/^40[03] /);
  });

  it("keeps tokens out of the record of calls", async () => {
    const token = jobToken(sandbox);
    await exchange(sandbox, token);
    const calls = JSON.stringify(sandbox.calls());
    expect(calls).toContain("AssumeRoleWithWebIdentity");
    expect(calls).not.toContain(token.split(".")[1]);
    expect(calls).not.toContain(token.split(".")[2]);
  });

  it("publishes each issuer's configuration and public key, and nothing private", async () => {
    const base = `${sandbox.endpoint}/_daypass/oidc/login.example.com/realms/main/.well-known`;
    const configuration = (await (await fetch(`${base}/openid-configuration`)).json()) as Record<string, unknown>;
    expect(configuration).toMatchObject({ issuer: OWN, jwks_uri: `${base}/jwks` });
    const set = (await (await fetch(`${base}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    const { header } = takeApart(jobToken(sandbox, undefined, { issuer: OWN }));
    expect(set.keys.map(({ kid, alg, kty }) => ({ kid, alg, kty }))).toEqual([
      { kid: header["kid"], alg: "ES256", kty: "EC" },
    ]);
    expect(set.keys[0]).not.toHaveProperty("d");
    expect((await fetch(`${sandbox.endpoint}/_daypass/oidc/nobody/.well-known/jwks`)).status).toBe(404);
    expect((await fetch(`${base}/jwks`, { method: "POST" })).status).toBe(405);
  });

  it("issues tokens at the control door, for its own issuers only", async () => {
    const ask = (body: object) =>
      fetch(`${sandbox.control}web-identity-tokens`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const issued = await ask({ issuer: GITHUB, subject: SUBJECT, audience: "sts.amazonaws.com" });
    const { token } = (await issued.json()) as { token: string };
    expect(await outcome(exchange(sandbox, token))).toBe("ok");
    const refused = await ask({ issuer: "https://nobody.example.com", subject: "x", audience: "y" });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ error: "there is no token issuer https://nobody.example.com" }),
    ]);
    expect((await ask({ issuer: GITHUB, subject: SUBJECT })).status).toBe(400);
    expect(() => jobToken(sandbox, undefined, { durationSeconds: 0 })).toThrow(/durationSeconds/);
  });
});
