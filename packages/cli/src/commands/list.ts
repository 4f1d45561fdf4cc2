// Who one can be, those used last first, and how long what was handed out still works.
import { buildCommand } from "@stricli/core";
import { tellFirstSteps } from "../render/tell-first-steps.js";
import { renderJson, renderTable, renderTimeLeft } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly json: boolean;
}

async function showList(this: Workbench, { json }: Flags): Promise<void> {
  const { readRecent, sortByRecent } = await import("../recent-identities.js");
  const home = await this.home();
  const recent = await readRecent(home.directory);
  const current = this.env[`${this.names.envPrefix}IDENTITY`];
  const rows = sortByRecent(await home.identities(), recent).map((identity) => {
    const { used, expiration } = recent.find(({ name }) => name === identity.name) ?? {};
    return { ...identity, isCurrent: identity.name === current, used, expiration };
  });
  if (json) {
    this.print(renderJson(rows));
    return;
  }
  if (rows.length === 0) {
    this.say(`there is no identity yet\n  hint: ${tellFirstSteps(this.names)}\n`);
    return;
  }
  const leftOf = (expiration: Date | undefined): string => {
    const left = (expiration?.getTime() ?? 0) - this.now();
    return left > 0 ? `${renderTimeLeft(left)} left` : "";
  };
  this.print(
    renderTable(
      rows.map(({ name, isCurrent, expiration, region = "", description }) => [
        isCurrent ? "*" : " ",
        name,
        leftOf(expiration),
        region,
        description,
      ]),
    ),
  );
}

export const listCommand = buildCommand<Flags, [], Workbench>({
  func: showList,
  parameters: {
    flags: { json: { kind: "boolean", brief: "as JSON, for programs", default: false, withNegated: false } },
  },
  docs: { brief: "show who you can be, last used first, and how long you still are" },
});
