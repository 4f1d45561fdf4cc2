// One place where failures become words: what happened, then what to type. Data never mixes with it.
import { display } from "@daypass/auth/terminal";
import type { Names } from "../names.js";
import { UsageError } from "../usage-error.js";

export interface RenderedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
}

/** Exit codes: 1 it failed, 2 it was typed wrongly, 130 the person gave up (128 + SIGINT, as shells have it). */
const exitCodeOf = (code: string): number => (code === "cancelled" ? 130 : 1);

/** By their names: the packages that throw them are loaded only where they are needed. */
const OURS: ReadonlySet<string> = new Set(["AuthError", "CredentialsError", "AgentError"]);

const isOurs = (error: unknown): error is Error & { readonly code: string; readonly hint: string } =>
  error instanceof Error &&
  OURS.has(error.name) &&
  typeof Reflect.get(error, "code") === "string" &&
  typeof Reflect.get(error, "hint") === "string";

/** Returns what may be said of an error. Of one that nobody expected, its name only: its words may hold anything. */
export const describeError = (error: unknown): RenderedError => {
  if (error instanceof UsageError) {
    return { code: "usage", message: display(error.message), hint: display(error.hint), exitCode: 2 };
  }
  if (isOurs(error)) {
    const { code, message, hint } = error;
    return { code, message: display(message), hint: display(hint), exitCode: exitCodeOf(code) };
  }
  const name = error instanceof Error ? error.name : "Error";
  return {
    code: "unexpected",
    message: `something went wrong that should not have (${display(name)})`,
    hint: "try again; if it stays, report it with what you typed, leaving out secrets",
    exitCode: 1,
  };
};

/** Returns the lines for stderr. */
export const renderError = ({ message, hint }: RenderedError, { program }: Names): string =>
  `${program}: ${message}\n${hint === undefined || hint === "" ? "" : `  hint: ${hint}\n`}`;
