// The law's tables: who may import whom, which packages are libraries, and the few exceptions with their reasons.

/** What each package may import of ours. A package that is not here has not been thought about yet. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "@daypass/policy": [],
  "@daypass/credentials": [],
  "@daypass/templates": ["@daypass/policy"],
  "@daypass/cross-account": ["@daypass/policy", "@daypass/credentials", "@daypass/templates"],
  "@daypass/stores": ["@daypass/cross-account", "@daypass/credentials"],
  "@daypass/auth": ["@daypass/credentials", "@daypass/policy", "@daypass/templates"],
  "@daypass/agent": ["@daypass/auth", "@daypass/credentials"],
  "@daypass/sandbox": ["@daypass/policy"],
  "@daypass/server": [
    "@daypass/stores",
    "@daypass/cross-account",
    "@daypass/credentials",
    "@daypass/templates",
    "@daypass/policy",
  ],
  daypass: ["@daypass/agent", "@daypass/auth", "@daypass/credentials", "@daypass/templates", "@daypass/policy"],
};

/** Floors 1 and 2: console, environment, exit, clock and randomness come in as options. */
export const LIBRARIES: ReadonlySet<string> = new Set([
  "@daypass/policy",
  "@daypass/credentials",
  "@daypass/templates",
  "@daypass/cross-account",
  "@daypass/auth",
  "@daypass/sandbox",
]);

/** The sandbox is for tests, examples and the demo: no package may make its users install it. */
export const NEVER_A_DEPENDENCY = "@daypass/sandbox";

/** A program of a library package: it reads flags and the environment and hands them to the library. */
export const PROGRAM = "bin.ts";

/** Files that may read the clock or randomness other than as an option's default, each with its reason. */
export const CLOCK_ALLOWED: Readonly<Record<string, string>> = {
  "packages/credentials/src/sign-by-clock.ts":
    "the SDK's offset is counted from the machine's clock, so that clock is read",
};

/** Files that may read the environment, each with its reason. */
export const ENVIRONMENT_ALLOWED: Readonly<Record<string, string>> = {
  "packages/auth/src/resolver/this-process.ts":
    "a tool's author writes three lines: the process's own environment is the default of the option",
};

/** Files that a bundle or a program of their own begins with: nobody imports them, and they are not dead. */
export const PROGRAM_ENTRIES: ReadonlySet<string> = new Set([
  "packages/cli/src/hot.ts",
  "packages/cli/src/run-program.ts",
  "packages/cli/src/serve-agent.ts",
]);

/** Longest file, in lines; a test may be longer by its tables. */
export const MAX_LINES = 400;
export const MAX_TEST_LINES = 500;

/** File names that say nothing about what is inside. */
export const EMPTY_NAMES = /^(utils?|helpers?|common|shared|misc|manager|lib)(\.|-|$)/;
