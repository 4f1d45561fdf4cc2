// The menus of `config`: everything that its flags can do, for who does not want to remember them.
import type { Home } from "@daypass/auth";
import { showConfig } from "../commands/config-show.js";
import { takeHubAway } from "../commands/config-hub.js";
import { withEnvironment, withoutEnvironment, withoutRole, type PersonConfig } from "../setup/edit-environments.js";
import { askKeys, describeHub, setUpHub } from "../setup/set-up-hub.js";
import type { Workbench } from "../workbench.js";
import { askChoice, askText, askYes } from "./ask-choice.js";

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const checkBy =
  (pattern: RegExp, wanted: string) =>
  (answer: string): string | undefined =>
    pattern.test(answer) ? undefined : `write ${wanted}`;
const checkName = checkBy(NAME, "1 to 64 letters, digits, dots, dashes and underscores");
const checkAccount = checkBy(/^\d{12}$/, "the twelve digits of the account");
const checkRegion = checkBy(/^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/, "a region, such as eu-west-1");
const checkRoles = checkBy(/^[\w+=,.@-]{1,64}( +[\w+=,.@-]{1,64})*$/, "names of roles, with spaces between");

const DONE = "done";

const ask = (workbench: Workbench, message: string, check: (answer: string) => string | undefined): Promise<string> =>
  askText(workbench, message, { instead: "see `config --help`", check });

const createHub = async (workbench: Workbench, home: Home): Promise<void> => {
  const known = new Set((await home.config.read()).hubs.map(({ name }) => name));
  const name = await ask(workbench, "a name for the hub, such as work:", (answer) =>
    known.has(answer) ? "there is one of that name" : checkName(answer),
  );
  const keys = await askKeys(workbench, false);
  workbench.say(describeHub(await setUpHub(home, { name }, keys)));
  if (await askYes(workbench, "add an environment to it now?", false)) await addEnvironment(workbench, home, name);
};

const addEnvironment = async (workbench: Workbench, home: Home, hub: string): Promise<void> => {
  const name = await ask(workbench, "a name for the environment, such as dev:", checkName);
  const accountId = await ask(workbench, "its account id:", checkAccount);
  const region = await ask(workbench, "its region:", checkRegion);
  const roles = (await ask(workbench, "its roles, with spaces between:", checkRoles)).split(/ +/);
  await home.config.update((config) => withEnvironment(config, { name, hub, accountId, region, roles, rolePath: "/" }));
  workbench.say(`${roles.map((role) => `${name}/${role}`).join(", ")} can be used now\n`);
};

const removeFrom = async (
  workbench: Workbench,
  home: Home,
  hub: string,
  what: "environment" | "role",
): Promise<void> => {
  const { environments } = await home.config.read();
  const own = environments.filter((each) => each.hub === hub);
  const names =
    what === "role"
      ? own.flatMap(({ name, roles }) => roles.map((role) => `${name}/${role}`))
      : own.map(({ name }) => name);
  if (names.length === 0) {
    workbench.say("there is none\n");
    return;
  }
  const name = await askChoice(workbench, {
    message: `which ${what} goes?`,
    instead: `\`config remove-${what} NAME\``,
    choices: names.map((value) => ({ value, label: value })),
  });
  if (!(await askYes(workbench, `remove ${name}?`, false))) return;
  const change = what === "role" ? withoutRole : withoutEnvironment;
  await home.config.update((config): PersonConfig => change(config, name));
  workbench.say(`${name} is gone from this machine\n`);
};

/** The rest of the entry stays: a hub without MFA is not to get it, nor one with a pinned device another, in passing. */
const exchangeKeys = async (workbench: Workbench, home: Home, name: string): Promise<void> => {
  const { hubs } = await home.config.read();
  const { region, mfaSerial, withoutMfa, codes } = hubs.find((hub) => hub.name === name) ?? {};
  const wish = {
    name,
    ...(region !== undefined && { region }),
    ...(mfaSerial !== undefined && { mfaSerial }),
    ...(withoutMfa === true && { withoutMfa }),
    ...(codes !== undefined && { codes }),
  };
  workbench.say(describeHub(await setUpHub(home, wish, await askKeys(workbench, false))));
};

const configureHub = async (workbench: Workbench, home: Home, hub: string): Promise<void> => {
  for (;;) {
    const action = await askChoice(workbench, {
      message: `hub ${hub}`,
      instead: "see `config --help`",
      choices: [
        { value: "add", label: "Add an environment, or roles to one" },
        { value: "role", label: "Remove a role" },
        { value: "environment", label: "Remove an environment" },
        { value: "keys", label: "Give it new keys of the same user" },
        { value: "delete", label: "Delete the hub" },
        { value: DONE, label: "Back" },
      ],
    });
    if (action === DONE) return;
    if (action === "add") await addEnvironment(workbench, home, hub);
    else if (action === "keys") {
      await exchangeKeys(workbench, home, hub);
    } else if (action === "delete") {
      if (!(await askYes(workbench, `delete hub ${hub}, its environments and its keys?`, false))) continue;
      await takeHubAway(workbench, home, hub);
      return;
    } else await removeFrom(workbench, home, hub, action === "role" ? "role" : "environment");
  }
};

/** Runs the menus until the person is done. Rejects with `UsageError` where nobody can be asked. */
export const runConfigMenu = async (workbench: Workbench): Promise<void> => {
  const home = await workbench.home();
  for (;;) {
    const { hubs } = await home.config.read();
    const action = await askChoice(workbench, {
      message: "what do you want to do?",
      instead: `type \`${workbench.names.name} config show\`, or see \`${workbench.names.name} config --help\``,
      choices: [
        { value: "create", label: "Create a hub", hint: "a user of yours in a hub account" },
        ...hubs.map(({ name, userName, accountId }) => ({
          value: `hub ${name}`,
          label: `Configure hub ${name}`,
          hint: `user ${userName} of ${accountId}`,
        })),
        { value: "show", label: "Show what is set up" },
        { value: DONE, label: "Done" },
      ],
    });
    if (action === DONE) return;
    if (action === "create") await createHub(workbench, home);
    else if (action === "show") await showConfig(workbench, { json: false });
    else await configureHub(workbench, home, action.slice("hub ".length));
  }
};
