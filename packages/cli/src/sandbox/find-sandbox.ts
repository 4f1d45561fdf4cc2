// Finds the sandbox: in the packed program, else in the workspace that this program lies in. Code that lies in the folder
// somebody happens to be in is not run.
import { AuthError } from "@daypass/auth/terminal";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const SANDBOX_PACKAGE = "@daypass/sandbox";

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
    hint: "it runs from this program's repository: `npm ci && npm run build && npx daypass sandbox`",
    cause,
  });

const inWorkspace = (packageDirectory: string): string => {
  try {
    return createRequire(join(packageDirectory, "package.json")).resolve(SANDBOX_PACKAGE);
  } catch (error) {
    throw notThere(error);
  }
};

/** Returns what starts the sandbox. `packageDirectory` is this program's own. Throws `not_found` with how to install it. */
export const findSandbox = async (packageDirectory: string): Promise<StartPracticeSandbox> => {
  const packed = join(packageDirectory, "dist", "sandbox.mjs");
  const path = existsSync(packed) ? packed : inWorkspace(packageDirectory);
  const door: unknown = await import(pathToFileURL(path).href);
  const start: unknown = Reflect.get(Object(door), "startSandbox");
  if (typeof start === "function") return start as StartPracticeSandbox;
  throw new AuthError("not_found", "the sandbox that is installed is of another version", {
    hint: `install ${SANDBOX_PACKAGE} of the same version beside it`,
  });
};
