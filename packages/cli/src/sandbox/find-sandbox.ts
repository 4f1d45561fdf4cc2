// Finds the sandbox, which nobody's dependencies carry. It is looked for only beside this program: code that lies in the
// folder somebody happens to be in is not run.
import { AuthError } from "@daypass/auth/terminal";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const SANDBOX_PACKAGE = "@daypass/sandbox";

/** As much of a running sandbox as is used here. */
export interface PracticeSandbox {
  readonly endpoint: string;
  readonly console: string;
  readonly control: string;
  readonly startUrl: string;
  issueKey(account: string, userName: string): { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

export type StartPracticeSandbox = (options: {
  readonly world: object;
  readonly worldSource: string;
  readonly port?: number;
}) => Promise<PracticeSandbox>;

const notThere = (cause: unknown): AuthError =>
  new AuthError("not_found", "the sandbox is not installed", {
    hint: `install it beside this program: npm install --global ${SANDBOX_PACKAGE}`,
    cause,
  });

/** Returns what starts the sandbox. `packageDirectory` is this program's own. Throws `not_found` with how to install it. */
export const findSandbox = async (packageDirectory: string): Promise<StartPracticeSandbox> => {
  let path: string;
  try {
    path = createRequire(join(packageDirectory, "package.json")).resolve(SANDBOX_PACKAGE);
  } catch (error) {
    throw notThere(error);
  }
  const door: unknown = await import(pathToFileURL(path).href);
  const start: unknown = Reflect.get(Object(door), "startSandbox");
  if (typeof start === "function") return start as StartPracticeSandbox;
  throw new AuthError("not_found", "the sandbox that is installed is of another version", {
    hint: `install the one that belongs to this program: npm install --global ${SANDBOX_PACKAGE}`,
  });
};
