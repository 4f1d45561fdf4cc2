// AWS's console in a browser, signed in as an identity. Nobody has to be signed in to the hub before.
import type { Home, Identity } from "@daypass/auth";
import { AuthError, display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { askAgent } from "../ask-agent.js";
import { chooseIdentity } from "../menus/choose-identity.js";
import { narrowingFlags, readWish, type NarrowingFlags } from "../narrowing-flags.js";
import { UsageError } from "../usage-error.js";
import { buildDestination, hostsOf, type ConsoleHosts } from "../web/build-destination.js";
import { BROWSERS, startBrowser, type Browser } from "../web/start-browser.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly service?: string;
  readonly path?: string;
  readonly browser?: Browser;
  readonly container?: string;
  readonly portal: boolean;
  readonly print: boolean;
}

/** As much as the user may: GetFederationToken gives the overlap (STS API reference, GetFederationToken). */
const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

const roleOnly = (name: string): AuthError =>
  new AuthError("cannot_narrow", `the console takes no session of a user with MFA, and ${name} is one`, {
    hint: "name a role that is reached from it, such as `web prod/admin`",
  });

/** Credentials that the console takes: of a role, or of a federated user; never those of GetSessionToken. */
const consoleCredentials = async (workbench: Workbench, home: Home, identity: Identity, flags: Flags) => {
  const { narrowing } = await readWish(flags, home, identity);
  const source = await home.source(identity.name, { narrowing });
  const isUser = source.question.kind === "keys" || source.question.kind === "session_token";
  const federated = isUser
    ? await home
        .source(identity.name, { narrowing: { ...narrowing, policy: narrowing.policy ?? EVERYTHING } })
        .catch((error: unknown) => {
          throw error instanceof AuthError && error.code === "cannot_narrow" ? roleOnly(identity.name) : error;
        })
    : source;
  // The agent holds what the one code opened: without it the person would be asked again.
  const held = isUser ? undefined : await askAgent(workbench, home, { identity: identity.name, narrowing });
  const credentials = held ?? (await federated.get());
  if (credentials.expiration !== undefined) return credentials;
  throw roleOnly(identity.name);
};

const partitionOf = async (home: Home, identity: Identity, region: string | undefined): Promise<string> => {
  const { partitionOfArn, partitionOfRegion } = await import("@daypass/auth");
  const { hubs } = await home.config.read();
  const hub = hubs.find(({ name }) => name === identity.hub);
  if (hub !== undefined) return hub.partition;
  const profile = (await home.profiles()).profiles.get(identity.name.replace(/^profile:/, ""));
  const arn = identity.kind === "profile" ? profile?.settings.get("role_arn")?.value : undefined;
  return partitionOfArn(arn ?? "") ?? partitionOfRegion(region ?? "") ?? "aws";
};

/** For the sandbox, which is on this machine. Credentials are never sent anywhere else because a variable says so. */
const signInOf = ({ env, names }: Workbench, hosts: ConsoleHosts): string => {
  const other = env[`${names.envPrefix}SIGNIN_ENDPOINT`] ?? "";
  if (other === "") return hosts.signIn;
  if (/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(other)) return other;
  throw new UsageError(
    `${names.envPrefix}SIGNIN_ENDPOINT is not of this machine`,
    "unset it, or give http://127.0.0.1:PORT",
  );
};

/** IAM Identity Center User Guide, "Creating shortcut links to AWS Management Console destinations". */
const portalLink = async (home: Home, identity: Identity, destination: string): Promise<string> => {
  const profile = (await home.profiles()).profiles.get(identity.name.replace(/^profile:/, ""));
  const setting = (name: string) => (identity.kind === "profile" ? profile?.settings.get(name)?.value : undefined);
  const sessionName = identity.kind === "sso_role" ? identity.name.split("/")[0] : setting("sso_session");
  const session = (await home.ssoSessions()).find(({ name }) => name !== undefined && name === sessionName);
  const startUrl = session?.startUrl ?? setting("sso_start_url");
  const accountId = identity.kind === "sso_role" ? identity.accountId : setting("sso_account_id");
  const roleName = identity.kind === "sso_role" ? identity.roleName : setting("sso_role_name");
  if (startUrl === undefined || accountId === undefined || roleName === undefined) {
    throw new UsageError(`${identity.name} is no role of IAM Identity Center`, "leave out --portal");
  }
  const query = new URLSearchParams({ account_id: accountId, role_name: roleName, destination });
  return `${startUrl.replace(/#.*$/, "").replace(/\/+$/, "")}/#/console?${query.toString()}`;
};

/** Firefox's Multi-Account Containers open what this address says, in the container of that name. */
const inContainer = (link: string, { browser, container }: Flags, identity: Identity): string => {
  if (container === undefined || browser !== "firefox") return link;
  const name = container === "auto" ? identity.name : container;
  return `ext+container:name=${encodeURIComponent(name)}&url=${encodeURIComponent(link)}`;
};

const profileFor = ({ browser, container }: Flags, identity: Identity): string | undefined => {
  if (container === undefined || browser === "firefox") return undefined;
  if (browser === undefined) throw new UsageError("--container needs to know which browser", "say --browser too");
  // It becomes a folder's name.
  return container === "auto" ? identity.name.replaceAll(/[^\w.-]/g, "-") : container;
};

async function openConsole(this: Workbench, flags: Flags, name?: string): Promise<void> {
  const home = await this.home();
  const identity = await chooseIdentity(this, home, name);
  const region = flags.region ?? identity.region;
  const profile = profileFor(flags, identity);
  const { service, path } = flags;
  const hosts = hostsOf(await partitionOf(home, identity, region));
  const destination = buildDestination(hosts, {
    ...(service !== undefined && { service }),
    ...(path !== undefined && { path }),
    ...(region !== undefined && { region }),
  });
  const link = flags.portal
    ? await portalLink(home, identity, destination)
    : await import("../web/get-signin-token.js").then(async ({ getSignInLink }) =>
        getSignInLink({
          signIn: signInOf(this, hosts),
          credentials: await consoleCredentials(this, home, identity, flags),
          destination,
          issuer: this.names.name,
        }),
      );
  if (flags.print) {
    this.print(`${link}\n`);
    return;
  }
  const { showOnce } = await import("../web/one-shot-page.js");
  const choice = { browser: flags.browser, profile };
  this.say(`opening the console as ${display(identity.name)}\n`);
  await showOnce(home.directory, inContainer(link, flags, identity), (address) => startBrowser(this, choice, address));
}

export const webCommand = buildCommand<Flags, [string?], Workbench>({
  func: openConsole,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ placeholder: "identity", brief: "who to be, such as prod/admin", parse: String, optional: true }],
    },
    flags: {
      service: { kind: "parsed", parse: String, brief: "the service's page, such as s3", optional: true },
      path: { kind: "parsed", parse: String, brief: "a page, by what follows the console's host", optional: true },
      browser: { kind: "enum", values: BROWSERS, brief: "which browser", optional: true },
      container: {
        kind: "parsed",
        parse: String,
        brief: "Firefox's container or another browser's profile; `auto`: one for each identity",
        optional: true,
      },
      portal: {
        kind: "boolean",
        brief: "by the access portal of IAM Identity Center",
        default: false,
        withNegated: false,
      },
      print: {
        kind: "boolean",
        brief: "print the link, a secret that works once, and open nothing",
        default: false,
        withNegated: false,
      },
      ...narrowingFlags,
    },
  },
  docs: { brief: "open AWS's console in a browser" },
});
