// Starts a browser on an address that holds no secret. No shell, and none of our credentials.
import { AuthError } from "@daypass/auth/terminal";
import type { Machine } from "../workbench.js";

export const BROWSERS = ["firefox", "chrome", "chromium", "edge", "brave"] as const;
export type Browser = (typeof BROWSERS)[number];

type Command = readonly [program: string, ...parameters: string[]];

const ON_LINUX: Readonly<Record<Browser, readonly string[]>> = {
  firefox: ["firefox", "firefox-esr"],
  chrome: ["google-chrome", "google-chrome-stable"],
  chromium: ["chromium", "chromium-browser"],
  edge: ["microsoft-edge", "microsoft-edge-stable"],
  brave: ["brave-browser", "brave"],
};
const ON_MAC: Readonly<Record<Browser, string>> = {
  firefox: "Firefox",
  chrome: "Google Chrome",
  chromium: "Chromium",
  edge: "Microsoft Edge",
  brave: "Brave Browser",
};
const ON_WINDOWS: Readonly<Record<Browser, string>> = {
  firefox: "firefox",
  chrome: "chrome",
  chromium: "chromium",
  edge: "msedge",
  brave: "brave",
};

export interface BrowserChoice {
  readonly browser: Browser | undefined;
  /** A profile of Chrome and its kin; Firefox's containers are chosen by the address. */
  readonly profile: string | undefined;
}

/**
 * Returns what to start, the first that is there. BROWSER holds commands, separated by colons, with an optional %s
 * (Debian's sensible-browser; Python's webbrowser).
 */
export const listCommands = (
  { env, platform }: Pick<Machine, "env" | "platform">,
  { browser, profile }: BrowserChoice,
  address: string,
): readonly Command[] => {
  const more = profile === undefined ? [address] : [`--profile-directory=${profile}`, address];
  if (browser !== undefined) {
    if (platform === "darwin") return [["open", "-na", ON_MAC[browser], "--args", ...more]];
    if (platform === "win32") return [[`${ON_WINDOWS[browser]}.exe`, ...more]];
    return ON_LINUX[browser].map((program) => [program, ...more]);
  }
  const chosen = (env["BROWSER"] ?? "").split(":").flatMap((entry): Command[] => {
    const [program, ...words] = entry.trim().split(/\s+/);
    if (program === undefined || program === "" || program.startsWith("-")) return [];
    const filled = words.map((word) => word.replaceAll("%s", () => address));
    return [words.some((word) => word.includes("%s")) ? [program, ...filled] : [program, ...filled, address]];
  });
  if (platform === "darwin") return [...chosen, ["open", address]];
  if (platform === "win32") return [...chosen, ["rundll32", "url.dll,FileProtocolHandler", address]];
  return [...chosen, ["xdg-open", address]];
};

const SETTLED_AFTER_MS = 2_000;

/** A browser lives for days and starts others: nothing of AWS is handed to it. */
const cleanEnvironment = (env: Machine["env"]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));

const run = ([program, ...parameters]: Command, machine: Pick<Machine, "env" | "platform">): Promise<boolean> =>
  new Promise((resolve) => {
    // Loaded when it is needed: every start of the program would wait for it.
    const { spawn } = process.getBuiltinModule("node:child_process");
    const child = spawn(program, parameters, {
      stdio: "ignore",
      detached: machine.platform !== "win32",
      env: cleanEnvironment(machine.env),
    });
    // One that is still there is the browser itself.
    const timer = setTimeout(() => resolve(true), SETTLED_AFTER_MS);
    const settle = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
    child.unref();
  });

/** Starts a browser. Rejects with `prompt_unavailable` where none can be. */
export const startBrowser = async (
  machine: Pick<Machine, "env" | "platform">,
  choice: BrowserChoice,
  address: string,
): Promise<void> => {
  for (const command of listCommands(machine, choice, address)) if (await run(command, machine)) return;
  throw new AuthError("prompt_unavailable", "no browser could be opened", {
    hint: "name one with --browser, or say --print and open the link by hand: it works once, for 15 minutes",
  });
};
