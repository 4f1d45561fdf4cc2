// RegisterClient and the device flow, over HTTP with the SDK's own client.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RegisterClientCommand, StartDeviceAuthorizationCommand } from "@aws-sdk/client-sso-oidc";
import type { Sandbox } from "@daypass/sandbox/testing";
import {
  ACCOUNT_ACCESS,
  createToken,
  DEVICE_CODE,
  oidc,
  outcomeOf,
  register,
  signIn,
  startDevice,
  startDirectory,
  START,
  START_URL,
} from "./identity-center-clients.js";

const DAY_MS = 86_400_000;
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startDirectory();
});
afterEach(() => sandbox.stop());

describe("RegisterClient", () => {
  const asked = (changed: Partial<ConstructorParameters<typeof RegisterClientCommand>[0]>) =>
    oidc(sandbox).send(new RegisterClientCommand({ clientName: "a tool", clientType: "public", ...changed }));

  it("registers a client for 90 days, in whole seconds", async () => {
    const { clientId, clientSecret, clientIdIssuedAt, clientSecretExpiresAt } = await asked({});
    expect(clientId).toMatch(/^[\w-]{48}$/);
    expect(clientSecret).toMatch(/^[\w-]{48}$/);
    expect(clientIdIssuedAt).toBe(START / 1000);
    expect(clientSecretExpiresAt).toBe((START + 90 * DAY_MS) / 1000);
  });

  it.each<[string, Partial<ConstructorParameters<typeof RegisterClientCommand>[0]>, string]>([
    ["a confidential client", { clientType: "confidential" }, "InvalidClientMetadataException 400"],
    ["an unknown scope", { scopes: [ACCOUNT_ACCESS, "everything"] }, "InvalidScopeException 400"],
    ["an unknown grant type", { grantTypes: ["password"] }, "UnsupportedGrantTypeException 400"],
    [
      "a redirect to plain http elsewhere",
      { redirectUris: ["http://evil.example/"] },
      "InvalidRedirectUriException 400",
    ],
    ["a redirect into a script", { redirectUris: ["javascript:alert(1)"] }, "InvalidRedirectUriException 400"],
    [
      "a redirect with a name before it",
      { redirectUris: ["http://127.0.0.1@evil.example/"] },
      "InvalidRedirectUriException 400",
    ],
    ["a redirect with a fragment", { redirectUris: ["http://127.0.0.1/#here"] }, "InvalidRedirectUriException 400"],
    [
      "an issuer that is not there",
      { issuerUrl: "https://d-0987654321.awsapps.com/start" },
      "InvalidRequestException 400",
    ],
    [
      "authorization codes without an issuer",
      { grantTypes: ["authorization_code"], redirectUris: ["http://127.0.0.1/"] },
      "InvalidRequestException 400",
    ],
    [
      "authorization codes without a redirect",
      { grantTypes: ["authorization_code"], issuerUrl: START_URL },
      "InvalidRequestException 400",
    ],
    ["a client without a name", { clientName: "" }, "InvalidRequestException 400"],
    [
      "what the sandbox does not act on",
      { entitledApplicationArn: "arn:aws:sso::111111111111:application/ssoins-1/apl-1" },
      "InvalidRequestException 400",
    ],
  ])("refuses %s", async (_, changed, refusal) => {
    expect(await outcomeOf(asked(changed))).toBe(refusal);
  });

  it("is over after 90 days, and then the client is nobody", async () => {
    const client = await register(sandbox);
    sandbox.advanceClock(90 * DAY_MS);
    expect(await outcomeOf(startDevice(sandbox, client))).toBe("InvalidClientException 401");
  });
});

describe("StartDeviceAuthorization", () => {
  it("tells a code to read, where to type it, and how often to ask", async () => {
    const started = await startDevice(sandbox, await register(sandbox));
    expect(started).toMatchObject({
      verificationUri: `${sandbox.endpoint}/start/device`,
      verificationUriComplete: `${sandbox.endpoint}/start/device?user_code=${started.userCode}`,
      expiresIn: 600,
      interval: 1,
    });
    expect(started.userCode).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
  });

  it.each([START_URL, `${START_URL}/`, `${START_URL}#`, `${START_URL}/#`, `${START_URL}#/`, "its own"])(
    "takes the start URL as people write it: %s",
    async (written) => {
      const startUrl = written === "its own" ? sandbox.startUrl : written;
      const client = await register(sandbox);
      expect(await outcomeOf(oidc(sandbox).send(new StartDeviceAuthorizationCommand({ ...client, startUrl })))).toBe(
        "allowed",
      );
    },
  );

  it("refuses another start URL, a wrong secret and a client that is not for devices", async () => {
    const client = await register(sandbox);
    const start = (changed: object) =>
      outcomeOf(
        oidc(sandbox).send(new StartDeviceAuthorizationCommand({ ...client, startUrl: START_URL, ...changed })),
      );
    expect(await start({ startUrl: `${START_URL}ed` })).toBe("InvalidRequestException 400");
    expect(await start({ clientSecret: `${client.clientSecret}x` })).toBe("InvalidClientException 401");
    const forCodes = await register(sandbox, {
      grantTypes: ["authorization_code"],
      redirectUris: ["http://127.0.0.1/"],
      issuerUrl: START_URL,
    });
    expect(await start(forCodes)).toBe("UnauthorizedClientException 400");
  });
});

describe("CreateToken with a device code", () => {
  it("waits for a person, then gives the tokens, once", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    expect(await outcomeOf(device.ask())).toBe("AuthorizationPendingException 400");
    sandbox.identityCenter.approveDevice(device.userCode, "ada");
    expect(await device.ask()).toMatchObject({
      accessToken: expect.stringMatching(/^[\w-]{48}$/),
      refreshToken: expect.stringMatching(/^[\w-]{48}$/),
      tokenType: "Bearer",
      expiresIn: 28_800,
    });
    expect(await outcomeOf(device.ask())).toBe("InvalidGrantException 400");
  });

  it("adds five seconds whenever a client asks too soon, and holds it to them", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    const askAfter = (milliseconds: number) => {
      sandbox.advanceClock(milliseconds);
      return outcomeOf(device.ask());
    };
    expect(await askAfter(0)).toBe("AuthorizationPendingException 400");
    expect(await askAfter(900)).toBe("SlowDownException 400");
    expect(await askAfter(5000)).toBe("SlowDownException 400");
    expect(await askAfter(10_900)).toBe("SlowDownException 400");
    expect(await askAfter(16_000)).toBe("AuthorizationPendingException 400");
    sandbox.identityCenter.approveDevice(device.userCode, "ada");
    expect(await askAfter(0)).toBe("allowed");
  });

  it("tells a no, and that ten minutes are over", async () => {
    const client = await register(sandbox);
    const [denied, late] = [await startDevice(sandbox, client), await startDevice(sandbox, client)];
    sandbox.identityCenter.denyDevice(denied.userCode);
    expect(await outcomeOf(denied.ask())).toBe("AccessDeniedException 400");
    sandbox.identityCenter.approveDevice(late.userCode, "ada");
    sandbox.advanceClock(600_000);
    expect(await outcomeOf(late.ask())).toBe("ExpiredTokenException 400");
  });

  it("is refused to another client, whose question changes nothing", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    sandbox.identityCenter.approveDevice(device.userCode, "ada");
    expect(await outcomeOf(device.ask(await register(sandbox)))).toBe("InvalidGrantException 400");
    expect(await outcomeOf(device.ask())).toBe("allowed");
  });

  it("gives no refresh token to a client without scopes, nor to one that is not registered for them", async () => {
    const legacy = await register(sandbox, { scopes: undefined });
    expect((await signIn(sandbox, "ada", legacy)).refreshToken).toBeUndefined();
    const once = await register(sandbox, { grantTypes: [DEVICE_CODE] });
    expect((await signIn(sandbox, "ada", once)).refreshToken).toBeUndefined();
  });

  it("answers as OAuth has it, the exception's name in a header", async () => {
    const client = await register(sandbox);
    const { deviceCode } = await startDevice(sandbox, client);
    const answer = await fetch(`${sandbox.endpoint}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...client, grantType: DEVICE_CODE, deviceCode }),
    });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([400, "AuthorizationPendingException"]);
    expect(await answer.json()).toEqual({
      error: "authorization_pending",
      error_description: "nobody has decided yet",
    });
  });

  it("refuses grant types that nobody has, and bodies of another form", async () => {
    const client = await register(sandbox);
    expect(await outcomeOf(createToken(sandbox, client, { grantType: "password" }))).toBe(
      "UnsupportedGrantTypeException 400",
    );
    expect(await outcomeOf(createToken(sandbox, client, { grantType: DEVICE_CODE }))).toBe(
      "InvalidRequestException 400",
    );
    const post = (body: string) =>
      fetch(`${sandbox.endpoint}/token`, { method: "POST", headers: { "content-type": "application/json" }, body });
    for (const body of ["", "[]", "{}", "{", `{"clientId":7}`]) expect((await post(body)).status).toBe(400);
  });
});
