// Signs a person in to IAM Identity Center. It begins only here, where somebody typed it: never by surprise.
import type { Home } from "@daypass/auth";
import { AuthError } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { chooseOne } from "../menus/choose-one.js";
import { renderJson, renderTimeLeft } from "../render/render-table.js";
import { expandRegion } from "../region-shorthand.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly startUrl?: string;
  readonly region?: string;
  readonly deviceCode: boolean;
  readonly json: boolean;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const SCOPE = "sso:account:access";

/** The first label of the portal's host: `my-company` of https://my-company.awsapps.com/start. */
const nameOf = (startUrl: string): string => {
  const label = (URL.canParse(startUrl) ? new URL(startUrl).hostname : "").split(".")[0] ?? "";
  return /^[a-z][a-z0-9-]{0,62}$/.test(label) && label !== "localhost" ? label : "sso";
};

/** Writes down where a new sign-in is. Returns its name, and what takes it away again. */
const addSession = async (home: Home, name: string, startUrl: string, region: string): Promise<() => Promise<void>> => {
  if (!NAME.test(name)) {
    throw new UsageError("that is no name for a sign-in", "use letters, digits, dots, dashes and underscores");
  }
  const known = (await home.ssoSessions()).find((session) => session.name === name);
  if (known !== undefined) {
    if (known.startUrl === startUrl && known.region === region) return async () => undefined;
    // Where people type their password is never changed in passing.
    throw new UsageError(
      `the sso-session ${name} is there, for ${known.startUrl} in ${known.region}`,
      "give this one another name, or change the section in ~/.aws/config by hand",
    );
  }
  await home.editor.writeSettings(
    { ssoSession: name },
    { sso_start_url: startUrl, sso_region: region, sso_registration_scopes: SCOPE },
  );
  return async () => void (await home.editor.remove({ ssoSession: name }));
};

async function login(this: Workbench, flags: Flags, given?: string): Promise<void> {
  const { startUrl, region, deviceCode, json } = flags;
  if (!this.prompt.isAvailable) {
    throw new AuthError("prompt_unavailable", "signing in needs a person at a terminal", {
      hint: `run \`${this.names.name} login\` in a terminal; the sign-in then serves programs without one`,
    });
  }
  const home = await this.home();
  if ((startUrl === undefined) !== (region === undefined)) {
    throw new UsageError("--start-url and --region belong together", "give both; the region is Identity Center's own");
  }
  const { name } = this.names;
  let session = given;
  let undo = async (): Promise<void> => undefined;
  if (startUrl !== undefined && region !== undefined) {
    session ??= nameOf(startUrl);
    undo = await addSession(home, session, startUrl, region);
  }
  session ??= await chooseOne(this.prompt, {
    what: "sso-session",
    names: (await home.ssoSessions()).flatMap((each) => each.name ?? []),
    none: `type \`${name} login --start-url https://my-company.awsapps.com/start --region us-east-1\``,
  });
  const chosen = session;
  const signIn = async () => (await home.tokens(chosen)).signIn(deviceCode ? { mode: "device_code" } : {});
  const status = await signIn().catch(async (error: unknown) => {
    // What nobody ever signed in to is not left in the file.
    await undo();
    throw error;
  });
  const { expiration, renewable } = status;
  if (json) {
    this.print(renderJson({ session, startUrl: status.session.startUrl, expiration, renewable }));
    return;
  }
  const left = expiration === undefined ? "" : `, for ${renderTimeLeft(expiration.getTime() - this.now())}`;
  const renewed = renewable === "yes" ? "; it is renewed by itself" : "";
  this.say(
    `signed in to ${session}${left}${renewed}\n  next: \`${name} sync ${session}\` makes a profile of each of your roles\n`,
  );
}

export const loginCommand = buildCommand<Flags, [string?], Workbench>({
  func: login,
  parameters: {
    flags: {
      startUrl: {
        kind: "parsed",
        parse: String,
        brief: "the access portal's address, for a new sign-in",
        optional: true,
        placeholder: "URL",
      },
      region: {
        kind: "parsed",
        parse: expandRegion,
        brief: "Identity Center's region, for a new sign-in",
        optional: true,
        placeholder: "REGION",
      },
      deviceCode: { kind: "boolean", brief: "with a code on any device, not in a browser here", default: false },
      json: { kind: "boolean", brief: "as JSON, for programs", default: false },
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "which sign-in", placeholder: "SSO-SESSION", optional: true }],
    },
  },
  docs: { brief: "sign in to IAM Identity Center" },
});
