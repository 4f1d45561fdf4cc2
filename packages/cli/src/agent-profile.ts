// Profiles that ask the agent: for shells and programs that should hold no keys, and never see credentials end.
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Home, Identity } from "@daypass/auth";
import { openAgentDoor, type AgentDoor } from "./agent-door.js";
import { agentProfileName } from "./agent-profile-name.js";
import { handOut } from "./hand-out.js";
import { isAgentOn } from "./is-agent-on.js";
import { isNarrowed, type NarrowingFlags } from "./narrowing-flags.js";
import { UsageError } from "./usage-error.js";
import type { Workbench } from "./workbench.js";

export interface AgentProfile {
  readonly identity: Identity;
  readonly profile: string;
  readonly region: string | undefined;
}

const SCRIPT = "ask";
/**
 * SDKs split the line differently: botocore as words, the SDK for JavaScript by a shell, and some take ` #` for a
 * comment. What all of them read alike is written.
 */
const PLAIN = /^[\w+=,.@:/-]+$/;

/** Writes the script that the profiles run, where it is not there already as it should be. Returns its path. */
const writeScript = async ({ packageDirectory, env }: Workbench, home: Home, door: AgentDoor): Promise<string> => {
  const path = join(home.directory, SCRIPT);
  const { placeSocket, renderAskScript } = door.agentPackage;
  const text = renderAskScript({
    paths: placeSocket({ directory: home.directory, runtimeDirectory: env["XDG_RUNTIME_DIR"] }),
    fallback: [process.execPath, join(packageDirectory, "bin", "daypass.cjs"), "credential-process", "--"],
    mayAsk: false,
  });
  if ((await readFile(path, "utf8").catch(() => undefined)) !== text) {
    const beside = `${path}.${process.pid}`;
    await mkdir(home.directory, { recursive: true, mode: 0o700 });
    await writeFile(beside, text, { mode: 0o700, flag: "wx" });
    await rename(beside, path);
  }
  await chmod(path, 0o700);
  return path;
};

/**
 * Makes sure that the identity's credentials are at hand and that a profile asks for them. Throws `UsageError` where the
 * agent is off or the identity cannot stand in such a profile.
 */
export const prepareAgentProfile = async (
  workbench: Workbench,
  name: string,
  flags: NarrowingFlags,
): Promise<AgentProfile> => {
  if (isNarrowed(flags)) {
    throw new UsageError(
      "a profile of the agent is the whole identity",
      "leave out `--agent`, or the flags that ask for less",
    );
  }
  const home = await workbench.home();
  if (!isAgentOn(workbench, home.directory)) {
    throw new UsageError("the agent is switched off", `switch it on with \`${workbench.names.name} agent start\``);
  }
  const profile = agentProfileName(workbench.names.name, (await home.find(name)).name);
  // Keys of the credentials file come first: the shell would be called one identity and be another.
  if (((await home.profiles()).profiles.get(profile)?.credentials.size ?? 0) > 0) {
    throw new UsageError(
      `profile ${profile} has keys in ~/.aws/credentials, and tools would take those`,
      `take them away first, as by \`${workbench.names.name} unauth --profile ${profile}\``,
    );
  }
  const door = await openAgentDoor(workbench, home);
  // The person is here now; when an SDK asks, nobody may be.
  const { identity, region } = await handOut(workbench, name, flags);
  const script = await writeScript(workbench, home, door);
  if (!PLAIN.test(identity.name) || !PLAIN.test(script)) {
    const what = PLAIN.test(identity.name) ? "the path of your home" : "the identity's name";
    throw new UsageError(`${what} has characters that SDKs read differently`, "leave out `--agent`");
  }
  await home.editor.writeSettings(profile, {
    credential_process: `${script} ${identity.name}`,
    ...(identity.region !== undefined && { region: identity.region }),
  });
  return { identity, profile, region };
};
