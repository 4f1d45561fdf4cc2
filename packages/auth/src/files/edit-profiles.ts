// Writes profiles into `~/.aws/credentials` and `~/.aws/config` for tools that read nothing else, and takes them out
// again. Only sections and keys that carry our mark are ours.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AuthError } from "../errors.js";
import type { AuthEvent, AwsCredentials, Clock, Locks, RecordAuthEvent } from "../types.js";
import { findSection, type IniSettings } from "./edit-ini.js";
import { editTextFile, type EditTools } from "./edit-text-file.js";
import { malformedFile, unusableBySystem } from "./file-errors.js";
import { ownKeys, removeOwnKeys, setOwnKeys } from "./own-keys.js";
import { foreignSection, ownMark, removeOwnSection, writeOwnSection, type SectionName } from "./own-sections.js";
import { parseIni, renderIni, type IniDocument, type IniSection } from "./parse-ini.js";
import { readTextFile } from "./read-text-file.js";

/** Where the files are, and who writes them. */
export interface ProfileEditorOptions {
  readonly configFile: string;
  readonly credentialsFile: string;
  readonly locks: Locks;
  /** Stands in the mark: letters, digits, `.`, `_`, `@` and `-`. Another name's sections are somebody else's. */
  readonly toolName: string;
  readonly record?: RecordAuthEvent;
  readonly now?: Clock;
  readonly sleep?: EditTools["sleep"];
}

/** A profile by its name, or a sign-in. */
export type ProfileTarget = string | { readonly ssoSession: string };

/** What the person should be told after a file was written. */
export interface EditedFile {
  readonly path: string;
  readonly changed: boolean;
  /** The mode that the file had, where others could read it before. */
  readonly tightenedFrom: number | undefined;
}

/** What is ours in one file. */
export interface OwnSection {
  readonly target: ProfileTarget;
  readonly file: "config" | "credentials";
  readonly keys: readonly string[];
  /** False: single keys in somebody else's section. */
  readonly isWhole: boolean;
  readonly expiration: Date | undefined;
}

/** Edits AWS's shared files. Every method rejects with `file_malformed`, `file_unusable`, `lock_unavailable` or `audit_unavailable`, and has then written nothing more. */
export interface ProfileEditor {
  /** Writes credentials under a profile. Rejects with `foreign_section` where it is somebody else's, unless `force`. */
  writeCredentials(
    profileName: string,
    credentials: AwsCredentials,
    options?: { readonly force?: boolean },
  ): Promise<EditedFile>;
  /** Makes the settings of a profile or sso-session that are ours exactly these. `foreign_section` as above. */
  writeSettings(
    target: ProfileTarget,
    settings: IniSettings,
    options?: { readonly force?: boolean },
  ): Promise<EditedFile>;
  /** Takes what is ours out of both files; what was set aside comes back byte for byte. */
  remove(target: ProfileTarget): Promise<readonly EditedFile[]>;
  list(): Promise<readonly OwnSection[]>;
}

/** All editors of one person share it: the two files are written one after the other, each whole. */
const LOCK = "aws profiles";

/** Returns an editor. Throws `invalid_option` for a tool name that could not stand in a comment. */
export function createProfileEditor(options: ProfileEditorOptions): ProfileEditor {
  const { configFile, credentialsFile, locks, toolName: tool, record, now = Date.now, sleep = setTimeout } = options;
  if (!/^[\w.@-]{1,64}$/.test(tool))
    throw new AuthError("invalid_option", "toolName has other characters than letters, digits, ., _, @ and -", {
      hint: "give the name of the command",
    });

  function edit(
    path: string,
    change: (document: IniDocument) => IniDocument,
    event: Partial<AuthEvent>,
  ): Promise<EditedFile> {
    return locks.withLock(LOCK, async () => {
      const written = await editTextFile(
        path,
        async (text) => {
          const edited = renderIni(change(parseWhole(text, path)));
          if (edited === text) return text;
          await makeFolder(path);
          await tell(event);
          return edited;
        },
        { now, sleep },
      );
      return { path, changed: written !== undefined, tightenedFrom: written?.tightenedFrom };
    });
  }

  async function tell(event: Partial<AuthEvent>): Promise<void> {
    try {
      await record?.({ type: "profile.written", time: new Date(now()), ...event });
    } catch (cause) {
      throw new AuthError("audit_unavailable", "the record could not be written, so the profile was not", {
        hint: "see that the record's disk has room and can be written",
        cause,
      });
    }
  }

  const changeConfig = (target: ProfileTarget, settings: IniSettings, force: boolean) => (document: IniDocument) => {
    const name = configSection(target);
    const section = findSection(document, name.matches);
    if (section === undefined || ownMark(document, section, tool) !== undefined)
      return writeOwnSection(document, name, settings, { tool, force });
    const wanted = Object.entries(settings);
    const has = ([key, value]: readonly [string, string]) =>
      section.entries.some((entry) => entry.key === key && entry.value === value);
    const mine = ownKeys(document, section, tool);
    if (wanted.every(has) && mine.every((key) => Object.hasOwn(settings, key))) return document;
    if (!force && wanted.some(([key]) => !mine.includes(key))) throw foreignSection(document, section);
    const without = removeOwnKeys(document, section, tool);
    const again = findSection(without, name.matches);
    return again === undefined ? without : setOwnKeys(without, again, settings, tool);
  };

  const takeOut = (name: SectionName) => (document: IniDocument) => {
    const section = findSection(document, name.matches);
    const isTheirs = section !== undefined && ownMark(document, section, tool) === undefined;
    return isTheirs ? removeOwnKeys(document, section, tool) : removeOwnSection(document, name, tool);
  };

  return {
    writeCredentials(profileName, credentials, { force = false } = {}) {
      const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
      const settings: IniSettings = {
        aws_access_key_id: accessKeyId,
        aws_secret_access_key: secretAccessKey,
        ...(sessionToken === undefined ? {} : { aws_session_token: sessionToken }),
        ...(accountId === undefined ? {} : { aws_account_id: accountId }),
      };
      const expires = expiration?.toISOString();
      const event = {
        name: profileName,
        accessKeyId,
        ...(accountId && { accountId }),
        ...(expiration && { expiration }),
      };
      const name = credentialsSection(profileName);
      return edit(
        credentialsFile,
        (document) => writeOwnSection(document, name, settings, { tool, force, expires }),
        event,
      );
    },
    writeSettings(target, settings, { force = false } = {}) {
      return edit(configFile, changeConfig(target, settings, force), { name: nameOf(target) });
    },
    async remove(target) {
      const event = { type: "profile.removed", name: nameOf(target) } as const;
      const config = await edit(configFile, takeOut(configSection(target)), event);
      if (typeof target !== "string") return [config];
      return [await edit(credentialsFile, takeOut(credentialsSection(target)), event), config];
    },
    async list() {
      const [credentials, config] = [await readMarked(credentialsFile, tool), await readMarked(configFile, tool)];
      return [
        ...credentials.sections.flatMap((each) => describe(credentials, each, "credentials", each.header, tool)),
        ...config.sections.flatMap((each) => {
          const target =
            each.type === "sso-session" && each.name !== undefined
              ? { ssoSession: each.name }
              : each.type === "profile"
                ? each.name
                : each.header;
          return target === undefined ? [] : describe(config, each, "config", target, tool);
        }),
      ];
    },
  };
}

function describe(
  document: IniDocument,
  section: IniSection,
  file: OwnSection["file"],
  target: ProfileTarget,
  tool: string,
): OwnSection[] {
  const mark = ownMark(document, section, tool);
  const keys = mark?.keys ?? ownKeys(document, section, tool);
  if (mark === undefined && keys.length === 0) return [];
  const time = Date.parse(mark?.expires ?? "");
  return [
    { target, file, keys, isWhole: mark !== undefined, expiration: Number.isNaN(time) ? undefined : new Date(time) },
  ];
}

/** A file in which no comment of ours is, however long, has nothing of ours, and is not taken apart to see it. */
async function readMarked(path: string, tool: string): Promise<IniDocument> {
  const text = (await readTextFile(path)) ?? "";
  const isMarked = text.includes(`# written by ${tool};`) || text.includes(`# set by ${tool} to `);
  return parseIni(isMarked ? text : "", path);
}

/** What the AWS CLI could not read is not written: it is broken already, or it is no such file. */
function parseWhole(text: string, path: string): IniDocument {
  const document = parseIni(text, path);
  const [first] = document.problems;
  if (first !== undefined)
    throw malformedFile(path, first.line, first.problem, "correct that line; nothing was written");
  return document;
}

/** Names of sections of the credentials file are taken as they are ("Shared config and credentials files", AWS SDKs guide). */
function credentialsSection(profileName: string): SectionName {
  checkProfile(profileName);
  return { header: profileName, matches: ({ header }) => header === profileName };
}

function configSection(target: ProfileTarget): SectionName {
  const name = nameOf(target);
  checkProfile(name);
  const type = typeof target === "string" ? "profile" : "sso-session";
  if (target === "default")
    return {
      header: "default",
      matches: (each) => each.header === "default" || (each.type === "profile" && each.name === "default"),
    };
  const header = /\s/.test(name) ? `${type} "${name}"` : `${type} ${name}`;
  return { header, matches: (each) => each.type === type && each.name === name };
}

function checkProfile(name: string): void {
  if (!/["'\\]/.test(name) && name !== "") return;
  throw new AuthError("invalid_option", "a profile's name is empty, or has a quote or a backslash in it", {
    hint: "choose another name",
  });
}

function nameOf(target: ProfileTarget): string {
  return typeof target === "string" ? target : target.ssoSession;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusableBySystem(path, error);
  }
}
