// A profile for every role that Identity Center gives a person. The difference is shown first; what is somebody else's is
// left alone.
import type { Home } from "@daypass/auth";
import { buildCommand } from "@stricli/core";
import { chooseOne } from "../menus/choose-one.js";
import { renderJson, renderTable } from "../render/render-table.js";
import type { FoundProfile, SyncAction, SyncStep } from "../sync/plan-sync.js";
import { expandRegion } from "../region-shorthand.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly prune: boolean;
  readonly template?: string;
  readonly region?: string;
  readonly json: boolean;
}

const SIGNS: Readonly<Record<SyncAction, string>> = {
  add: "+",
  change: "~",
  same: "=",
  remove: "-",
  gone: "?",
  foreign: "!",
};

const sayStep = ({ action, profile, accountId = "", roleName = "", why = "" }: SyncStep): readonly string[] => {
  const note = {
    add: "",
    change: why === "" ? "changed" : why,
    same: "",
    remove: "no role any more",
    gone: "no role any more; --prune takes it away",
    foreign: `${why}: left alone`,
  }[action];
  return [SIGNS[action], profile, roleName === "" ? note : `${roleName} in ${accountId}`, roleName === "" ? "" : note];
};

/** Profiles of the config file, with whose they are. */
const findProfiles = async (home: Home): Promise<readonly FoundProfile[]> => {
  const own = new Set<string>();
  for (const { target, file, isWhole } of await home.editor.list()) {
    if (file === "config" && isWhole && typeof target === "string") own.add(target);
  }
  const { profiles } = await home.profiles();
  return [...profiles.values()].map(({ name, settings, credentials }) => ({
    name,
    // With keys of the same name in the other file it is not ours alone.
    isOwn: own.has(name) && credentials.size === 0,
    settings: Object.fromEntries([...settings].map(([key, { value }]) => [key, value])),
  }));
};

const sayPlan = (bench: Workbench, steps: readonly SyncStep[]): void => {
  const shown = steps.filter(({ action }) => action !== "same");
  const same = steps.length - shown.length;
  if (shown.length > 0) bench.say(renderTable(shown.map(sayStep)));
  if (same > 0)
    bench.say(`${same} profile${same === 1 ? " is" : "s are"} as ${same === 1 ? "it" : "they"} should be\n`);
  if (steps.length === 0) bench.say("you have no roles there\n");
};

const agree = async (bench: Workbench, yes: boolean): Promise<boolean> => {
  if (yes) return true;
  if (!bench.prompt.isAvailable) {
    throw new UsageError("nobody can be asked whether to write this", "say --yes, or --dry-run to look only");
  }
  return (await bench.prompt.ask({ kind: "confirmation", message: "Write this to ~/.aws/config?" })) === "yes";
};

const write = async (home: Home, steps: readonly SyncStep[]): Promise<void> => {
  for (const { action, profile, settings } of steps) {
    if (action === "remove") await home.editor.remove(profile);
    // Never by force: a section that became somebody's since it was looked at is refused.
    else if ((action === "add" || action === "change") && settings !== undefined) {
      await home.editor.writeSettings(profile, settings);
    }
  }
};

/** A sign-in that only this program knows is told to the others, whose profiles will name it. */
const writeSession = async (home: Home, session: string): Promise<void> => {
  if ((await home.profiles()).ssoSessions.has(session)) return;
  const { startUrl, region, scopes } = (await home.tokens(session)).session;
  await home.editor.writeSettings(
    { ssoSession: session },
    { sso_start_url: startUrl, sso_region: region, sso_registration_scopes: scopes.join(",") },
  );
};

async function sync(this: Workbench, flags: Flags, given?: string): Promise<void> {
  const [{ checkTemplate, DEFAULT_TEMPLATE, nameProfiles }, { hasChanges, planSync }, { keepInputs, readInputs }] =
    await Promise.all([
      import("../sync/name-profiles.js"),
      import("../sync/plan-sync.js"),
      import("../sync/remembered-inputs.js"),
    ]);
  const home = await this.home();
  const session =
    given ??
    (await chooseOne(this.prompt, {
      what: "sso-session",
      names: (await home.ssoSessions()).flatMap(({ name }) => name ?? []),
      none: `type \`${this.names.name} login --start-url https://my-company.awsapps.com/start --region us-east-1\``,
    }));
  const remembered = await readInputs(home.directory, session);
  const template = checkTemplate(flags.template ?? remembered?.template ?? DEFAULT_TEMPLATE);
  const region = flags.region ?? remembered?.region;

  const directory = await home.directoryOf(session);
  const accounts = new Map((await directory.listAccounts()).items.map((each) => [each.accountId, each.accountName]));
  const roles = (await directory.listAllRoles()).items.map(({ accountId, roleName }) => ({
    accountId,
    roleName,
    accountName: accounts.get(accountId) ?? accountId,
  }));
  const named = nameProfiles(roles, { template, session });
  const steps = planSync({ session, region, roles: named, found: await findProfiles(home), prune: flags.prune });

  if (!flags.json) sayPlan(this, steps);
  const isWanted = !flags.dryRun && hasChanges(steps) && (await agree(this, flags.yes));
  if (isWanted) {
    await writeSession(home, session);
    await write(home, steps);
    await keepInputs(home.directory, session, { template, ...(region !== undefined && { region }) });
  }
  if (flags.json) this.print(renderJson({ session, written: isWanted, steps }));
  else if (flags.dryRun) this.say("nothing was written: --dry-run\n");
  else if (!hasChanges(steps)) this.say("nothing to write\n");
  else this.say(isWanted ? "written to ~/.aws/config\n" : "nothing was written\n");
}

export const syncCommand = buildCommand<Flags, [string?], Workbench>({
  func: sync,
  parameters: {
    flags: {
      dryRun: { kind: "boolean", brief: "show the difference and write nothing", default: false },
      yes: { kind: "boolean", brief: "write without asking", default: false },
      prune: { kind: "boolean", brief: "take away what it wrote for roles that are gone", default: false },
      template: {
        kind: "parsed",
        parse: String,
        brief: "how profiles are called; remembered. Default {account}-{role}",
        optional: true,
        placeholder: "TEMPLATE",
      },
      region: {
        kind: "parsed",
        parse: expandRegion,
        brief: "the profiles' region; remembered",
        optional: true,
        placeholder: "REGION",
      },
      json: { kind: "boolean", brief: "as JSON, for programs", default: false },
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "which sign-in", placeholder: "SSO-SESSION", optional: true }],
    },
  },
  docs: { brief: "write a profile for every role of IAM Identity Center" },
});
