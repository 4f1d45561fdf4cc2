// The list of identities that shells read with their own means: for Tab, and for a switch that starts no process.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../usage-error.js";
import { labelOf } from "./change-environment.js";

/** One identity. */
export interface ShellIndexEntry {
  readonly name: string;
  /** Through which the agent serves it. Absent: it is only offered by Tab. */
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** A tab or a line end would make one entry two; the others have no place in a name. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

const fieldOf = (text: string, what: string): string => {
  if (text === "" || CONTROL.test(text)) {
    throw new UsageError(
      `${what} is empty or holds a control character: ${JSON.stringify(text)}`,
      "rename it; nothing was written",
    );
  }
  return text;
};

/** No label: shells take such an entry for none to switch to by themselves, and ask the program. */
const NOT_A_LABEL = "!";

const lineOf = ({ name, profile, region }: ShellIndexEntry): string =>
  [
    fieldOf(name, "the name of an identity"),
    profile === undefined ? "-" : fieldOf(profile, "the name of a profile"),
    // A shell takes several tabs for one, so nothing may be empty.
    region === undefined ? "-" : fieldOf(region, "a region"),
    profile === undefined ? NOT_A_LABEL : labelOf(name),
  ].join("\t");

/** Returns the list as it is written. Throws where a field holds a control character. */
export const renderShellIndex = (entries: readonly ShellIndexEntry[]): string =>
  entries.map((entry) => `${lineOf(entry)}\n`).join("");

/**
 * Writes `identities` into the directory, which is made where it is missing: `name TAB profile TAB region TAB label` on
 * each line, `-` for no region. A reader sees the old list or the new one. Throws, and writes nothing, where a field
 * holds a control character.
 */
export const writeShellIndex = async (directory: string, entries: readonly ShellIndexEntry[]): Promise<void> => {
  await writeWhole(directory, "identities", renderShellIndex(entries));
};

/** Writes a file of 0600 in a folder of 0700 so that nobody reads half of it. */
export const writeWhole = async (directory: string, name: string, text: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const temporary = join(directory, `.${name}.${randomBytes(8).toString("hex")}`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
