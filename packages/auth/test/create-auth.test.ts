// The three lines of a tool's author, on a machine with real files and an AWS that can say no.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { createAuth, neverPrompt, type AuthOptions } from "@daypass/auth";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addHub } from "../dist/hubs/add-hub.js";
import { ALICE_DEVICE, createFakePrompt, DEV, HUB, WORLD } from "./hub-world.js";

const READER = `arn:aws:iam::${DEV}:role/OPEN`;
const ISSUER = "https://token.actions.githubusercontent.com";

let sandbox: Sandbox;
let homeDir: string;
let keys: { readonly accessKeyId: string; readonly secretAccessKey: string };

const buildRole = {
  name: "BUILD",
  trustPolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${DEV}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:example/tool:ref:refs/heads/main",
          },
        },
      },
    ],
  },
};

beforeEach(async () => {
  const accounts = (WORLD.accounts ?? []).map((account) =>
    account.id === DEV
      ? {
          ...account,
          roles: [...(account.roles ?? []), buildRole],
          oidcProviders: [{ url: ISSUER, clientIds: ["sts.amazonaws.com"] }],
        }
      : account,
  );
  sandbox = await startSandbox({ world: { ...WORLD, accounts } });
  homeDir = await mkdtemp(join(tmpdir(), "daypass-auth-"));
  keys = sandbox.issueKey(HUB, "alice");
});

afterEach(async () => {
  await sandbox.stop();
  await rm(homeDir, { recursive: true, force: true });
});

const aws = (file: "config" | "credentials", text: string) =>
  mkdir(join(homeDir, ".aws"), { recursive: true }).then(() => writeFile(join(homeDir, ".aws", file), text));

const inIni = (name: string) =>
  `[${name}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;

const env = (more: Record<string, string> = {}) => ({
  AWS_ENDPOINT_URL: sandbox.endpoint,
  AWS_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  ...more,
});

const prompt = () => createFakePrompt(() => sandbox.mfaCode(ALICE_DEVICE));

const auth = (more: Partial<AuthOptions> = {}) =>
  createAuth({ toolName: "my-tool", homeDir, env: env(), keychain: "off", plain: true, prompt: prompt(), ...more });

/** An AWS of its own whose metadata are served: a role of another account than everything else here. */
const startMachine = async (to: "container" | "instance") => {
  const service = { container: "ecs-tasks.amazonaws.com", instance: "ec2.amazonaws.com" }[to];
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  const trustPolicy = { Version: "2012-10-17", Statement };
  const roles = [{ name: "TASK", trustPolicy }];
  const machine = await startSandbox({ world: { accounts: [{ id: "444444444444", roles }] } });
  return { machine, served: machine.serveMetadata({ to, roleArn: "arn:aws:iam::444444444444:role/TASK" }) };
};

const whoIs = async (given: Partial<AuthOptions> = {}): Promise<string | undefined> => {
  const client = new STSClient({ ...(await auth(given).getAwsConfig()), endpoint: sandbox.endpoint });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
};

const setUpHub = async (): Promise<void> => {
  const home = await auth().home();
  await addHub(home.context, await home.hubs(), { name: "main", keys, record: home.record });
  await home.config.update((config) => ({
    ...config,
    environments: [
      {
        name: "dev",
        hub: "main",
        accountId: DEV,
        region: "eu-west-1",
        roles: ["DEVELOPER"],
        rolePath: "/",
        tooLong: [],
      },
    ],
  }));
};

describe("three lines give credentials", () => {
  test("of the environment's keys", async () => {
    const inEnv = env({ AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey });
    await expect(whoIs({ env: inEnv })).resolves.toBe(`arn:aws:iam::${HUB}:user/alice`);
  });

  test("of the default profile", async () => {
    await aws("credentials", inIni("default"));
    await expect(whoIs()).resolves.toBe(`arn:aws:iam::${HUB}:user/alice`);
  });

  test("of a profile with a role, of its own region", async () => {
    await aws("credentials", inIni("base"));
    await aws("config", `[profile reader]\nrole_arn = ${READER}\nsource_profile = base\nregion = ap-south-1\n`);
    const { AWS_REGION: _, ...rest } = env();
    const mine = auth({ env: rest, profile: "reader" });
    const config = await mine.getAwsConfig();
    expect(config.region).toBe("ap-south-1");
    expect((await mine.explain()).steps).toContainEqual(expect.objectContaining({ step: "profile", outcome: "taken" }));
    await expect(whoIs({ env: rest, profile: "reader" })).resolves.toContain("assumed-role/OPEN/");
  });

  test("of a hub's user with MFA, whose code is asked for once", async () => {
    await setUpHub();
    const person = prompt();
    const mine = auth({ prompt: person });
    const { credentials } = await mine.getAwsConfig();
    await Promise.all([credentials(), credentials(), credentials()]);
    expect(person.asked.map(({ kind }) => kind)).toEqual(["mfa_code"]);
    // Another program of the same tool finds the session on the disk.
    const other = prompt();
    await expect(whoIs({ prompt: other })).resolves.toBe(`arn:aws:iam::${HUB}:user/alice`);
    expect(other.asked).toEqual([]);
  });

  test("of a hub's role, by the same code", async () => {
    await setUpHub();
    const person = prompt();
    await expect(whoIs({ prompt: person, identity: "main" })).resolves.toContain("user/alice");
    await expect(whoIs({ prompt: person, identity: "dev/DEVELOPER" })).resolves.toContain("assumed-role/DEVELOPER/");
    expect(person.asked).toHaveLength(1);
  });

  test("of a build by its own token", async () => {
    const token = sandbox.issueWebIdentityToken({
      issuer: ISSUER,
      audience: "sts.amazonaws.com",
      subject: "repo:example/tool:ref:refs/heads/main",
    });
    const inBuild = env({ GITLAB_CI: "true", GITLAB_OIDC_TOKEN: token });
    const build = { roleArn: `arn:aws:iam::${DEV}:role/BUILD` };
    await expect(whoIs({ env: inBuild, build })).resolves.toContain("assumed-role/BUILD/");
  });

  test("of the container's role", async () => {
    const { machine, served } = await startMachine("container");
    await using other = machine;
    const inContainer = {
      AWS_ENDPOINT_URL: other.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
    };
    const client = new STSClient({ ...(await auth({ env: inContainer }).getAwsConfig()), endpoint: other.endpoint });
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    expect(Arn).toContain("assumed-role/TASK/");
  });

  test("narrowed, where AWS can", async () => {
    await setUpHub();
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }],
    });
    await expect(whoIs({ identity: "dev/DEVELOPER", narrowing: { policy } })).resolves.toContain("DEVELOPER");
    await expect(whoIs({ identity: "main", narrowing: { policy } })).rejects.toMatchObject({ code: "cannot_narrow" });
  });
});

describe("nobody's credentials are taken instead", () => {
  test("where the profile is mistyped", async () => {
    await aws("credentials", inIni("default") + inIni("prod"));
    await expect(whoIs({ profile: "prdo" })).rejects.toMatchObject({
      code: "not_found",
      hint: expect.stringContaining("prod"),
    });
    await expect(whoIs({ env: env({ AWS_PROFILE: "prdo" }) })).rejects.toMatchObject({ code: "not_found" });
  });

  test("where the named profile is refused by AWS", async () => {
    await aws("credentials", inIni("default"));
    await aws("config", `[profile gone]\nrole_arn = arn:aws:iam::${DEV}:role/GONE\nsource_profile = default\n`);
    await expect(whoIs({ profile: "gone" })).rejects.toMatchObject({ code: "access_denied" });
  });

  test("where an unnamed way says no", async () => {
    const wrong = env({ AWS_WEB_IDENTITY_TOKEN_FILE: join(homeDir, "token"), AWS_ROLE_ARN: READER });
    await writeFile(join(homeDir, "token"), "a.b.c");
    await aws("credentials", inIni("default"));
    await expect(whoIs({ env: wrong })).rejects.toMatchObject({ code: expect.not.stringMatching("no_credentials") });
  });

  test.each([
    ["half a pair of keys", { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" }, "AWS_SECRET_ACCESS_KEY is not"],
    ["a token without a role", { AWS_WEB_IDENTITY_TOKEN_FILE: "/run/token" }, "AWS_ROLE_ARN is not"],
  ])("where the environment holds %s", async (_, half, message) => {
    await aws("credentials", inIni("default"));
    await expect(whoIs({ env: env(half) })).rejects.toMatchObject({
      code: "no_credentials",
      message: expect.stringContaining(message),
    });
  });

  test("where a sign-in has run out and nobody can be asked", async () => {
    const { machine, served } = await startMachine("container");
    await using other = machine;
    const inContainer = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
    };
    await aws(
      "config",
      "[default]\nsso_start_url = https://my-company.awsapps.com/start\nsso_region = eu-west-1\n" +
        `sso_account_id = ${DEV}\nsso_role_name = Reader\n`,
    );
    const asked = other.calls().length;
    const here = { env: env(inContainer), prompt: neverPrompt("nobody is here") };
    await expect(whoIs(here)).rejects.toMatchObject({ code: "sign_in_required" });
    expect(other.calls()).toHaveLength(asked);
  });

  test("where the container's endpoint is down and the machine below it has a role", async () => {
    const { machine } = await startMachine("instance");
    await using other = machine;
    const broken = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/",
      AWS_EC2_METADATA_DISABLED: "false",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: other.endpoint,
    };
    await expect(whoIs({ env: env(broken) })).rejects.toMatchObject({ code: "metadata_unavailable" });
  });

  test("where there is nothing, and every way says why", async () => {
    await expect(whoIs()).rejects.toMatchObject({
      code: "no_credentials",
      hint: expect.stringMatching(/environment: .*sso: .*profile: .*iam_user: .*container: .*instance: /),
    });
  });
});

describe("in a build", () => {
  test("nobody is asked, whatever prompt the tool brings", async () => {
    await setUpHub();
    const person = prompt();
    await expect(whoIs({ env: env({ CI: "true" }), prompt: person })).rejects.toMatchObject({
      code: "prompt_unavailable",
    });
    expect(person.asked).toEqual([]);
  });
});

describe("explain", () => {
  test("says what would be tried, and asks neither AWS nor a person", async () => {
    await setUpHub();
    const calls = sandbox.calls().length;
    const person = prompt();
    const { steps, canAsk } = await auth({ prompt: person }).explain();
    expect(steps).toContainEqual({ step: "iam_user", outcome: "would_be_tried", why: "the hub main is configured" });
    expect(steps).toContainEqual(expect.objectContaining({ step: "environment", outcome: "passed_over" }));
    expect(canAsk).toBe(true);
    expect(sandbox.calls()).toHaveLength(calls);
    expect(person.asked).toEqual([]);
  });

  test("says what was taken, what failed with which code, and what was not reached", async () => {
    const outcomes = async (tool: ReturnType<typeof auth>) => {
      const { steps } = await tool.explain();
      return Object.fromEntries(steps.map(({ step, outcome, code }) => [step, code ?? outcome]));
    };
    await aws("credentials", inIni("default"));
    const taking = auth({ env: env({ AWS_EC2_METADATA_DISABLED: "false" }) });
    await taking.getAwsConfig();
    expect(await outcomes(taking)).toEqual({
      environment: "passed_over",
      build: "passed_over",
      sso: "passed_over",
      profile: "passed_over",
      iam_user: "taken",
      container: "passed_over",
      instance: "not_reached",
    });
    expect((await taking.explain()).steps).toContainEqual({
      step: "iam_user",
      outcome: "taken",
      why: "the profile default is a user's own keys",
      what: "profile default: keys in the credentials file",
    });

    const wrong = { AWS_WEB_IDENTITY_TOKEN_FILE: join(homeDir, "token"), AWS_ROLE_ARN: READER };
    const failing = auth({ env: env(wrong) });
    await expect(failing.getAwsConfig()).rejects.toMatchObject({ code: "file_missing" });
    expect(await outcomes(failing)).toMatchObject({ environment: "file_missing" });
  });

  test.each([
    ["a mistyped profile", { profile: "prdo" }, "", "not_found", "did you mean prod"],
    ["a broken default profile", {}, "[default]\nrole_arn = arn:aws:iam::1:role/x\n", "invalid_profile", "config:2"],
    ["a file that cannot be read", {}, "no section\n", "file_malformed", "config:1"],
  ])("says it as data where nothing is tried: %s", async (_, more, config, code, words) => {
    await aws("credentials", inIni("prod"));
    await aws("config", config);
    const { steps } = await auth(more).explain();
    expect(steps.filter(({ outcome }) => outcome !== "passed_over")).toEqual([
      { step: "profile", outcome: "failed", code, why: expect.stringContaining(words) },
    ]);
    expect(steps).toHaveLength(7);
  });

  test("warns where AWS's own tools would disagree", async () => {
    await aws("credentials", inIni("prod"));
    const both = env({ AWS_PROFILE: "prod", AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: "s" });
    const { warnings } = await auth({ env: both }).explain();
    expect(warnings.join()).toMatch(/disagree/);
    expect(warnings.join()).toMatch(/never expire/);
  });
});

describe("required actions", () => {
  test("are allowed, denied or unknown, as the simulator says or may not say", async () => {
    await aws("credentials", inIni("default"));
    const check = await auth({ requiredActions: ["sts:AssumeRole", "s3:ListAllMyBuckets"] }).checkRequiredActions();
    expect(check.arn).toBe(`arn:aws:iam::${HUB}:user/alice`);
    expect(check.actions.map(({ answer }) => answer)).toEqual(["unknown", "unknown"]);
    expect(check.actions[0]?.why).toMatch(/iam:SimulatePrincipalPolicy/);

    const { admin } = sandbox.account(HUB);
    const inEnv = env({ AWS_ACCESS_KEY_ID: admin.accessKeyId, AWS_SECRET_ACCESS_KEY: admin.secretAccessKey });
    const asked = auth({ env: inEnv, requiredActions: ["s3:ListAllMyBuckets", "sts:AssumeRole"] });
    const answers = (await asked.checkRequiredActions()).actions;
    expect(answers.map(({ answer }) => answer)).toEqual(["allowed", "allowed"]);
  });
});

describe("the door", () => {
  test.each<[string, Record<string, unknown>]>([
    ["an unknown option", { toolName: "t", requiredAction: [] }],
    ["no name", {}],
    ["a name that leads elsewhere", { toolName: "../x" }],
    ["an action that is none", { toolName: "t", requiredActions: ["everything"] }],
    ["a step that is none", { toolName: "t", chain: ["saml"] }],
    ["a narrowing that is misspelt", { toolName: "t", narrowing: { polcy: "{}" } }],
    [
      "a narrowing of another kind",
      { toolName: "t", narrowing: { policyArns: "arn:aws:iam::aws:policy/ReadOnlyAccess" } },
    ],
    ["two things named", { toolName: "t", profile: "a", identity: "b" }],
  ])("refuses %s", async (_, options) => {
    const make = async () => createAuth(options as unknown as AuthOptions).explain();
    await expect(make()).rejects.toMatchObject({ code: "invalid_option" });
  });

  test("keeps a session in its process where there is neither keychain nor leave to keep it in clear", async () => {
    await aws("credentials", inIni("user"));
    const role = `role_arn = arn:aws:iam::${DEV}:role/DEVELOPER\nsource_profile = user\nmfa_serial = ${ALICE_DEVICE}\n`;
    await aws("config", `[profile dev]\n${role}`);
    const asker = prompt();
    const program = () => auth({ profile: "dev", plain: false, prompt: asker });
    const first = program();
    await (await first.getAwsConfig()).credentials();
    await (await first.getAwsConfig()).credentials();
    expect(asker.asked).toHaveLength(1);
    sandbox.advanceClock(30_000);
    await program().getAwsConfig();
    expect(asker.asked).toHaveLength(2);
    expect(await readdir(join(homeDir, ".my-tool", "cache"))).toEqual([]);
  });

  test("keeps no secret in clear but where that was asked for", async () => {
    await setUpHub();
    await whoIs();
    const log = await readFile(join(homeDir, ".my-tool", "audit.jsonl"), "utf8");
    expect(log).not.toContain(keys.secretAccessKey);
    const config = await readFile(join(homeDir, ".my-tool", "config.json"), "utf8");
    expect(config).not.toContain(keys.secretAccessKey);
  });
});
