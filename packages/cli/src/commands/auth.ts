// Temporary credentials for tools that read nothing but ~/.aws/credentials.
import type { AwsCredentials, Home, Identity } from "@daypass/auth";
import { AuthError, display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import { renderJson } from "../render/render-table.js";
import { renderUntil } from "../render/render-until.js";
import { tellEdits } from "../render/tell-edits.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly profile: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** What the SDKs take before keys of the credentials file, where the config file says it of the same profile. */
const WINS = [
  "role_arn",
  "sso_session",
  "sso_start_url",
  "credential_process",
  "web_identity_token_file",
  "login_session",
];

/**
 * Refused before anybody is asked for a code. The editor judges again when it writes.
 * (AWS SDKs and Tools Reference Guide, "Standardized credential providers".)
 */
const checkTarget = async (home: Home, identity: Identity, { profile: name, force }: Flags): Promise<void> => {
  if (identity.kind === "profile" && identity.name.replace(/^profile:/, "") === name) {
    throw new AuthError("invalid_option", `profile ${name} would be written from itself`, {
      hint: "choose another one with --profile",
    });
  }
  const profile = (await home.profiles()).profiles.get(name);
  if (profile === undefined) return;
  const rival = WINS.find((key) => profile.settings.has(key));
  if (rival !== undefined) {
    throw new AuthError("foreign_section", `profile ${name} has ${rival}, and tools would take that instead`, {
      hint: "choose another one with --profile",
    });
  }
  const isOurs = (await home.editor.list()).some(({ target, file }) => target === name && file === "credentials");
  if (force || isOurs || profile.credentials.size === 0) return;
  throw new AuthError("foreign_section", `profile ${name} in ~/.aws/credentials has keys of your own`, {
    hint: "choose another one with --profile, or say --force: they are set aside, and come back on `unauth`",
  });
};

/** Throws where there is nothing temporary to write: keys that never end are not copied about. */
const requireTemporary = ({ name }: Identity, credentials: AwsCredentials) => {
  if (credentials.expiration !== undefined) return credentials;
  throw new AuthError("invalid_option", `${name} has keys that never expire, and they are not copied`, {
    hint: "name a role that is reached from it",
  });
};

/** The region of a section that is somebody else's stays theirs, and that is said. */
const writeRegion = async (home: Home, { profile, force }: Flags, region: string) => {
  try {
    return { edit: await home.editor.writeSettings(profile, { region }, { force }), stays: undefined };
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== "foreign_section") throw error;
    return { edit: undefined, stays: (await home.profiles()).profiles.get(profile)?.settings.get("region")?.value };
  }
};

const hidden = (env: Workbench["env"], profile: string): string => {
  if ((env["AWS_ACCESS_KEY_ID"] ?? "") !== "") {
    return "this shell has AWS_ACCESS_KEY_ID set, and tools take that first\n  hint: unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n";
  }
  const current = env["AWS_PROFILE"] ?? "default";
  if (current === profile || current === "") return "";
  return `this shell uses profile ${display(current)}\n  hint: tools take this one with AWS_PROFILE=${display(profile)}\n`;
};

async function authenticate(this: Workbench, flags: Flags, name?: string): Promise<void> {
  const home = await this.home();
  const { chooseByMenus } = await import("../menus/choose-identity.js");
  const identity = await chooseByMenus(this, home, name);
  await checkTarget(home, identity, flags);
  const { profile, force } = flags;
  // The agent holds what the one code opened: without it the person would be asked again.
  const { handOut } = await import("../hand-out.js");
  const { credentials: given, region } = await handOut(this, identity.name, flags);
  const credentials = requireTemporary(identity, given);
  const written = await home.editor.writeCredentials(profile, credentials, { force });
  const regionEdit = region === undefined ? undefined : await writeRegion(home, flags, region);
  const edits = [written, ...(regionEdit?.edit === undefined ? [] : [regionEdit.edit])];
  this.say(tellEdits(edits));
  if (regionEdit !== undefined && regionEdit.edit === undefined && regionEdit.stays !== region) {
    const stays = regionEdit.stays === undefined ? "has no region" : `keeps its region ${display(regionEdit.stays)}`;
    this.say(
      `profile ${display(profile)} in ~/.aws/config is yours, and ${stays}\n  hint: --force sets it to ${region}\n`,
    );
  }
  if (flags.json) {
    const { accountId, expiration } = credentials;
    this.print(renderJson({ identity: identity.name, profile, region, accountId, expiration }));
    return;
  }
  this.say(hidden(this.env, profile));
  const until = renderUntil(credentials.expiration, this.now());
  this.say(`profile ${display(profile)} is ${display(identity.name)} ${until}\n`);
}

export const authCommand = buildCommand<Flags, [string?], Workbench>({
  func: authenticate,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ placeholder: "IDENTITY", brief: "who to be, such as prod/admin", parse: String, optional: true }],
    },
    flags: {
      profile: { kind: "parsed", parse: String, brief: "the profile to write", default: "default" },
      force: { kind: "boolean", brief: "set your own keys there aside until `unauth`", default: false },
      ...narrowingFlags,
      json: { kind: "boolean", brief: "what was written, as JSON (without keys)", default: false },
    },
  },
  docs: { brief: "write temporary credentials to ~/.aws/credentials" },
});
