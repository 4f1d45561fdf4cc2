// Exchanges a hub's keys for new ones, so that it can be killed at any step.
import { display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { askYes } from "../menus/ask-choice.js";
import { renderJson } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly yes: boolean;
  readonly json: boolean;
}

async function rotateKeys(this: Workbench, { yes, json }: Flags, name: string): Promise<void> {
  const { rotateHubKeys } = await import("@daypass/auth");
  const home = await this.home();
  const { findKnownHub } = await import("../setup/find-known-hub.js");
  await findKnownHub(home, name);
  const message = `exchange the keys of hub ${name}? The old ones are deleted, wherever else they are used`;
  if (!(await askYes(this, message, yes))) {
    this.say("nothing was exchanged\n");
    return;
  }
  const { explanation, ...rotation } = await rotateHubKeys(home.context, await home.hubs(), {
    name,
    record: home.record,
  });
  if (json) this.print(renderJson({ hub: name, ...rotation }));
  else for (const line of explanation) this.say(`${display(line)}\n`);
}

export const rotateCommand = buildCommand<Flags, [string], Workbench>({
  func: rotateKeys,
  parameters: {
    positional: { kind: "tuple", parameters: [{ placeholder: "HUB", brief: "the hub's name", parse: String }] },
    flags: {
      yes: { kind: "boolean", brief: "do not ask", default: false, withNegated: false },
      json: { kind: "boolean", brief: "as JSON", default: false, withNegated: false },
    },
  },
  docs: { brief: "exchange a hub's keys for new ones" },
});
