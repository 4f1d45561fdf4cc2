// AWS's console in a browser, signed in as an identity. Nobody has to be signed in to the hub before.
import type { Home, Identity } from "@daypass/auth";
import { AuthError, BROWSERS, display, startBrowser, type Browser } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { askAgent } from "../ask-agent.js";
import { narrowingFlags, readWish, type NarrowingFlags } from "../narrowing-flags.js";
import { partitionOf } from "../partition-of.js";
import { UsageError } from "../usage-error.js";
import { buildDestination, hostsOf, type ConsoleHosts } from "../web/build-destination.js";
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

const BY_HAND = "say --print and open the link by hand: it works once, for 15 minutes";

const roleOnly = ({ names }: Workbench, name: string): AuthError =>
  new AuthError("cannot_narrow", `the console takes no session of a user with MFA, and ${name} is one`, {
    hint: `name a role that is reached from it, such as \`${names.name} web prod/admin\``,
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
          throw error instanceof AuthError && error.code === "cannot_narrow"
            ? roleOnly(workbench, identity.name)
            : error;
        })
    : source;
  // The agent holds what the one code opened: without it the person would be asked again.
  const held = isUser ? undefined : await askAgent(workbench, home, { identity: identity.name, narrowing });
  const credentials = held ?? (await federated.get());
  if (credentials.expiration !== undefined) return credentials;
  throw roleOnly(workbench, identity.name);
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

/** The way to AWS that its clients go too: by the proxy, trusting the certificates that the profile or a variable names. */
const agentsFor = async ({ env, homeDir }: Workbench, home: Home, identity: Identity) => {
  const { createRequestHandler } = await import("@daypass/auth");
  const isProfile = identity.kind === "profile";
  const profile = isProfile ? (await home.profiles()).profiles.get(identity.name.replace(/^profile:/, "")) : undefined;
  return createRequestHandler({ env, homeDir, profile });
};

/**
 * IAM Identity Center User Guide, "Creating shortcut links to AWS Management Console destinations". Rejects with
 * `invalid_profile` where the start URL is none of AWS's: the page behind it asks for a password.
 */
const portalLink = async (home: Home, identity: Identity, destination: string): Promise<string> => {
  const profile = (await home.profiles()).profiles.get(identity.name.replace(/^profile:/, ""));
  const setting = (name: string) => (identity.kind === "profile" ? profile?.settings.get(name)?.value : undefined);
  const sessionName = identity.kind === "sso_role" ? identity.name.split("/")[0] : setting("sso_session");
  const session = (await home.ssoSessions()).find(({ name }) => name !== undefined && name === sessionName);
  const startUrl = session?.startUrl ?? setting("sso_start_url");
  const ssoRegion = session?.region ?? setting("sso_region");
  const accountId = identity.kind === "sso_role" ? identity.accountId : setting("sso_account_id");
  const roleName = identity.kind === "sso_role" ? identity.roleName : setting("sso_role_name");
  if (startUrl === undefined || ssoRegion === undefined || accountId === undefined || roleName === undefined) {
    throw new UsageError(`${identity.name} is no role of IAM Identity Center`, "leave out --portal");
  }
  // Judged as `login` does.
  await home.tokens({ name: session?.name, startUrl, region: ssoRegion, scopes: [] });
  const query = new URLSearchParams({ account_id: accountId, role_name: roleName, destination });
  return `${startUrl.replace(/#.*$/, "").replace(/\/+$/, "")}/#/console?${query.toString()}`;
};

/** Firefox's Multi-Account Containers open what this address says, in the container of that name. */
const inContainer = (link: string, { browser, container }: Flags, identity: Identity): string => {
  if (container === undefined || browser !== "firefox") return link;
  const name = container === "auto" ? identity.name : container;
  return `ext+container:name=${encodeURIComponent(name)}&url=${encodeURIComponent(link)}`;
};

/**
 * A folder among those of the browser, for this identity alone: never one of the person's own, such as `Default`, nor one
 * above them, and another one for `prod/admin` than for `prod-admin`, whose cookies would meet.
 */
const folderOf = (toolName: string, { name }: Identity): string => {
  // Loaded when it is needed: every start of the program would wait for it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const mark = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `${toolName}-${name.replaceAll(/[^\w-]/g, "-").slice(0, 64)}-${mark}`;
};

const profileFor = (toolName: string, { browser, container }: Flags, identity: Identity): string | undefined => {
  if (container === undefined || browser === "firefox") return undefined;
  if (browser === undefined) throw new UsageError("--container needs to know which browser", "say --browser too");
  if (container === "auto") return folderOf(toolName, identity);
  if (/^[\w][\w .-]{0,127}$/.test(container)) return container;
  throw new UsageError("--container is no name of a browser's profile", "use letters, digits, blanks, dots and dashes");
};

/** Who the shell is; not where less is asked for than its keys may, nor as a user, whose session the console does not take. */
const ownIdentity = async (workbench: Workbench, home: Home, flags: Flags) => {
  const { readOwnSession } = await import("../web/read-own-session.js");
  const own = readOwnSession(workbench);
  const wantsLess =
    flags.readOnly || [flags.policyFile, flags.policyArn, flags.tag, flags.duration].some((one) => one !== undefined);
  if (own === undefined || wantsLess) return undefined;
  const identity = await home.find(own.identity);
  return identity.kind === "hub_user" ? undefined : { identity, credentials: own.credentials };
};

async function openConsole(this: Workbench, flags: Flags, name?: string): Promise<void> {
  const home = await this.home();
  const own = name === undefined ? await ownIdentity(this, home, flags) : undefined;
  const { chooseByMenus } = await import("../menus/choose-identity.js");
  const identity = own?.identity ?? (await chooseByMenus(this, home, name));
  const region = flags.region ?? identity.region;
  const profile = profileFor(this.names.name, flags, identity);
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
          credentials: own?.credentials ?? (await consoleCredentials(this, home, identity, flags)),
          destination,
          issuer: this.names.name,
          agents: await agentsFor(this, home, identity),
        }),
      );
  if (flags.print) {
    this.print(`${link}\n`);
    return;
  }
  const { env, platform } = this;
  this.say(`opening the console as ${display(identity.name)}\n`);
  const show = async (address: string): Promise<void> => {
    if (await startBrowser({ env, platform, browser: flags.browser, profile }, address)) return;
    throw new AuthError("prompt_unavailable", "no browser could be opened", {
      hint: `name one with --browser, or ${BY_HAND}`,
    });
  };
  const shown = inContainer(link, flags, identity);
  if (platform === "linux") {
    // Browsers of snap and flatpak open no file of a hidden folder, and those of Windows none of its Linux.
    const { showOnce } = await import("@daypass/auth");
    await showOnce({ link: shown, show, hint: BY_HAND });
    return;
  }
  // Other systems do not say whose program asks for a page: there a file is the only thing that is the person's own.
  const { showFile } = await import("../web/one-shot-page.js");
  await showFile(home.directory, shown, show);
}

export const webCommand = buildCommand<Flags, [string?], Workbench>({
  func: openConsole,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { placeholder: "IDENTITY", brief: "who to be; else who this shell is", parse: String, optional: true },
      ],
    },
    flags: {
      service: { kind: "parsed", parse: String, brief: "the service's page, such as s3", optional: true },
      path: { kind: "parsed", parse: String, brief: "a page, by what follows the console's host", optional: true },
      browser: { kind: "enum", values: BROWSERS, brief: "which browser", optional: true },
      container: {
        kind: "parsed",
        parse: String,
        brief: "a container (Firefox) or profile; `auto`: one for each identity",
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
