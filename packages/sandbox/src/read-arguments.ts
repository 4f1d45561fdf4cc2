// The program's flags.
import { parseArgs } from "node:util";
import { SandboxError } from "./errors.js";

export interface Arguments {
  readonly port: number;
  readonly world: string | undefined;
  /** How long an operation on a stack is in progress, in seconds. */
  readonly stackSeconds: number;
  /** Faults that are in place from the start, as parsed JSON; checked when they are ordered. */
  readonly faults: readonly unknown[];
  readonly sourceIp: string | undefined;
  readonly json: boolean;
  /** The account whose admin key is to be shown. */
  readonly showKeys: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

export const USAGE = `daypass-sandbox: a small AWS on this machine that can say no

usage: daypass-sandbox [--port N] [--world FILE.json] [--json] [--show-keys ACCOUNT] [--stack-seconds N]
                       [--fault JSON]... [--source-ip ADDRESS]

  --port N             listen on this port of 127.0.0.1 (any free port when left out)
  --world FILE.json    add accounts, roles, policies and buckets from a file
  --json               print one line of JSON when ready, keys included, for programs
  --show-keys ACCOUNT  print the admin key of an account (id or name) as export lines
  --stack-seconds N    let operations on CloudFormation stacks take so long (at once when left out)
  --fault JSON         begin with this fault in place; may be given again (docs/rehearsal.md shows all kinds)
  --source-ip ADDRESS  let every call come from this address, as aws:SourceIp has it
  --help               print this
  --version            print the version

It runs until it is stopped with Ctrl-C or SIGTERM, and keeps nothing.
`;

/** Returns the flags. Throws `SandboxError` `invalid_option`. */
export function readArguments(argv: readonly string[]): Arguments {
  const { port, world, json = false, help = false, version = false, ...rest } = parse(argv);
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)) {
    throw invalid(`--port must be a whole number from 0 to 65535, not ${port}`);
  }
  const stackSeconds = rest["stack-seconds"] ?? "0";
  if (!/^\d{1,4}$/.test(stackSeconds)) {
    throw invalid(`--stack-seconds must be a whole number from 0 to 9999, not ${stackSeconds}`);
  }
  if (json && rest["show-keys"] !== undefined)
    throw invalid("--json prints every key, --show-keys does not go with it");
  return {
    port: Number(port ?? 0),
    world,
    stackSeconds: Number(stackSeconds),
    faults: (rest.fault ?? []).map(parseFault),
    sourceIp: rest["source-ip"],
    json,
    showKeys: rest["show-keys"],
    help,
    version,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: "string" },
        world: { type: "string" },
        json: { type: "boolean" },
        "show-keys": { type: "string" },
        "stack-seconds": { type: "string" },
        fault: { type: "string", multiple: true },
        "source-ip": { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // A number with a minus before it looks like a flag to the parser.
    const negative = argv.find((word, index) => argv[index - 1] === "--port" && word.startsWith("-"));
    if (negative !== undefined) throw invalid(`--port must be a whole number from 0 to 65535, not ${negative}`);
    const message = error.message.split(/\.|\n/, 1)[0] ?? "";
    throw invalid(message.charAt(0).toLowerCase() + message.slice(1));
  }
}

function parseFault(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(`--fault must be JSON such as {"kind":"outage","service":"sts","mode":"unavailable"}`);
  }
}

function invalid(message: string): SandboxError {
  return new SandboxError("invalid_option", message, { hint: "see daypass-sandbox --help" });
}
