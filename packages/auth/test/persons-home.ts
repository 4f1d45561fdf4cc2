// A person's machine, as a tool opens it: a home directory with ~/.aws, the tool's own directory, and an AWS that can say no.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuth, openHome, type Auth, type AuthOptions, type Home, type HomeOptions } from "@daypass/auth";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { addHub } from "../dist/hubs/add-hub.js";
import { ALICE_DEVICE, createFakePrompt, DEV, HUB, PROD, WORLD } from "./hub-world.js";

export interface PersonsHome extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly homeDir: string;
  /** Alice's. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly prompt: ReturnType<typeof createFakePrompt>;
  readonly env: Record<string, string>;
  /** Writes a file of ~/.aws. */
  aws(file: "config" | "credentials", text: string): Promise<void>;
  /** A section with Alice's keys. */
  inIni(name: string): string;
  open(more?: Partial<HomeOptions>): Promise<Home>;
  auth(more?: Partial<AuthOptions>): Auth;
  /** Adds Alice's hub `main` and the roles dev/DEVELOPER, dev/ADMIN and prod/DEVELOPER. */
  setUpHub(): Promise<void>;
  /** How often AWS was asked this. */
  count(operation: string): number;
}

/** Starts the world. `now` is the machine's clock; the sandbox's own is `aws`. Both are real unless given. */
export const startPersonsHome = async ({
  now,
  aws: awsNow,
  world = WORLD,
}: {
  readonly now?: () => number;
  readonly aws?: () => number;
  readonly world?: WorldFile;
} = {}): Promise<PersonsHome> => {
  const sandbox = await startSandbox({ world, ...(awsNow !== undefined && { now: awsNow }) });
  const homeDir = await mkdtemp(join(tmpdir(), "daypass-person-"));
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "alice");
  const keys = { accessKeyId, secretAccessKey };
  const prompt = createFakePrompt(() => sandbox.mfaCode(ALICE_DEVICE));
  const env = { AWS_ENDPOINT_URL: sandbox.endpoint, AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" };
  const given = {
    toolName: "my-tool",
    homeDir,
    env,
    keychain: "off",
    plain: true,
    prompt,
    ...(now !== undefined && { now }),
  } as const;
  const open = (more: Partial<HomeOptions> = {}) => openHome({ ...given, ...more });
  return {
    sandbox,
    homeDir,
    keys,
    prompt,
    env,
    open,
    auth: (more = {}) => createAuth({ ...given, ...more }),
    aws: async (file, text) => {
      await mkdir(join(homeDir, ".aws"), { recursive: true });
      await writeFile(join(homeDir, ".aws", file), text, { mode: 0o600 });
    },
    inIni: (name) => `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    setUpHub: async () => {
      const home = await open();
      await addHub(home.context, await home.hubs(), { name: "main", keys, record: home.record });
      const shared = { hub: "main", region: "eu-west-1", tooLong: [] };
      await home.config.update((config) => ({
        ...config,
        environments: [
          { ...shared, name: "dev", accountId: DEV, rolePath: "/", roles: ["DEVELOPER", "ADMIN"] },
          { ...shared, name: "prod", accountId: PROD, rolePath: "/people/", roles: ["DEVELOPER"] },
        ],
      }));
    },
    count: (operation) => sandbox.calls().filter(({ action }) => action === operation).length,
    [Symbol.asyncDispose]: async () => {
      await sandbox.stop();
      await rm(homeDir, { recursive: true, force: true });
    },
  };
};
