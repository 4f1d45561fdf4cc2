// A hub as a person has it: the world, and the tool's directory with its configuration.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addHub } from "../dist/hubs/add-hub.js";
import { createCodesFor } from "../dist/hubs/codes-for-hub.js";
import type { Environment, Hub } from "../dist/hubs/config-schema.js";
import type { HubSetting } from "../dist/hubs/hub-sources.js";
import { openPersonConfig } from "../dist/hubs/person-config.js";
import { createUsedSteps } from "../dist/mfa/used-steps.js";
import { DEV, startHubWorld, type HubWorld } from "./hub-world.js";

const open: (() => PromiseLike<unknown>)[] = [];
/** Ends all that was started. */
export const closeHubs = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((close) => close()));
};

export interface PersonsHub extends HubWorld {
  readonly setting: HubSetting;
  readonly add: (over?: Partial<Parameters<typeof addHub>[2]>) => Promise<Hub>;
  readonly environments: (...given: Partial<Environment>[]) => Promise<void>;
}

/** Starts the world and sets nothing up yet. */
export const startPersonsHub = async (...args: Parameters<typeof startHubWorld>): Promise<PersonsHub> => {
  const world = await startHubWorld(...args);
  const directory = await mkdtemp(join(tmpdir(), "daypass-hub-"));
  open.push(
    () => world[Symbol.asyncDispose](),
    () => rm(directory, { recursive: true, force: true }),
  );
  const { context, secrets, prompt, now } = world;
  const usedSteps = createUsedSteps({
    directory,
    locks: context.locks,
    prompt,
    now,
    sleep: async (ms) => world.advance(ms),
  });
  const config = openPersonConfig({ directory, locks: context.locks });
  const setting: HubSetting = {
    config,
    settingsFor: (_, region) => ({ ...world.client, region: region ?? "eu-west-1" }),
    codesFor: createCodesFor({ prompt, secrets, usedSteps }),
    sessionNameParts: ["alice", "daypass"],
  };
  const record = async () => undefined;
  return {
    ...world,
    setting,
    add: (over = {}) => addHub(context, setting, { name: "work", keys: world.keysOf("alice"), record, ...over }),
    environments: async (...given) => {
      const fill = (over: Partial<Environment>): Environment => ({
        name: "dev",
        hub: "work",
        accountId: DEV,
        region: "eu-west-1",
        roles: ["DEVELOPER", "ADMIN", "OPEN"],
        rolePath: "/",
        tooLong: [],
        ...over,
      });
      await config.update((before) => ({ ...before, environments: given.map(fill) }));
    },
  };
};
