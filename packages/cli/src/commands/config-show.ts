// What is set up on this machine. There is no secret in it.
import { display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { renderJson, renderTable } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

/** Prints hubs and environments; also a choice of the menu. */
export const showConfig = async (workbench: Workbench, { json }: { readonly json: boolean }): Promise<void> => {
  const { config, secrets } = await workbench.home();
  const read = await config.read();
  if (json) {
    workbench.print(renderJson({ file: config.path, secrets: secrets.kind, ...read }));
    return;
  }
  if (read.hubs.length === 0) {
    workbench.say(`no hub is set up\n  hint: \`${workbench.names.program} config add-hub NAME\`\n`);
  }
  for (const hub of read.hubs) {
    const mfa = hub.withoutMfa === true ? "WITHOUT MFA" : (hub.mfaSerial ?? "device not known yet");
    workbench.print(`${display(`${hub.name}: user ${hub.userName} of ${hub.accountId}, ${mfa}`)}\n`);
    const rows = read.environments
      .filter((each) => each.hub === hub.name)
      .map(({ name, accountId, region, roles }) => [`  ${name}`, accountId, region, roles.join(" ")]);
    workbench.print(renderTable(rows));
  }
};

async function show(this: Workbench, flags: { readonly json: boolean }): Promise<void> {
  await showConfig(this, flags);
}

export const showConfigCommand = buildCommand<{ readonly json: boolean }, [], Workbench>({
  func: show,
  parameters: { flags: { json: { kind: "boolean", brief: "as JSON", default: false, withNegated: false } } },
  docs: { brief: "show hubs and environments" },
});
