// A person with a sandbox, a home and a browser that does as it is told: everything that a sign-in needs.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox, StartOptions, WorldFile } from "@daypass/sandbox/testing";
import type { AuthEvent, Prompt, Question, SecretStore, SettingsFor, SsoSession } from "@daypass/auth";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSsoTokens } from "../dist/sso/sso-tokens.js";
import type { OpenBrowser, Sleep, SsoTokensOptions } from "../dist/sso/sso-types.js";

export const DEV = "444444444444";
export const PROD = "666666666666";
export const START_URL = "https://d-1234567890.awsapps.com/start";
export const START = Math.floor(Date.now() / 1000) * 1000;
export const HOUR_MS = 3_600_000;

const readOnly = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iam:Get*", Resource: "*" }] };

export const identityCenter = {
  startUrl: START_URL,
  users: [{ name: "ada" }, { name: "bob" }],
  permissionSets: [
    { name: "Reader", inlinePolicy: readOnly, sessionDuration: 7200 },
    { name: "Admin", managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  ],
  assignments: [
    { user: "ada", account: DEV, permissionSet: "Admin" },
    { user: "ada", account: PROD, permissionSet: "Reader" },
    { user: "bob", account: PROD, permissionSet: "Reader" },
  ],
} satisfies WorldFile["identityCenter"];

export const SESSION: SsoSession = {
  name: "corp",
  startUrl: START_URL,
  region: "us-east-1",
  scopes: ["sso:account:access"],
};

/** Secrets in memory; `problem` makes the store refuse. */
export function createTestSecrets(): SecretStore & { readonly kept: Map<string, string>; problem: Error | undefined } {
  const kept = new Map<string, string>();
  const store = {
    kind: "memory" as const,
    kept,
    problem: undefined as Error | undefined,
    async get(name: string) {
      if (store.problem !== undefined) throw store.problem;
      return kept.get(name);
    },
    async set(name: string, secret: string) {
      if (store.problem !== undefined) throw store.problem;
      kept.set(name, secret);
    },
    async delete(name: string) {
      kept.delete(name);
    },
    names: async () => [...kept.keys()],
  };
  return store;
}

/** A person who says yes, and remembers what they were told. */
export function createTestPrompt(answer = "yes"): Prompt & { readonly told: string[]; readonly asked: Question[] } {
  const told: string[] = [];
  const asked: Question[] = [];
  return {
    isAvailable: true,
    told,
    asked,
    async ask(question) {
      asked.push(question);
      return answer;
    },
    tell(message) {
      told.push(message);
    },
  };
}

export const nobody: Prompt = {
  isAvailable: false,
  ask: () => Promise.reject(new Error("nobody is there")),
  tell: () => undefined,
};

/** Where a browser is led that is started with the address: AWS's page, by an address of this machine that works once. */
export async function followLink(address: string): Promise<string> {
  if (new URL(address).pathname === "/authorize") return address;
  const { headers } = await fetch(address, { redirect: "manual" });
  return headers.get("location") ?? "";
}

/** What a person and their browser do with AWS's page: sign in as somebody and allow. Returns what they see last. */
export async function allowInBrowser(sandbox: Sandbox, address: string, user = "ada"): Promise<Response> {
  return fetch(sandbox.identityCenter.approveAuthorization(await followLink(address), user));
}

/** Waits until the process ends or the signal fires. */
export const sleepForever: Sleep = (_milliseconds, signal) =>
  new Promise((_, reject) => {
    const timer = setInterval(() => undefined, 60_000);
    const wake = () => {
      clearInterval(timer);
      reject(new Error("woken"));
    };
    signal?.addEventListener("abort", wake);
    if (signal?.aborted === true) wake();
  });

export interface Desk {
  readonly sandbox: Sandbox;
  readonly home: string;
  readonly cacheDirectory: string;
  readonly settingsFor: SettingsFor;
  readonly events: AuthEvent[];
  /** The pages of AWS that a browser was led to. */
  readonly opened: string[];
  readonly secrets: ReturnType<typeof createTestSecrets>;
  readonly prompt: ReturnType<typeof createTestPrompt>;
  /** The time of our side, in milliseconds. The sandbox's moves with `pass`. */
  now(): number;
  pass(milliseconds: number): void;
  /** The sign-in of a new program on this machine. Its `openBrowser` gets the page of AWS that the browser is led to. */
  tokens(changed?: Partial<SsoTokensOptions>): ReturnType<typeof createSsoTokens>;
  /** The same, with a browser that gets the address of this machine that leads there. */
  tokensWith(
    openBrowser: OpenBrowser,
    changed?: Omit<Partial<SsoTokensOptions>, "openBrowser">,
  ): ReturnType<typeof createSsoTokens>;
  /** The names in the token cache, and a file of it as it is. */
  files(): Promise<string[]>;
  tokenFile(name?: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export async function openDesk(options: StartOptions = {}): Promise<Desk> {
  let now = START;
  const sandbox = await startSandbox({ now: () => now, world: { identityCenter }, ...options });
  const home = await mkdtemp(join(tmpdir(), "daypass-sso-"));
  const cacheDirectory = join(home, ".aws", "sso", "cache");
  const settingsFor: SettingsFor = (_service, region = "us-east-1") => ({ region, endpoint: sandbox.endpoint });
  const [events, opened]: [AuthEvent[], string[]] = [[], []];
  const [secrets, prompt] = [createTestSecrets(), createTestPrompt()];
  const tokensWith: Desk["tokensWith"] = (openBrowser, changed = {}) =>
    createSsoTokens({
      session: SESSION,
      cacheDirectory,
      locks: createFileLocks({ directory: join(home, "locks") }),
      secrets,
      prompt,
      openBrowser,
      now: () => now,
      settingsFor,
      record: async (event) => {
        events.push(event);
      },
      mode: "browser",
      sleep: sleepForever,
      random: () => 0.5,
      ...changed,
    });
  return {
    sandbox,
    home,
    cacheDirectory,
    settingsFor,
    events,
    opened,
    secrets,
    prompt,
    now: () => now,
    pass(milliseconds) {
      now += milliseconds;
    },
    tokensWith,
    tokens: ({ openBrowser, ...changed } = {}) =>
      tokensWith(async (address) => {
        const url = await followLink(address);
        if (openBrowser !== undefined) return openBrowser(url);
        opened.push(url);
        await allowInBrowser(sandbox, url);
      }, changed),
    files: () => readdir(cacheDirectory),
    async tokenFile(name = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json") {
      const value: unknown = JSON.parse(await readFile(join(cacheDirectory, name), "utf8"));
      return { ...(value as object) };
    },
    async close() {
      await sandbox.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
