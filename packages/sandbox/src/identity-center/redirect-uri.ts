// Where browsers may be sent with a code: only to what the client registered, compared as RFC 8252 says.

/** The loopback addresses whose port an app learns only when it listens (RFC 8252, section 7.3); never a name. */
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d{1,5})?\//;

/** Returns whether a client may register it: https, or plain http on this machine; no fragment, nobody's credentials. */
export function isAcceptableRedirectUri(uri: string): boolean {
  const parsed = parse(uri);
  if (parsed === undefined) return false;
  const { protocol, hostname } = parsed;
  // Letters only that mean nothing in a header: the origin goes into a page's Content-Security-Policy.
  if (protocol === "https:") return /^[a-z0-9.-]+$/.test(hostname);
  return /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(hostname);
}

/**
 * Returns whether a client that registered these may have browsers sent there. The text must be the same, "except for the
 * port of loopback addresses" (RFC 8252, sections 7.3 and 8.4).
 */
export function isRegisteredRedirectUri(registered: readonly string[], given: string): boolean {
  if (!isAcceptableRedirectUri(given)) return false;
  return registered.some((uri) => uri === given || (LOOPBACK.test(uri) && withoutPort(uri) === withoutPort(given)));
}

/** Returns the address to send the browser to: the redirect URI and these parameters. */
export function redirectTo(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const address = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) address.searchParams.append(name, value);
  }
  return address.href;
}

function withoutPort(uri: string): string {
  return LOOPBACK.test(uri) ? uri.replace(/^(http:\/\/[^/]*?)(?::\d{1,5})?\//, "$1/") : uri;
}

function parse(uri: string): URL | undefined {
  // What a URL parser would repair, two readers could understand differently.
  if (!/^https?:\/\/[\x21\x24-\x5b\x5d-\x7e]+$/.test(uri) || !URL.canParse(uri)) return undefined;
  const parsed = new URL(uri);
  return parsed.username === "" && parsed.password === "" && parsed.hash === "" ? parsed : undefined;
}
