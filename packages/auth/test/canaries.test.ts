// Every secret that enters the library on one long way through it, and a search for each of them in everything that it leaves:
// files, records, errors, explanations, what people are told, and what its children are given.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { totpNameOf } from "../dist/hubs/codes-for-hub.js";
import { ALICE_DEVICE, ALICE_SEED, createFakePrompt, DEV, HUB, WORLD } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";
import { allowInBrowser, identityCenter, START_URL } from "./sso-desk.js";

const PASSPHRASE = "canary: seven purple anvils sing";
const EXTERNAL_ID = "canary-external-id-4711";
const PROCESS_SECRET = "canaryOfTheProcess/0123456789+abcdefghijk";

const secrets = new Map<string, string>();
const sinks = new Map<string, string>();
/** Where a secret may be: it was put there on purpose, by its owner. */
const MEANT = new Map<string, readonly RegExp[]>();
const codes: string[] = [];
const wentWell: string[] = [];
let person: PersonsHome;

const learn = (what: string, value: string | undefined, ...meant: readonly RegExp[]): void => {
  if (value === undefined) throw new Error(`there is no ${what}`);
  secrets.set(what, value);
  MEANT.set(what, meant);
};
const keep = (where: string, text: string): void => void sinks.set(where, `${sinks.get(where) ?? ""}\n${text}`);
/** All that an error shows, to a terminal, a log or a program. */
const keepError = (where: string, error: unknown): void => {
  if (!(error instanceof Error)) wentWell.push(where);
  keep(
    `error: ${where}`,
    [String(error), Reflect.get(Object(error), "stack"), JSON.stringify(error), inspect(error, { depth: 20 })].join(
      "\n",
    ),
  );
};
const fail = async (where: string, work: () => Promise<unknown>): Promise<void> => {
  const failed: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  keepError(where, failed);
};
const learnSession = (
  name: string,
  given: { readonly secretAccessKey: string; readonly sessionToken?: string },
): void => {
  learn(`secret of ${name}`, given.secretAccessKey);
  learn(`token of ${name}`, given.sessionToken);
};

const walk = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

/** A program that notes its arguments and environment; what it says is handed in. */
const writeChild = async (name: string, text: string): Promise<string> => {
  const path = join(person.homeDir, `${name}.mjs`);
  const note = join(person.homeDir, `${name}.child`);
  await writeFile(
    path,
    `#!${process.execPath}\nimport { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(note)}, JSON.stringify([process.argv, process.env]));\n${text}\n`,
  );
  await chmod(path, 0o700);
  return path;
};

beforeAll(async () => {
  const accounts = (WORLD.accounts ?? []).map((account) => ({ ...account }));
  const center = { ...identityCenter, assignments: [{ user: "ada", account: DEV, permissionSet: "Admin" }] };
  const clock = { time: Date.parse("2026-03-01T12:00:05Z") };
  const now = () => clock.time;
  person = await startPersonsHome({ now, aws: now, world: { ...WORLD, accounts, identityCenter: center } });
  const { sandbox, keys } = person;
  learn("hub's secret key", keys.secretAccessKey, /\.aws\/credentials$/);
  learn("TOTP seed", ALICE_SEED);
  learn("passphrase", PASSPHRASE);
  learn("external ID", EXTERNAL_ID, /\.aws\/config$/);
  learn("secret of a process", PROCESS_SECRET, /leaky\.mjs$/);

  const prompt = createFakePrompt(({ kind }) => {
    if (kind !== "mfa_code") return PASSPHRASE;
    clock.time += 30_000;
    const code = sandbox.mfaCode(ALICE_DEVICE);
    codes.push(code);
    return code;
  });
  const env = { ...person.env, BROWSER: "none", PATH: process.env["PATH"] ?? "" };
  const openBrowser = async (url: string): Promise<void> => {
    keep("the browser's address", url);
    await allowInBrowser(sandbox, url);
  };
  // Where secrets lie is decided once: under a passphrase.
  const home = await person.open({ plain: false, prompt, env, openBrowser });

  const leaky = await writeChild(
    "leaky",
    `console.log("${PROCESS_SECRET}"); console.error("failed with ${PROCESS_SECRET}"); process.exit(3);`,
  );
  const codeCommand = await writeChild("codes", "console.log('000000 is not right');");
  const [base, role] = [person.inIni("base"), `role_arn = arn:aws:iam::${DEV}:role/OPEN\nsource_profile = base\n`];
  await person.aws("credentials", base);
  await person.aws(
    "config",
    [
      `[profile guarded]\n${role}mfa_serial = ${ALICE_DEVICE}\nexternal_id = ${EXTERNAL_ID}\n`,
      `[profile absent]\n${role.replace("OPEN", "ABSENT")}external_id = ${EXTERNAL_ID}\n`,
      `[profile leaky]\ncredential_process = ${leaky}\n`,
      `[sso-session corp]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n`,
    ].join(""),
  );

  // Hubs: by typed codes, then by a stored seed, then by a command that fails.
  const { addHub } = await import("../dist/hubs/add-hub.js");
  const { record } = home;
  await addHub(home.context, await home.hubs(), { name: "main", keys, record });
  await addHub(home.context, await home.hubs(), { name: "seeded", keys, record, codes: { from: "totp" } });
  await addHub(home.context, await home.hubs(), {
    name: "told",
    keys,
    record,
    codes: { from: "command", command: [codeCommand] },
  });
  await home.secrets.set(totpNameOf("seeded"), ALICE_SEED);
  const shared = { region: "eu-west-1", tooLong: [], accountId: DEV, rolePath: "/", roles: ["DEVELOPER", "ADMIN"] };
  await home.config.update((config) => ({
    ...config,
    environments: ["main", "seeded", "told"].map((hub) => ({ ...shared, name: `by-${hub}`, hub })),
  }));
  learnSession("a hub's session", await (await home.source("main")).get());
  learnSession("a hub's role", await (await home.source("by-main/DEVELOPER")).get());
  learnSession("a profile's role", await (await home.source("guarded")).get());
  const long = { wantedSeconds: 43_200 };
  await fail("a command's code", async () => (await home.source("by-told/ADMIN", long)).get());
  clock.time += 30_000;
  learnSession("a role by a stored seed", await (await home.source("by-seeded/ADMIN", long)).get());

  // A sign-in.
  const tokens = await home.tokens("corp");
  const accessToken = await tokens.signIn().then(() => tokens.getAccessToken());
  // Where the AWS CLI looks for it, in its own form.
  learn("access token", accessToken, /\.aws\/sso\/cache\/[0-9a-f]{40}\.json$/);
  for (const name of await home.secrets.names()) {
    if (!name.includes("sso")) continue;
    for (const [n, [, value = ""]] of [
      ...((await home.secrets.get(name)) ?? "").matchAll(/"(?:refreshToken|clientSecret)":"([^"]+)"/g),
    ].entries()) {
      learn(`sign-in's secret ${n} in ${name}`, value);
    }
  }
  learnSession("a permission set", await (await home.source(`corp/${DEV}/Admin`)).get());

  // Failures, with secrets in the question or the answer.
  await fail("a role that is not there", async () => (await home.source("absent")).get());
  await fail("a process that fails", async () => (await home.source("leaky")).get());
  await fail("a wrong passphrase", async () => {
    const wrong = createFakePrompt(() => `${PASSPHRASE}?`);
    await (await person.open({ plain: false, prompt: wrong, env })).secrets.get("hub/main");
  });
  learn("passphrase that is wrong", `${PASSPHRASE}?`);
  await fail("keys that AWS does not know", async () => {
    const unknown = {
      accessKeyId: "AKIAUNKNOWNUNKNOWN01",
      secretAccessKey: "canary/of+an/unknown+key/0123456789abcdef",
    };
    learn("unknown key", unknown.secretAccessKey);
    await addHub(home.context, await home.hubs(), { name: "unknown", keys: unknown, record });
  });
  await fail("a policy that is none", async () =>
    home.source("guarded", { narrowing: { policy: `{"canary of a policy": 1` } }),
  );
  const auth = person.auth({ env, prompt, plain: false, identity: "by-main/DEVELOPER" });
  keep("explanation before", JSON.stringify(await auth.explain()));
  await auth.getAwsConfig();
  keep("explanation after", inspect(await auth.explain(), { depth: 20 }));
  keep("identities", JSON.stringify(await home.identities()));
  keep("what the person was told", JSON.stringify([prompt.told, prompt.asked]));
  for (const name of ["main", "by-main/DEVELOPER", "guarded", `corp/${DEV}/Admin`]) {
    const source = await home.source(name);
    keep("descriptions", source.description);
  }
  await writeFile(join(person.homeDir, ".aws", "config"), `[profile x]\n${keys.secretAccessKey}\n`);
  await fail("a secret where none belongs, in ~/.aws", () => home.profiles());
  const configFile = join(person.homeDir, ".my-tool", "config.json");
  const whole = await readFile(configFile, "utf8");
  await writeFile(configFile, whole.replace(`"${HUB}"`, `"${keys.secretAccessKey}"`), { mode: 0o600 });
  await fail("a secret where none belongs, in the configuration", () => home.config.read());
  await writeFile(configFile, whole, { mode: 0o600 });
  await person.aws("config", "");
  for (const path of walk(person.homeDir))
    keep(`file ${path.slice(person.homeDir.length)}`, readFileSync(path, "latin1"));
}, 240_000);
afterAll(() => person[Symbol.asyncDispose]());

/** As it is, and as other writers would have it. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("hex"),
];
const findAll = (what: string): readonly string[] =>
  [...sinks].flatMap(([where, text]) =>
    formsOf(secrets.get(what) ?? "").some((form) => text.includes(form)) ? [where] : [],
  );

describe("a secret that enters the library", () => {
  test("is one of many, and there are many places where it could be", () => {
    expect(wentWell).toEqual([]);
    expect(secrets.size).toBeGreaterThanOrEqual(18);
    expect([...secrets.keys()].join()).toMatch(/refresh|sign-in's secret/);
    expect(sinks.size).toBeGreaterThanOrEqual(25);
    const names = [...sinks.keys()].join("\n");
    for (const part of ["audit.jsonl", "/.my-tool/cache/", "leaky.child", "codes.child", "config.json"]) {
      expect(names).toContain(part);
    }
  });

  test("is in no file, record, error, explanation or child but where its owner put it", () => {
    const found = [...secrets.keys()].flatMap((what) =>
      findAll(what)
        .filter((where) => !(MEANT.get(what) ?? []).some((place) => place.test(where)))
        .map((where) => `${what} in ${where}`),
    );
    expect(found).toEqual([]);
  });

  test("and a one-time code is in none of them either", () => {
    expect(codes.length).toBeGreaterThan(0);
    const found = codes.flatMap((code) =>
      [...sinks]
        .filter(([where, text]) => !where.startsWith("file /.my-tool/cache") && new RegExp(`\\b${code}\\b`).test(text))
        .map(([where]) => where),
    );
    expect(found).toEqual([]);
  });

  // A search that finds nothing anywhere would also be passed by a search that does not work.
  test("is found where its owner put it", () => {
    expect(findAll("hub's secret key")).toContain("file /.aws/credentials");
    expect(findAll("access token").join()).toMatch(/\.aws\/sso\/cache/);
    expect(findAll("secret of a process")).toContain("file /leaky.mjs");
  });
});

test("every file of the tool is closed to others, and every folder", () => {
  const folder = join(person.homeDir, ".my-tool");
  const open = [folder, ...walk(folder)].filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});
