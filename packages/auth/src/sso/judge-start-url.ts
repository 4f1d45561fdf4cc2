// Where a person may be sent to sign in. A start URL comes from a file that others may have written, and the page behind
// it asks for a password: only AWS's own names, and this machine for a sandbox.
import { AuthError } from "../errors.js";

/** AWS's own names for access portals, in all partitions: exact, or what may stand before a dot. */
// AWS CLI, `aws sso login`: "AWS owned" suffixes of start URLs; IAM Identity Center User Guide, "AWS access portal".
const PORTALS = [
  "app.aws",
  "awsapps.com",
  "awsapps.cn",
  "portal.amazonaws.com",
  "portal.amazonaws.com.cn",
  "portal.amazonaws.eu",
];
const PORTALS_EXACT = new Set(["identitycenter.amazonaws.com", "identitycenter.amazonaws.com.cn"]);

// Whoever rents a machine or a bucket of AWS has a name under amazonaws.com as well: only the services' own are let in.
// AWS General Reference, "IAM Identity Center endpoints": oidc.REGION.amazonaws.com, oidc.REGION.api.aws.
const ENDPOINTS =
  /^(?:oidc(?:-fips)?|device\.sso)\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))$/;

const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);
const MOST_CHARACTERS = 2_048;

const hasPrintableAsciiOnly = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/** True for the name of an access portal of AWS. `host` as URL gives it: lower case, no port. */
const isPortalHost = (host: string): boolean =>
  PORTALS_EXACT.has(host) || PORTALS.some((portal) => host.endsWith(`.${portal}`));

/** True for this machine's own names. */
const isLoopbackHost = (host: string): boolean => LOOPBACK.has(host);

/** Returns the URL where its text is one that could be opened at all: no option, no control, no other scheme. */
export const readWebUrl = (text: string): URL | undefined => {
  if (text.length > MOST_CHARACTERS || !hasPrintableAsciiOnly(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
  return isSafe && url.username + url.password === "" ? url : undefined;
};

export interface SignInPlace {
  /** Where Identity Center itself is, when that is not its own name: a sandbox. Its host may then ask to sign in, too. */
  readonly endpoint: string | undefined;
}

const isOverriddenToLoopback = ({ endpoint }: SignInPlace): boolean =>
  endpoint !== undefined && URL.canParse(endpoint) && isLoopbackHost(new URL(endpoint).hostname);

/**
 * Returns the start URL where people may sign in. Throws `invalid_profile` for every other one.
 * This machine is allowed only where the endpoint is on it as well.
 */
export const checkStartUrl = (startUrl: string, place: SignInPlace): URL => {
  const url = readWebUrl(startUrl);
  if (url !== undefined) {
    if (url.protocol === "https:" && isPortalHost(url.hostname) && url.port === "") return url;
    if (isLoopbackHost(url.hostname) && isOverriddenToLoopback(place)) return url;
  }
  throw new AuthError("invalid_profile", "the start URL is not an address where AWS lets people sign in", {
    hint: "set sso_start_url to the access portal's own address, such as https://my-company.awsapps.com/start; a vanity address leads to it",
  });
};

/**
 * Returns a page that AWS names for signing in, to be shown to a person. Throws `sign_in_refused` for a foreign one:
 * whoever can answer in AWS's place must not choose where the password is typed.
 */
export const checkSignInPage = (page: string, place: SignInPlace): URL => {
  const url = readWebUrl(page);
  if (url !== undefined) {
    const isOwn = isPortalHost(url.hostname) || ENDPOINTS.test(url.hostname);
    if (url.protocol === "https:" && isOwn && url.port === "") return url;
    if (place.endpoint !== undefined && url.origin === new URL(place.endpoint).origin) return url;
    if (isLoopbackHost(url.hostname) && isOverriddenToLoopback(place)) return url;
  }
  throw new AuthError("sign_in_refused", "the answer names a sign-in page that is not AWS's", {
    hint: "check the network, its proxy and the endpoint in the profile's services section",
  });
};

/**
 * Throws `invalid_profile` for an endpoint to which tokens would travel in the clear: it must be https, or on this
 * machine.
 */
export const checkEndpoint = ({ endpoint }: SignInPlace): void => {
  if (endpoint === undefined || readWebUrl(endpoint) !== undefined) return;
  throw new AuthError("invalid_profile", "the endpoint of IAM Identity Center is neither https nor on this machine", {
    hint: "mend endpoint_url in the profile's services section, or AWS_ENDPOINT_URL",
  });
};

/** One spelling for addresses that mean the same portal: without fragment and closing slash. */
export const sameStartUrl = (one: string, other: string): boolean => {
  const plain = (text: string): string =>
    URL.canParse(text) ? text.replace(/#.*$/s, "").replace(/\/+$/, "").toLowerCase() : text;
  return plain(one) === plain(other);
};
