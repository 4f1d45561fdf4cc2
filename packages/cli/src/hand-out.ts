// From a name and flags to credentials: asked of the agent where there is one, else of AWS by this process.
import type { AwsCredentials, Identity } from "@daypass/auth";
import { askAgent } from "./ask-agent.js";
import { isNarrowed, readWish, type NarrowingFlags } from "./narrowing-flags.js";
import { noteRecent } from "./recent-identities.js";
import type { Workbench } from "./workbench.js";

export interface Handout {
  readonly identity: Identity;
  readonly credentials: AwsCredentials;
  /** Absent: nothing says one, and the shell's own stays. */
  readonly region: string | undefined;
}

/** Returns credentials of an identity. Rejects as `home.find` and its source do, and with `UsageError` for the flags. */
export const handOut = async (workbench: Workbench, name: string, flags: NarrowingFlags): Promise<Handout> => {
  const home = await workbench.home();
  const identity = await home.find(name);
  const { narrowing, region } = await readWish(flags, home, identity);
  const credentials =
    (await askAgent(workbench, home, { identity: identity.name, narrowing })) ??
    (await (await home.source(identity.name, { narrowing })).get());
  const { expiration } = credentials;
  if (!isNarrowed(flags)) {
    await noteRecent(home.directory, {
      name: identity.name,
      used: new Date(workbench.now()),
      ...(expiration !== undefined && { expiration }),
    });
  }
  return { identity, credentials, region: region ?? identity.region };
};
