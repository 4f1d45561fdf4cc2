// A process that holds sessions gives nobody a look inside. Called first, before anything secret is in memory.
//
// Node opens its inspector when it gets SIGUSR1, on a TCP port that every user of the machine can reach (Node.js docs,
// "Debugging: Enabling the inspector"; "Process: Signal events"), unless somebody listens to that signal.
import { url as inspectorUrl } from "node:inspector";
import { emptyCores } from "./empty-cores.js";
import { AgentError } from "./errors.js";
import { isSecretVariable } from "./scrub-environment.js";

/** Proof that the process is closed, and how it hears that it should end. */
export interface HardenedProcess {
  /** Called once, when the system asks the process to end. */
  onEnd(end: () => void): void;
}

/** What is used of the process. */
export interface ClosableProcess {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  title: string;
  readonly report: { reportOnSignal: boolean; reportOnFatalError: boolean; reportOnUncaughtException: boolean };
  umask(mask: number): unknown;
  on(signal: "SIGUSR1" | "SIGUSR2" | "SIGHUP", listener: () => void): unknown;
  once(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
}

/** Options that let others look inside, or write memory to files (Node.js docs, "Command-line API"). */
const OPENING =
  /^--(inspect|debug|heapsnapshot|heap-prof|cpu-prof|prof|report|trace-events|diagnostic|redirect-warnings|require|import|loader|experimental-loader|abort-on-uncaught)/;

/**
 * Closes the process: signals that open it are ignored, reports are off, new files are for the owner only, cores are empty.
 * Throws
 * `AgentError` `unsafe_process` where it can be looked into already: options of Node, NODE_OPTIONS, an inspector, or
 * secrets in the environment, which stay readable in /proc for as long as the process lives.
 */
export function hardenProcess(options: {
  readonly title: string;
  readonly process?: ClosableProcess;
  /** Default: `emptyCores`, of the running process. */
  readonly closeCores?: () => void;
}): HardenedProcess {
  const { title, process: self = process, closeCores = emptyCores } = options;
  for (const signal of ["SIGUSR1", "SIGUSR2", "SIGHUP"] as const) self.on(signal, () => undefined);
  const opening = self.execArgv.find((argument) => OPENING.test(argument) || argument === "-r");
  if (opening !== undefined) throw unsafe(`Node's option ${opening.split("=", 1)[0]}`);
  for (const name of ["NODE_OPTIONS", "NODE_V8_COVERAGE", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES"]) {
    if ((self.env[name] ?? "") !== "") throw unsafe(`the variable ${name}`);
  }
  if (inspectorUrl() !== undefined) throw unsafe("an open inspector");
  const secret = Object.keys(self.env).find((name) => isSecretVariable(name));
  if (secret !== undefined) throw unsafe(`the variable ${secret}`);
  closeCores();
  self.umask(0o077);
  self.title = title;
  self.report.reportOnSignal = false;
  self.report.reportOnFatalError = false;
  self.report.reportOnUncaughtException = false;
  return {
    onEnd(end) {
      for (const signal of ["SIGTERM", "SIGINT"] as const) self.once(signal, end);
    },
  };
}

function unsafe(what: string): AgentError {
  return new AgentError("unsafe_process", `${what} would let others see what the agent holds`, {
    hint: "start the agent without it; it starts by itself as it should",
  });
}
