// Starts a browser on an address: the person's own choice first. No shell, and none of our credentials.
/** The browsers that can be named. */
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

export interface StartBrowserOptions {
  /** The process's environment: BROWSER, WSL_DISTRO_NAME and WSL_INTEROP are looked at. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Which one. Left out, the person's own. */
  readonly browser?: Browser | undefined;
  /** A profile of Chrome and its kin, by its folder's name. Only where `browser` is given. */
  readonly profile?: string | undefined;
  readonly spawn?: SpawnOpener;
  /** How long an opener may take before it counts as at work: it may be the browser itself. Default 3,000. */
  readonly settledAfterMs?: number;
}

// BROWSER is a list, separated by colons, of commands with an optional %s (Debian's sensible-browser, Python's webbrowser).
const readBrowserVariable = (value: string, address: string): Command[] =>
  value.split(":").flatMap((entry): Command[] => {
    const [program, ...words] = entry.trim().split(/\s+/);
    if (program === undefined || program === "" || program.startsWith("-")) return [];
    const filled = words.map((word) => word.replaceAll("%s", () => address));
    return [words.some((word) => word.includes("%s")) ? [program, ...filled] : [program, ...filled, address]];
  });

const listNamed = (
  browser: Browser,
  { platform, profile }: Pick<StartBrowserOptions, "platform" | "profile">,
  address: string,
): readonly Command[] => {
  const more = profile === undefined ? [address] : [`--profile-directory=${profile}`, address];
  if (platform === "darwin") return [["open", "-na", ON_MAC[browser], "--args", ...more]];
  if (platform === "win32") return [[`${ON_WINDOWS[browser]}.exe`, ...more]];
  return ON_LINUX[browser].map((program) => [program, ...more]);
};

const listOwn = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform, address: string): readonly Command[] => {
  const chosen = readBrowserVariable(env["BROWSER"] ?? "", address);
  if (platform === "darwin") return [...chosen, ["open", address]];
  // `cmd /c start` would read & and ^ of the address.
  if (platform === "win32") return [...chosen, ["rundll32", "url.dll,FileProtocolHandler", address]];
  const isWsl = (env["WSL_DISTRO_NAME"] ?? env["WSL_INTEROP"] ?? "") !== "";
  return [...chosen, ...(isWsl ? [["wslview", address] as const] : []), ["xdg-open", address]];
};

// A browser lives for days and starts helpers: it gets no credentials of ours.
const withoutCredentials = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_")));

/** Loaded when it is needed: every start of a program that may open a browser would wait for it. */
const spawnProcess: SpawnOpener = (command, parameters, options) =>
  process.getBuiltinModule("node:child_process").spawn(command, parameters, options);

/**
 * Starts the first browser that is there, and returns whether one is. The address is ours: it is not looked at, and
 * everybody who may list processes sees it, so that it must be worth nothing to them.
 */
export const startBrowser = async (options: StartBrowserOptions, address: string): Promise<boolean> => {
  const { env, platform = process.platform, browser, profile } = options;
  const { spawn = spawnProcess, settledAfterMs = 3_000 } = options;

  const run = ([program, ...parameters]: Command): Promise<boolean> =>
    new Promise((resolve) => {
      const child = spawn(program, parameters, {
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

  const commands =
    browser === undefined ? listOwn(env, platform, address) : listNamed(browser, { platform, profile }, address);
  for (const command of commands) if (await run(command)) return true;
  return false;
};
