// The words of ~/.aws as it was read. Imports nothing.

/** A process's environment, handed in by whoever made us. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where something was read. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** One setting. `nested` holds the indented block below an empty one (`s3 =`), else it is absent. */
export interface Setting extends Place {
  readonly value: string;
  readonly nested?: ReadonlyMap<string, string>;
}

/** A section with meaning: settings by their lower-case names. */
export interface Section extends Place {
  readonly name: string;
  readonly settings: ReadonlyMap<string, Setting>;
}

/** A profile: what both files say of it, the credentials file winning. */
export interface Profile extends Section {
  /** What the config file alone says. Keys, secret and token are never mixed across the two files. */
  readonly config: ReadonlyMap<string, Setting>;
  /** What the credentials file alone says. */
  readonly credentials: ReadonlyMap<string, Setting>;
  /** More than one section of the same file says this name: AWS's tools then disagree about what it is. */
  readonly twins: readonly Place[];
}

/** A section that is none of profile, sso-session and services, by its header. */
export interface IgnoredSection extends Place {
  readonly header: string;
}

/** Both files, read. */
export interface Profiles {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly ssoSessions: ReadonlyMap<string, Section>;
  readonly services: ReadonlyMap<string, Section>;
  readonly ignored: readonly IgnoredSection[];
  readonly configFile: string;
  readonly credentialsFile: string;
}

/** Returns a place as people and editors write it: `/home/jo/.aws/config:12`. */
export const showPlace = ({ file, line }: Place): string => `${file}:${line}`;
