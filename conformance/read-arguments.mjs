// The flags of npm run conformance.
import { parseArgs } from "node:util";
import { CLIENTS } from "./ask-clients.mjs";

export const USAGE = `npm run conformance -- [--target sandbox|moto] [--clients sdk,boto3,cli] [--write]
npm run conformance -- --live --vendor-profile NAME --customer-profile NAME [--clients …] [--dry-run] [--yes] [--out DIR]
npm run conformance -- --live --clean RUN --vendor-profile NAME --customer-profile NAME
`;

const OPTIONS = {
  target: { type: "string" },
  clients: { type: "string" },
  write: { type: "boolean" },
  live: { type: "boolean" },
  "vendor-profile": { type: "string" },
  "customer-profile": { type: "string" },
  "dry-run": { type: "boolean" },
  yes: { type: "boolean" },
  out: { type: "string" },
  clean: { type: "string" },
  endpoint: { type: "string" },
  "endpoint-is-not-aws": { type: "boolean" },
  help: { type: "boolean" },
};
const ONLY_LIVE = [
  "vendor-profile",
  "customer-profile",
  "dry-run",
  "yes",
  "out",
  "clean",
  "endpoint",
  "endpoint-is-not-aws",
];

/** What the caller can mend: `message` and the `hint` that says how. */
export class ConformanceError extends Error {
  constructor(message, hint) {
    super(message);
    this.name = "ConformanceError";
    this.hint = hint;
  }
}

/** Returns the flags in the form in which the program uses them. Throws `ConformanceError`. */
export function readArguments(args) {
  const values = parse(args);
  const clients = (values.clients ?? CLIENTS.join(",")).split(",");
  const unknown = clients.find((client) => !CLIENTS.includes(client));
  if (unknown !== undefined) throw new ConformanceError(`there is no client "${unknown}"`, `use ${CLIENTS.join(", ")}`);
  const target = values.target ?? "sandbox";
  if (!["sandbox", "moto"].includes(target)) {
    throw new ConformanceError(`there is no target "${target}"`, "use --target sandbox, --target moto or --live");
  }
  if (values.live) {
    if (values.target !== undefined || values.write) {
      throw new ConformanceError("--live goes without --target and --write", "leave them out");
    }
    return { ...values, live: readLive(values), clients };
  }
  const stray = ONLY_LIVE.find((name) => values[name] !== undefined);
  if (stray !== undefined) throw new ConformanceError(`--${stray} is for --live`, "leave it out, or add --live");
  return { help: values.help ?? false, target, clients, write: values.write ?? false, live: undefined };
}

function readLive(values) {
  const { endpoint, out, clean } = values;
  const isAws = !(values["endpoint-is-not-aws"] ?? false);
  if (endpoint !== undefined && isAws) {
    throw new ConformanceError(
      "an endpoint of one's own is not AWS",
      "add --endpoint-is-not-aws, and the record says so",
    );
  }
  if (!isAws && endpoint === undefined) {
    throw new ConformanceError("--endpoint-is-not-aws names no endpoint", "add --endpoint URL");
  }
  if (!isAws && out === undefined && !values["dry-run"] && clean === undefined) {
    throw new ConformanceError("what is not AWS is not recorded beside what AWS said", "add --out DIR");
  }
  if (clean !== undefined && !/^[0-9a-f]{12}$/.test(clean)) {
    throw new ConformanceError(
      "the run to clean up after is not 12 hexadecimal digits",
      "copy it from where the run began",
    );
  }
  const profiles = { vendor: values["vendor-profile"], customer: values["customer-profile"] };
  if (!values["dry-run"] && (profiles.vendor === undefined || profiles.customer === undefined)) {
    throw new ConformanceError(
      "--live needs two accounts",
      "add --vendor-profile NAME and --customer-profile NAME from your AWS configuration",
    );
  }
  return { profiles, endpoint, isAws, out, clean, dryRun: values["dry-run"] ?? false, yes: values.yes ?? false };
}

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    throw new ConformanceError(error.message.split(/[.\n]/)[0].toLowerCase(), "npm run conformance -- --help");
  }
}
