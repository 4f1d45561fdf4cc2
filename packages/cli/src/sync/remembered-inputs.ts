// How a sign-in was synchronised the last time, so that the next time needs no flags. No secrets.
import { AuthError } from "@daypass/auth/terminal";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

const INPUTS = v.strictObject({ template: v.string(), region: v.exactOptional(v.string()) });
const FILE = v.strictObject({ version: v.literal(1), sessions: v.record(v.string(), INPUTS) });

export type SyncInputs = v.InferOutput<typeof INPUTS>;

const FILE_NAME = "sync.json";

const readAll = async (directory: string): Promise<v.InferOutput<typeof FILE>> => {
  const path = join(directory, FILE_NAME);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (Reflect.get(Object(error), "code") === "ENOENT") return { version: 1, sessions: {} };
    throw new AuthError("file_unusable", `${JSON.stringify(path)} cannot be read`, {
      hint: "see its mode",
      cause: error,
    });
  }
  try {
    return v.parse(FILE, JSON.parse(text));
  } catch (cause) {
    throw new AuthError("file_malformed", `${JSON.stringify(path)} is not understood`, {
      hint: "remove it: the next sync writes it anew",
      cause,
    });
  }
};

/** Returns the inputs of the last time, if there was one. Throws `file_malformed` or `file_unusable`. */
export const readInputs = async (directory: string, session: string): Promise<SyncInputs | undefined> => {
  const { sessions } = await readAll(directory);
  return Object.hasOwn(sessions, session) ? sessions[session] : undefined;
};

/** Keeps the inputs for the next time. */
export const keepInputs = async (directory: string, session: string, inputs: SyncInputs): Promise<void> => {
  const all = await readAll(directory);
  const sessions = Object.fromEntries([...Object.entries(all.sessions), [session, inputs]]);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE_NAME);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ version: 1, sessions }, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
};
