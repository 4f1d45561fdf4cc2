// Setting up: by menu where nothing follows, else by words.
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { Workbench } from "../workbench.js";
import { addEnvironmentCommand, removeEnvironmentCommand, removeRoleCommand } from "./config-environment.js";
import { addHubCommand, removeHubCommand } from "./config-hub.js";
import { importEnvironmentsCommand } from "./config-import.js";
import { showConfigCommand } from "./config-show.js";

async function showMenu(this: Workbench): Promise<void> {
  const { runConfigMenu } = await import("../menus/config-menu.js");
  await runConfigMenu(this);
}

const menuCommand = buildCommand<object, [], Workbench>({
  func: showMenu,
  parameters: {},
  docs: { brief: "choose from menus" },
});

export const configRoutes = buildRouteMap<string, Workbench>({
  routes: {
    menu: menuCommand,
    show: showConfigCommand,
    addHub: addHubCommand,
    removeHub: removeHubCommand,
    addEnvironment: addEnvironmentCommand,
    removeEnvironment: removeEnvironmentCommand,
    removeRole: removeRoleCommand,
    import: importEnvironmentsCommand,
  },
  docs: { brief: "set up hubs, environments and roles" },
});
