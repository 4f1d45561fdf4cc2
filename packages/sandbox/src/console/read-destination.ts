// Where a federated sign-in is to lead: a page of AWS's console, which here is a page of the sandbox's, or nowhere.
// A destination that any site may choose would make the sign-in link an open redirect.
import { ConsoleRefusal } from "./visit.js";

export interface Destination {
  /** As it was given, to be shown as text. */
  readonly shown: string;
  /** The page of this console that stands for it. */
  readonly path: string;
}

/**
 * Returns the destination. Throws `ConsoleRefusal` 400 for everything but the consoles of AWS, at their own names under
 * `console.aws.amazon.com`, and this sandbox's own, at the host that the request came to.
 */
export function readDestination(destination: string, host: string): Destination {
  const url = URL.canParse(destination) ? new URL(destination) : undefined;
  // Characters that browsers and this parser take differently.
  const isPlain = /^[\x21-\x7e]+$/.test(destination) && !destination.includes("\\");
  if (url !== undefined && isPlain && url.username === "" && url.password === "") {
    if (url.protocol === "https:" && url.port === "" && isAwsConsole(url.hostname)) {
      return { shown: destination, path: pageFor(url, awsRegion(url)) };
    }
    if (url.protocol === "http:" && url.host === host.toLowerCase() && isOwnPage(url.pathname)) {
      return { shown: destination, path: pageFor(url, url.searchParams.get("region") ?? undefined) };
    }
  }
  throw new ConsoleRefusal(
    400,
    "The Destination parameter is not an address of the AWS console.",
    "Give an https address at console.aws.amazon.com, or a page of this sandbox's own console.",
  );
}

function isAwsConsole(hostname: string): boolean {
  return /^(?:[a-z0-9-]+\.){0,3}console\.aws\.amazon\.com$/.test(hostname);
}

function isOwnPage(path: string): boolean {
  return path.startsWith("/_console/") || path === "/cloudformation/home";
}

/** Regional consoles carry the region in their name. */
function awsRegion({ hostname, searchParams }: URL): string | undefined {
  return searchParams.get("region") ?? /([a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2})\.console/.exec(hostname)?.[1];
}

/** Links to CloudFormation's console keep their fragment, which its own page reads; all others start at the first page. */
function pageFor(url: URL, region: string | undefined): string {
  const isRegion = region !== undefined && /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/.test(region);
  const query = isRegion ? `?region=${region}` : "";
  if (url.pathname === "/cloudformation/home" && /^#[\x21-\x7e]*$/.test(url.hash)) {
    return `/cloudformation/home${query}${url.hash}`;
  }
  if (url.pathname.startsWith("/_console/")) return `${url.pathname}${url.search}`;
  return /^\/iam(?:v2)?(?:\/|$)/.test(url.pathname)
    ? `/_console/iam/roles${query}`
    : `/_console/cloudformation/stacks${query}`;
}
