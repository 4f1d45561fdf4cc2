// Where this person's secrets are kept, and how that is changed.
import type { Home, SecretsKind } from "@daypass/auth";
import { display } from "@daypass/auth/terminal";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { askChoice } from "../menus/ask-choice.js";
import { renderJson } from "../render/render-table.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

const WORDS: Readonly<Record<Home["secrets"]["kind"], string>> = {
  keychain: "in the keychain of this machine",
  passphrase_file: "in a file under a passphrase",
  plain_file: "IN CLEAR in a file: whoever reads this disk or a copy of it has them",
  memory: "in memory",
};

const show = async (workbench: Workbench, json: boolean): Promise<void> => {
  const { hasNoSecretsYet, NO_SECRETS_YET } = await import("../setup/has-no-secrets-yet.js");
  const home = await workbench.home();
  const { secrets, directory, config } = home;
  const hubs = (await config.read()).hubs.map(({ name }) => name);
  if (json) workbench.print(renderJson({ kind: secrets.kind, directory, hubs }));
  else if (await hasNoSecretsYet(home)) workbench.print(`secrets: ${NO_SECRETS_YET}\n`);
  else workbench.print(`secrets are ${WORDS[secrets.kind]} (${display(directory)})\n`);
};

/** What was in clear may have been copied before. */
const tellLeft = ({ name }: Workbench["names"], hubs: readonly string[]): string =>
  `copies of the old file, such as backups, still have them\n  hint: exchange the keys with ${hubs.map((hub) => `\`${name} rotate ${hub}\``).join(", ")}\n`;

const moveTo = async (workbench: Workbench, to: SecretsKind): Promise<void> => {
  const { secrets } = await workbench.home();
  const from = secrets.kind;
  const names = await secrets.move(to);
  const count = names.length === 1 ? "1 secret was" : `${names.length} secrets were`;
  workbench.say(`${count} moved and read back: they are ${WORDS[to]}\n`);
  const hubs = (await (await workbench.home()).config.read()).hubs.map((hub) => hub.name);
  if (from === "plain_file" && hubs.length > 0) workbench.say(tellLeft(workbench.names, hubs));
};

const changePassphrase = async (workbench: Workbench): Promise<void> => {
  await (await workbench.home()).secrets.changePassphrase();
  workbench.say("the passphrase was changed\n");
};

const runMenu = async (workbench: Workbench): Promise<void> => {
  await show(workbench, false);
  const { secrets } = await workbench.home();
  const action = await askChoice(workbench, {
    message: "what do you want to do?",
    instead: `say what to do: see \`${workbench.names.name} crypto --help\``,
    choices: [
      ...(secrets.kind === "passphrase_file" ? [{ value: "passphrase", label: "Change the passphrase" }] : []),
      ...(secrets.kind === "passphrase_file"
        ? []
        : [{ value: "passphrase_file", label: "Encrypt: a file under a passphrase" }]),
      ...(secrets.kind === "keychain" ? [] : [{ value: "keychain", label: "Move them to the keychain" }]),
      { value: "leave", label: "Leave it so" },
    ],
  });
  if (action === "passphrase") await changePassphrase(workbench);
  else if (action === "keychain" || action === "passphrase_file") await moveTo(workbench, action);
};

async function showMenu(this: Workbench): Promise<void> {
  await runMenu(this);
}
async function showKind(this: Workbench, { json }: { readonly json: boolean }): Promise<void> {
  await show(this, json);
}
async function encrypt(this: Workbench): Promise<void> {
  await moveTo(this, "passphrase_file");
}
async function moveToKeychain(this: Workbench): Promise<void> {
  await moveTo(this, "keychain");
}
async function decrypt(this: Workbench, { plain }: { readonly plain: boolean }): Promise<void> {
  if (!plain) {
    throw new UsageError(
      "secrets in clear are there for whoever reads this disk or a copy of it",
      `say --plain if that is what you want; \`${this.names.name} crypto keychain\` needs no passphrase either`,
    );
  }
  await moveTo(this, "plain_file");
}
async function setPassphrase(this: Workbench): Promise<void> {
  await changePassphrase(this);
}

const json = { kind: "boolean", brief: "as JSON", default: false, withNegated: false } as const;
const plainFlag = { kind: "boolean", brief: "in clear, on purpose", default: false, withNegated: false } as const;

export const cryptoRoutes = buildRouteMap<string, Workbench>({
  routes: {
    menu: buildCommand<object, [], Workbench>({
      func: showMenu,
      parameters: {},
      docs: { brief: "choose from a menu" },
    }),
    show: buildCommand<{ readonly json: boolean }, [], Workbench>({
      func: showKind,
      parameters: { flags: { json } },
      docs: { brief: "show where secrets are" },
    }),
    encrypt: buildCommand<object, [], Workbench>({
      func: encrypt,
      parameters: {},
      docs: { brief: "move them to a file under a passphrase" },
    }),
    passphrase: buildCommand<object, [], Workbench>({
      func: setPassphrase,
      parameters: {},
      docs: { brief: "change the passphrase" },
    }),
    keychain: buildCommand<object, [], Workbench>({
      func: moveToKeychain,
      parameters: {},
      docs: { brief: "move them to the keychain" },
    }),
    decrypt: buildCommand<{ readonly plain: boolean }, [], Workbench>({
      func: decrypt,
      parameters: { flags: { plain: plainFlag } },
      docs: { brief: "move them to a file in clear" },
    }),
  },
  docs: { brief: "where secrets are kept: keychain, passphrase, or in clear" },
});
