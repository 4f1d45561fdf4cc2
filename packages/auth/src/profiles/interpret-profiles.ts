// What the sections of the two files mean. Pure: texts in, profiles out.
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files: Format of the config and
// credentials files".
//
// | the file has                                  | botocore               | the SDK               | we                 |
// |-----------------------------------------------|------------------------|-----------------------|--------------------|
// | `[default]` and `[profile default]`           | the later one          | `[profile default]`   | list, refuse to use |
// | `[profile dev]` and `[profile "dev"]`         | the later one          | merges them           | list, refuse to use |
// | `[profile dev]` in the credentials file       | profile `profile dev`  | profile `profile.dev` | as botocore        |
// | `[profiles dev]` in the config file           | profile `dev`          | no profile            | as botocore        |
// | `[dev]` in the config file                    | no profile             | no profile            | no profile, named  |
// | a key here and its token in the other file    | not mixed              | mixed                 | not mixed          |
import { splitWords } from "../files/split-words.js";
import { parseProfileFile, type FileSection } from "./parse-profile-file.js";
import type { IgnoredSection, Place, Profile, Profiles, Section, Setting } from "./profile-types.js";

/** A file that is there, or that is not (`text` is absent). */
export interface ProfileFile {
  readonly path: string;
  readonly text: string | undefined;
}

type Kind = "profile" | "sso-session" | "services";
const KINDS: readonly Kind[] = ["profile", "sso-session", "services"];

const meaningOf = (header: string): { readonly kind: Kind; readonly name: string } | undefined => {
  if (header === "default") return { kind: "profile", name: "default" };
  const kind = KINDS.find((prefix) => header.startsWith(prefix));
  const [, name, ...more] = splitWords(header) ?? [];
  return kind === undefined || name === undefined || more.length > 0 ? undefined : { kind, name };
};

const toSection = (name: string, { line, settings }: FileSection, file: string): Section => ({
  name,
  file,
  line,
  settings,
});

/** Returns both files' meaning. Throws `file_malformed` with file and line. */
export const interpretProfiles = (files: {
  readonly config: ProfileFile;
  readonly credentials: ProfileFile;
}): Profiles => {
  const { config, credentials } = files;
  const found: Readonly<Record<Kind, Map<string, Section>>> = {
    profile: new Map(),
    "sso-session": new Map(),
    services: new Map(),
  };
  const twins = new Map<string, Place[]>();
  const ignored: IgnoredSection[] = [];

  for (const section of parseProfileFile(config.text ?? "", config.path)) {
    const meaning = meaningOf(section.header);
    if (meaning === undefined) {
      ignored.push({ header: section.header, file: config.path, line: section.line });
      continue;
    }
    const earlier = found[meaning.kind].get(meaning.name);
    if (earlier !== undefined && meaning.kind === "profile") {
      twins.set(meaning.name, [...(twins.get(meaning.name) ?? []), earlier]);
    }
    found[meaning.kind].set(meaning.name, toSection(meaning.name, section, config.path));
  }

  const profiles = new Map<string, Profile>();
  const none: ReadonlyMap<string, Setting> = new Map();
  for (const section of found.profile.values()) {
    profiles.set(section.name, {
      ...section,
      config: section.settings,
      credentials: none,
      twins: twins.get(section.name) ?? [],
    });
  }
  for (const section of parseProfileFile(credentials.text ?? "", credentials.path)) {
    const name = section.header;
    const base = profiles.get(name) ?? {
      ...toSection(name, section, credentials.path),
      config: none,
      twins: [],
    };
    profiles.set(name, {
      ...base,
      settings: new Map([...base.config, ...section.settings]),
      credentials: section.settings,
    });
  }
  return {
    profiles,
    ssoSessions: found["sso-session"],
    services: found.services,
    ignored,
    configFile: config.path,
    credentialsFile: credentials.path,
  };
};
