// Environments and their roles by flags.
import { buildCommand } from "@stricli/core";
import { withEnvironment, withoutEnvironment, withoutRole } from "../setup/edit-environments.js";
import { expandRegion } from "../region-shorthand.js";
import type { Workbench } from "../workbench.js";

interface AddFlags {
  readonly hub: string;
  readonly account: string;
  readonly region: string;
  readonly role: readonly string[];
  readonly rolePath: string;
}

async function addEnvironment(this: Workbench, flags: AddFlags, name: string): Promise<void> {
  const { hub, account, region, role, rolePath } = flags;
  const home = await this.home();
  const added = { name, hub, accountId: account, region, roles: role, rolePath };
  const config = await home.config.update((before) => withEnvironment(before, added));
  const { roles = [] } = config.environments.find((each) => each.name === name) ?? {};
  this.say(`${roles.map((each) => `${name}/${each}`).join(", ")} can be used now\n`);
}

async function removeEnvironment(this: Workbench, _flags: object, name: string): Promise<void> {
  const home = await this.home();
  await home.config.update((before) => withoutEnvironment(before, name));
  this.say(`environment ${name} is gone from this machine\n`);
}

async function removeRole(this: Workbench, _flags: object, name: string): Promise<void> {
  const home = await this.home();
  await home.config.update((before) => withoutRole(before, name));
  this.say(`role ${name} is gone from this machine\n`);
}

const named = (placeholder: string, brief: string) =>
  ({ kind: "tuple", parameters: [{ placeholder, brief, parse: String }] }) as const;

export const addEnvironmentCommand = buildCommand<AddFlags, [string], Workbench>({
  func: addEnvironment,
  parameters: {
    positional: named("name", "the environment's name, such as prod"),
    flags: {
      hub: { kind: "parsed", parse: String, brief: "the hub it is reached from" },
      account: { kind: "parsed", parse: String, brief: "its account id" },
      region: { kind: "parsed", parse: expandRegion, brief: "where it works, also short, as in euw1" },
      role: { kind: "parsed", parse: String, brief: "a role in it; say it again for more", variadic: true },
      rolePath: { kind: "parsed", parse: String, brief: "the IAM path of its roles", default: "/" },
    },
  },
  docs: { brief: "add an environment, or roles to it" },
});

export const removeEnvironmentCommand = buildCommand<object, [string], Workbench>({
  func: removeEnvironment,
  parameters: { positional: named("name", "the environment's name") },
  docs: { brief: "remove an environment" },
});

export const removeRoleCommand = buildCommand<object, [string], Workbench>({
  func: removeRole,
  parameters: { positional: named("environment/role", "the role, such as dev/ADMIN") },
  docs: { brief: "remove one role of one environment" },
});
