// Token issuers of a world file, and the identity providers of its accounts that trust them.
import type { OidcProvider } from "./types.js";
import { createTokenIssuer, isProviderUrl } from "./web-identity/token-issuer.js";
import type { World } from "./world-types.js";
import { within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import type { CompleteWorldFile } from "./world-file.js";

/** Issuers that are always there: those of the CI systems that most tokens come from. Both sign with RS256. */
const DEFAULT_ISSUERS = ["https://token.actions.githubusercontent.com", "https://gitlab.com"] as const;

/** Puts the default issuers into a new world. */
export function addDefaultIssuers(world: World): void {
  for (const url of DEFAULT_ISSUERS) world.tokenIssuers.set(url, createTokenIssuer(url, "RS256"));
}

/** Adds the file's issuers. Throws `SandboxError` `invalid_world` for a URL that IAM refuses, or that is there already. */
export function loadTokenIssuers(world: World, entries: CompleteWorldFile["tokenIssuers"], place: Place): void {
  for (const [index, { url, algorithm }] of entries.entries()) {
    const at = within(within(place, index), "url");
    requireProviderUrl(url, at);
    if (world.tokenIssuers.has(url)) {
      throw worldError(at, `the issuer ${url} is already there`, "leave it out, or give each issuer a URL of its own");
    }
    world.tokenIssuers.set(url, createTokenIssuer(url, algorithm));
  }
}

type AccountEntry = CompleteWorldFile["accounts"][number];

/** Adds the providers of one account, which exists. Throws `SandboxError` `invalid_world` as `loadTokenIssuers` does. */
export function loadOidcProviders(world: World, { id, oidcProviders }: AccountEntry, place: Place): void {
  const account = world.accounts.get(id);
  if (account === undefined) throw new Error(`account ${id} of the world file does not exist`);
  for (const [index, entry] of oidcProviders.entries()) {
    const at = within(within(within(place, "oidcProviders"), index), "url");
    requireProviderUrl(entry.url, at);
    const url = entry.url.slice("https://".length);
    if (account.oidcProviders.has(url)) {
      throw worldError(at, `the provider ${entry.url} already exists`, "give each URL once in an account");
    }
    const provider: OidcProvider = {
      accountId: id,
      url,
      arn: `arn:aws:iam::${id}:oidc-provider/${url}`,
      created: new Date(world.clock()),
      tags: new Map(Object.entries(entry.tags)),
      clientIds: new Set(entry.clientIds),
      thumbprints: [],
    };
    account.oidcProviders.set(url, provider);
  }
}

function requireProviderUrl(url: string, place: Place): void {
  if (isProviderUrl(url)) return;
  throw worldError(place, "must be an https URL without port and query", "write it as tokens have it in iss");
}
