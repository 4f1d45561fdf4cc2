// OpenID Connect providers through IAM's own operations, and what a change to them does to the tokens.
import { IAM } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { allowing, CUSTOMER, document, outcome, roleArn, VENDOR } from "./sts-clients.js";
import { exchange, GITHUB, GITLAB, jobToken, providerArn, trustingTokens } from "./web-identity-world.js";

let sandbox: Sandbox;
let iam: IAM;
beforeAll(async () => {
  sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: CUSTOMER,
          users: [
            { name: "nobody" },
            {
              name: "red",
              policies: { own: allowing("iam:*", "*", { StringEquals: { "aws:ResourceTag/team": "red" } }) },
            },
            {
              name: "untagged",
              policies: { create: allowing("iam:CreateOpenIDConnectProvider", providerArn("https://a.example.com")) },
            },
          ],
          roles: [{ name: "ci", trustPolicy: document(trustingTokens(GITHUB)) }],
        },
      ],
    },
  });
});
const as = (userName?: string, account = "customer") =>
  new IAM({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: userName === undefined ? sandbox.account(account).admin : sandbox.issueKey(account, userName),
    maxAttempts: 1,
  });
beforeEach(async () => {
  iam = as();
  const { OpenIDConnectProviderList = [] } = await iam.listOpenIDConnectProviders({});
  for (const { Arn } of OpenIDConnectProviderList)
    await iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: Arn });
});
afterAll(() => sandbox.stop());

const create = (Url = GITHUB, ClientIDList = ["sts.amazonaws.com"]) =>
  iam.createOpenIDConnectProvider({ Url, ClientIDList });
const github = { OpenIDConnectProviderArn: providerArn(GITHUB) };
const thumbprint = (digit: string) => digit.repeat(40);

describe("a provider", () => {
  it("is created, shown without https, listed and deleted", async () => {
    const created = await iam.createOpenIDConnectProvider({
      Url: GITHUB,
      ClientIDList: ["sts.amazonaws.com", "other"],
      ThumbprintList: [thumbprint("a")],
      Tags: [{ Key: "team", Value: "red" }],
    });
    expect(created).toMatchObject({ ...github, Tags: [{ Key: "team", Value: "red" }] });
    expect(await iam.getOpenIDConnectProvider(github)).toMatchObject({
      Url: "token.actions.githubusercontent.com",
      ClientIDList: ["sts.amazonaws.com", "other"],
      ThumbprintList: [thumbprint("a")],
      Tags: [{ Key: "team", Value: "red" }],
    });
    await create(GITLAB);
    const { OpenIDConnectProviderList: list } = await iam.listOpenIDConnectProviders({});
    expect(list?.map(({ Arn }) => Arn)).toEqual([github.OpenIDConnectProviderArn, providerArn(GITLAB)]);
    await iam.deleteOpenIDConnectProvider(github);
    expect(await outcome(iam.deleteOpenIDConnectProvider(github))).toBe("ok");
    expect(await outcome(iam.getOpenIDConnectProvider(github))).toBe(
      `404 NoSuchEntity OpenIDConnect Provider not found for arn ${github.OpenIDConnectProviderArn}`,
    );
  });

  it("has a thumbprint when none is given, for issuers that can be reached", async () => {
    await create();
    expect((await iam.getOpenIDConnectProvider(github)).ThumbprintList?.[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(await outcome(create("https://nobody.example.com"))).toMatch(/^400 OpenIdIdpCommunicationError /);
    const given = { Url: "https://nobody.example.com", ThumbprintList: [thumbprint("b")] };
    expect(await outcome(iam.createOpenIDConnectProvider(given))).toBe("ok");
  });

  it("is one for each URL in an account", async () => {
    await create();
    expect(await outcome(create())).toBe(`409 EntityAlreadyExists Provider with url ${GITHUB} already exists.`);
    expect(await outcome(as(undefined, "vendor").createOpenIDConnectProvider({ Url: GITHUB }))).toBe("ok");
  });

  it("has an https URL without port, query and user", async () => {
    for (const Url of [
      "http://a.example.com",
      "a.example.com",
      "https://a.example.com:8443",
      "https://a.example.com?x=1",
      "https://a.example.com/#x",
      "https://user@a.example.com",
      "https://localhost",
      "https://A.example.com",
    ]) {
      const given = { Url, ThumbprintList: [thumbprint("a")] };
      expect([Url, await outcome(iam.createOpenIDConnectProvider(given))]).toEqual([
        Url,
        "400 ValidationError Invalid Open ID Connect Provider URL",
      ]);
    }
    expect(await outcome(create("https://a.example.com/realms/main", []))).toMatch(/^400 OpenIdIdpCommunicationError/);
  });

  it("has at most 100 client IDs and 5 thumbprints, each 40 hexadecimal digits", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `app-${index}`);
    expect(await outcome(create(GITHUB, [...ids, "one-more"]))).toMatch(/^409 LimitExceeded /);
    await create(GITHUB, ids);
    expect(await outcome(iam.addClientIDToOpenIDConnectProvider({ ...github, ClientID: "app-7" }))).toBe("ok");
    expect(await outcome(iam.addClientIDToOpenIDConnectProvider({ ...github, ClientID: "one-more" }))).toMatch(
      /^409 LimitExceeded /,
    );
    const update = (ThumbprintList: string[]) =>
      outcome(iam.updateOpenIDConnectProviderThumbprint({ ...github, ThumbprintList }));
    expect(await update(["1", "2", "3", "4", "5", "6"].map(thumbprint))).toMatch(/^400 InvalidInput /);
    expect(await update([thumbprint("g")])).toMatch(/^400 InvalidInput /);
    expect(await update([thumbprint("c")])).toBe("ok");
    expect((await iam.getOpenIDConnectProvider(github)).ThumbprintList).toEqual([thumbprint("c")]);
  });

  it("is tagged with regard to case, and untagged", async () => {
    await create();
    const Tags = [
      { Key: "team", Value: "red" },
      { Key: "Team", Value: "blue" },
    ];
    await iam.tagOpenIDConnectProvider({ ...github, Tags });
    expect((await iam.listOpenIDConnectProviderTags(github)).Tags).toEqual([Tags[1], Tags[0]]);
    await iam.untagOpenIDConnectProvider({ ...github, TagKeys: ["Team"] });
    expect((await iam.listOpenIDConnectProviderTags(github)).Tags).toEqual([Tags[0]]);
  });
});

describe("permissions", () => {
  it("are asked before anything is told about what exists", async () => {
    await create();
    const nobody = as("nobody");
    const denied = /^403 AccessDenied User: .*user\/nobody is not authorized to perform: iam:/;
    const missing = { OpenIDConnectProviderArn: providerArn("https://nobody.example.com") };
    for (const which of [github, missing]) {
      expect(await outcome(nobody.getOpenIDConnectProvider(which))).toMatch(denied);
      expect(await outcome(nobody.deleteOpenIDConnectProvider(which))).toMatch(denied);
      expect(await outcome(nobody.addClientIDToOpenIDConnectProvider({ ...which, ClientID: "x" }))).toMatch(denied);
    }
    expect(await outcome(nobody.listOpenIDConnectProviders({}))).toMatch(denied);
    expect(await outcome(as(undefined, "vendor").getOpenIDConnectProvider(github))).toMatch(/^403 AccessDenied /);
    expect(
      await outcome(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: `arn:aws:iam::${VENDOR}:role/x` })),
    ).toMatch(/^400 InvalidInput /);
  });

  it("may depend on the provider's tags, and creating with tags needs the right to tag", async () => {
    await create();
    expect(await outcome(as("red").getOpenIDConnectProvider(github))).toMatch(/^403 /);
    await iam.tagOpenIDConnectProvider({ ...github, Tags: [{ Key: "team", Value: "red" }] });
    expect(await outcome(as("red").getOpenIDConnectProvider(github))).toBe("ok");
    const order = { Url: "https://a.example.com", ThumbprintList: [thumbprint("a")] };
    const tagged = { ...order, Tags: [{ Key: "team", Value: "red" }] };
    expect(await outcome(as("untagged").createOpenIDConnectProvider(tagged))).toMatch(/iam:TagOpenIDConnectProvider/);
    expect(await outcome(as("untagged").createOpenIDConnectProvider(order))).toBe("ok");
  });
});

describe("a change", () => {
  it("decides at once which tokens open a role", async () => {
    const attempt = () => outcome(exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("ci") }));
    expect(await attempt()).toMatch(/No OpenIDConnect provider found/);
    await create();
    expect(await attempt()).toBe("ok");
    await iam.removeClientIDFromOpenIDConnectProvider({ ...github, ClientID: "sts.amazonaws.com" });
    expect(await attempt()).toBe("400 InvalidIdentityToken Incorrect token audience");
    await iam.addClientIDToOpenIDConnectProvider({ ...github, ClientID: "sts.amazonaws.com" });
    expect(await attempt()).toBe("ok");
    await iam.deleteOpenIDConnectProvider(github);
    expect(await attempt()).toMatch(/No OpenIDConnect provider found/);
  });
});
