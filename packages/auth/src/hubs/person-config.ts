// What a person set up, without any secret: `config.json` in the tool's directory. It names commands that are run and
// accounts that are signed in to, so a file that is not wholly understood is not used, and never written over.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { AuthError } from "../errors.js";
import { readTextFile } from "../files/read-text-file.js";
import { writeFileAtomically } from "../files/write-file-atomically.js";
import type { Locks } from "../types.js";
import { CONFIG_SCHEMA, type PersonConfig } from "./config-schema.js";

export interface PersonConfigOptions {
  /** The tool's own; made with 0700 where it is missing. */
  readonly directory: string;
  readonly locks: Locks;
}

/** The person's configuration in its file. */
export interface PersonConfigFile {
  readonly path: string;
  /**
   * The configuration; an empty one where there is no file yet. Rejects with `file_unusable` (others may read it, or own
   * it), `file_malformed` with the place, or `newer_version`.
   */
  read(): Promise<PersonConfig>;
  /** Reads, changes and writes under a lock, and returns what was written. Rejects as `read` does, or as `change` does. */
  update(change: (config: PersonConfig) => PersonConfig): Promise<PersonConfig>;
}

const EMPTY: PersonConfig = { version: 1, hubs: [], environments: [], ssoSessions: [] };

const malformed = (path: string, problem: string): AuthError =>
  new AuthError("file_malformed", `${JSON.stringify(path)} ${problem}`, {
    hint: "correct the file, or move it away to start anew; it was not changed",
  });

/** In words that never repeat a value: somebody may have put a secret where none belongs. */
const sayIssue = (issue: v.BaseIssue<unknown>): string => {
  const place = v.getDotPath(issue) ?? "it";
  if (issue.type === "strict_object") return `is not understood: ${place} is unknown, missing or no object`;
  // Built-in messages show what was received; those of the schema itself do not.
  return `is not understood: ${place} ${issue.kind === "schema" ? `is not ${issue.expected ?? "right"}` : issue.message}`;
};

const parse = (path: string, text: string): PersonConfig => {
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw malformed(path, "is not JSON");
  }
  const version: unknown = Reflect.get(Object(given), "version");
  if (typeof version === "number" && version > 1) {
    throw new AuthError("newer_version", `${JSON.stringify(path)} was written by a newer version`, {
      hint: "update this tool; the file was not changed",
    });
  }
  return check(path, given);
};

const check = (path: string, given: unknown): PersonConfig => {
  const result = v.safeParse(CONFIG_SCHEMA, given);
  if (result.success) return result.output;
  throw malformed(path, sayIssue(result.issues[0]));
};

/** Opens the configuration; nothing is read yet. */
export const openPersonConfig = ({ directory, locks }: PersonConfigOptions): PersonConfigFile => {
  const path = join(directory, "config.json");
  const read = async (): Promise<PersonConfig> => {
    const text = await readTextFile(path, { secret: true });
    return text === undefined ? EMPTY : parse(path, text);
  };
  return {
    path,
    read,
    update: (change) =>
      locks.withLock("config", async () => {
        const changed = check(path, change(await read()));
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFileAtomically(path, `${JSON.stringify(changed, undefined, 2)}\n`);
        return changed;
      }),
  };
};
