// Shows a page in the person's browser. What is opened may come from files and answers, and what opens it is a program:
// no shell, no option, no other scheme than the web's.
import { spawn as spawnProcess } from "node:child_process";
import { AuthError } from "../errors.js";
import { readWebUrl } from "./judge-start-url.js";
import type { OpenBrowser } from "./sso-types.js";

/** How a program is started: node:child_process's `spawn`, of which only this is used. */
export type SpawnOpener = (
  command: string,
  parameters: readonly string[],
  options: { readonly stdio: "ignore"; readonly detached: boolean; readonly env: NodeJS.ProcessEnv },
) => {
  once(event: "error", listener: (error: Error) => void): unknown;
  once(event: "exit", listener: (code: number | null) => void): unknown;
  unref(): void;
};

export interface BrowserOpenerOptions {
  /** The process's environment: BROWSER, WSL_DISTRO_NAME and WSL_INTEROP are looked at. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly spawn?: SpawnOpener;
  /** How long an opener may take before it counts as at work: a BROWSER may be the browser itself. Default 3,000. */
  readonly settledAfterMs?: number;
}

type Command = readonly [command: string, ...parameters: string[]];

// BROWSER is a list, separated by colons, of commands with an optional %s (Debian's sensible-browser, Python's webbrowser).
const readBrowserVariable = (value: string, url: string): Command[] =>
  value.split(":").flatMap((entry): Command[] => {
    const [command, ...parameters] = entry.trim().split(/\s+/);
    if (command === undefined || command === "" || command.startsWith("-")) return [];
    const filled = parameters.map((parameter) => parameter.replaceAll("%s", () => url));
    return [
      parameters.some((parameter) => parameter.includes("%s")) ? [command, ...filled] : [command, ...filled, url],
    ];
  });

const listCommands = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform, url: string): Command[] => {
  const chosen = readBrowserVariable(env["BROWSER"] ?? "", url);
  if (platform === "darwin") return [...chosen, ["open", url]];
  // `cmd /c start` would read & and ^ of the address.
  if (platform === "win32") return [...chosen, ["rundll32", "url.dll,FileProtocolHandler", url]];
  const isWsl = (env["WSL_DISTRO_NAME"] ?? env["WSL_INTEROP"] ?? "") !== "";
  return [...chosen, ...(isWsl ? [["wslview", url] as const] : []), ["xdg-open", url]];
};

// A browser lives for days and starts helpers: it gets no credentials of ours.
const withoutCredentials = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));

/**
 * Returns the function that shows a page. It rejects with `invalid_option` for what is no https address (http: this
 * machine only), and with `prompt_unavailable` where no program opens it.
 * The address is seen by everybody who may list processes. Sign-in addresses may be: their `state` and `code_challenge`
 * let nobody in without the verifier, which stays in our process.
 */
export const createBrowserOpener = (options: BrowserOpenerOptions): OpenBrowser => {
  const { env, platform = process.platform, spawn = spawnProcess, settledAfterMs = 3_000 } = options;

  const run = ([command, ...parameters]: Command): Promise<boolean> =>
    new Promise((resolve) => {
      const child = spawn(command, parameters, {
        stdio: "ignore",
        detached: platform !== "win32",
        env: withoutCredentials(env),
      });
      const timer = setTimeout(() => resolve(true), settledAfterMs);
      const settle = (isOpen: boolean): void => {
        clearTimeout(timer);
        resolve(isOpen);
      };
      child.once("error", () => settle(false));
      child.once("exit", (code) => settle(code === 0));
      child.unref();
    });

  return async (text) => {
    const url = readWebUrl(text);
    if (url === undefined) {
      throw new AuthError("invalid_option", "only https addresses are shown in a browser", {
        hint: "give an https address, or an http one of this machine",
      });
    }
    for (const command of listCommands(env, platform, url.href)) {
      if (await run(command)) return;
    }
    throw new AuthError("prompt_unavailable", "no browser could be opened", {
      hint: "open the address by hand, or sign in with a code on another device",
    });
  };
};
