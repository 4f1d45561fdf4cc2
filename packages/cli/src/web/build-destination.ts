// Where a sign-in leads: a page of AWS's console, and nothing else.
import { UsageError } from "../usage-error.js";
import { OTHER_NAMES, SERVICES } from "./services.js";

export interface ConsoleHosts {
  readonly console: string;
  readonly signIn: string;
}

/**
 * By partition. IAM User Guide, "Enable custom identity broker access to the AWS console" (of AWS, AWS GovCloud (US) and
 * Amazon Web Services in China).
 */
const HOSTS: Readonly<Record<string, ConsoleHosts>> = {
  aws: { console: "https://console.aws.amazon.com", signIn: "https://signin.aws.amazon.com" },
  "aws-cn": { console: "https://console.amazonaws.cn", signIn: "https://signin.amazonaws.cn" },
  "aws-us-gov": { console: "https://console.amazonaws-us-gov.com", signIn: "https://signin.amazonaws-us-gov.com" },
};

/** Returns the hosts of a partition. Throws `UsageError` for one whose console is not signed in to in this way. */
export const hostsOf = (partition: string): ConsoleHosts => {
  const hosts = HOSTS[partition];
  if (hosts !== undefined) return hosts;
  throw new UsageError(`the console of partition ${partition} is not known here`, "sign in there by hand");
};

export interface Wanted {
  readonly service?: string;
  readonly path?: string;
  readonly region?: string;
}

/** Slashes of both kinds, dots and signs that a browser could take for another host are refused, not cleaned. */
const PATH = /^\/?(?!\/)[\w][\w.~!$&'()*+,;=:@%/?#-]*$/;

const pathOf = ({ service, path }: Wanted): string => {
  if (path !== undefined) {
    if (PATH.test(path) && !path.includes("//")) return path.replace(/^\//, "");
    throw new UsageError(
      "--path is no path of the console",
      "give what follows the console's host, such as s3/buckets/NAME",
    );
  }
  if (service === undefined) return "console/home";
  const name = service.toLowerCase().replaceAll(/[\s_-]/g, "");
  const page = SERVICES[OTHER_NAMES[name] ?? name];
  if (page !== undefined) return page;
  const near = Object.keys(SERVICES).filter((known) => known.startsWith(name.slice(0, 3)));
  throw new UsageError(
    `no page of the service ${JSON.stringify(service.slice(0, 64))} is known`,
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "give its page with --path",
  );
};

/** Returns the address of a page of the console, in the region. Throws `UsageError`. */
export const buildDestination = (hosts: ConsoleHosts, wanted: Wanted): string => {
  const [before = "", ...after] = pathOf(wanted).split("#");
  const fragment = after.length === 0 ? "" : `#${after.join("#")}`;
  const { region } = wanted;
  const query = region === undefined ? "" : `${before.includes("?") ? "&" : "?"}region=${encodeURIComponent(region)}`;
  const url = `${hosts.console}/${before}${query}${fragment}`;
  // Checked on what a browser would make of it.
  if (new URL(url).origin === new URL(hosts.console).origin) return url;
  throw new UsageError("--path leads out of the console", "give what follows the console's host");
};
