// Makes a home directory in which a person can practise: a hub with its keys, environments, a sign-in, and shells that
// know the four names. What is written here is worth nothing outside the sandbox.
import { addHub, openHome } from "@daypass/auth";
import { neverPrompt } from "@daypass/auth/terminal";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workbench } from "../workbench.js";
import { UsageError } from "../usage-error.js";
import type { PracticeSandbox } from "./find-sandbox.js";
import { ENVIRONMENTS, HUB_ACCOUNT, HUB_NAME, PERSON, SSO_REGION, SSO_SESSION } from "./practice-world.js";
import { programFiles } from "../program-files.js";

export interface PracticeHome {
  readonly homeDir: string;
  /** The whole environment of programs that practise. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where the running sandbox is told, for `sandbox code`. It holds the key to the control door. */
export const DOOR_FILE = "sandbox.json";

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Nothing of the person's own AWS may reach the practice, and nothing of the practice its own settings. */
const practiceEnvironment = (bench: Workbench, homeDir: string, endpoint: string): Record<string, string> => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(bench.env)) {
    if (value !== undefined && !name.startsWith("AWS_") && !name.startsWith(bench.names.envPrefix)) kept[name] = value;
  }
  return {
    ...kept,
    HOME: homeDir,
    PATH: `${join(homeDir, "bin")}:${bench.env["PATH"] ?? ""}`,
    AWS_ENDPOINT_URL: endpoint,
    // No AWS client knows this one: made-up credentials must not be shown to AWS's own sign-in.
    [`${bench.names.envPrefix}SIGNIN_ENDPOINT`]: endpoint,
    // Zsh would else read the person's own settings, and with them their identities.
    ZDOTDIR: homeDir,
    XDG_CONFIG_HOME: join(homeDir, ".config"),
    XDG_DATA_HOME: join(homeDir, ".local", "share"),
  };
};

/** Refuses a folder that is somebody's: it would be written over. Returns nothing. */
const requireEmpty = async (homeDir: string): Promise<void> => {
  await mkdir(homeDir, { recursive: true, mode: 0o700 });
  if ((await readdir(homeDir)).length > 0) {
    throw new UsageError(
      `the folder ${homeDir} is not empty`,
      "name a new folder, or leave out --home for one that goes away",
    );
  }
  await chmod(homeDir, 0o700);
};

const writePrograms = async (bench: Workbench, homeDir: string): Promise<void> => {
  const folder = join(homeDir, "bin");
  await mkdir(folder, { mode: 0o700 });
  for (const [name, file] of await programFiles(bench.packageDirectory)) {
    const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(file)} "$@"\n`;
    await writeFile(join(folder, name), script, { mode: 0o700 });
  }
};

const writeShellSettings = async (homeDir: string): Promise<void> => {
  await writeFile(join(homeDir, ".bashrc"), `PS1='$ '\neval "$(aws-as-activate bash)"\n`, { mode: 0o600 });
  await writeFile(
    join(homeDir, ".zshrc"),
    `PS1='%# '\nautoload -Uz compinit && compinit -u\neval "$(aws-as-activate zsh)"\n`,
    { mode: 0o600 },
  );
  const fish = join(homeDir, ".config", "fish");
  await mkdir(fish, { recursive: true, mode: 0o700 });
  await writeFile(join(fish, "config.fish"), `set -g fish_greeting\naws-as-activate fish | source\n`, {
    mode: 0o600,
  });
};

/** Returns the furnished home. Throws a `UsageError` where the folder is not empty, and what the hub's set-up throws. */
export const furnishHome = async (
  bench: Workbench,
  homeDir: string,
  sandbox: PracticeSandbox,
): Promise<PracticeHome> => {
  await requireEmpty(homeDir);
  const env = practiceEnvironment(bench, homeDir, sandbox.endpoint);
  const directory = join(homeDir, bench.names.directoryName);
  const home = await openHome({
    toolName: bench.names.name,
    directory,
    env,
    homeDir,
    prompt: neverPrompt("this sets up the sandbox"),
    keychain: "off",
    // Said on purpose: these keys open nothing but the sandbox, and practice needs no passphrase.
    plain: true,
    renewBehind: false,
    now: bench.now,
  });
  const keys = sandbox.issueKey(HUB_ACCOUNT, PERSON);
  const region = ENVIRONMENTS[0]?.region ?? SSO_REGION;
  await addHub(home.context, await home.hubs(), { name: HUB_NAME, keys, region, record: home.record });
  await home.config.update((config) => ({
    ...config,
    environments: ENVIRONMENTS.map((each) => ({
      ...each,
      roles: [...each.roles],
      hub: HUB_NAME,
      rolePath: "/",
      tooLong: [],
    })),
  }));
  await home.editor.writeSettings(
    { ssoSession: SSO_SESSION },
    {
      sso_start_url: sandbox.startUrl,
      sso_region: SSO_REGION,
      sso_registration_scopes: "sso:account:access",
    },
  );
  await writeFile(join(directory, DOOR_FILE), JSON.stringify({ control: sandbox.control }), { mode: 0o600 });
  await writePrograms(bench, homeDir);
  await writeShellSettings(homeDir);
  return { homeDir, env };
};
