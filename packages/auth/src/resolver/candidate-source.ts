// A way that the chain chose, made into a source.
import { createRoleSessionName } from "@daypass/credentials";
import { AuthError } from "../errors.js";
import { narrowSource } from "../hubs/narrow-source.js";
import { settingsFor, chooseRegion, stsRegionFor } from "../profiles/choose-settings.js";
import type { Environment } from "../profiles/profile-types.js";
import { createRequestHandler } from "../profiles/request-handler.js";
import { expandPath } from "../profiles/read-profiles.js";
import { createContainerSource } from "../sources/container-source.js";
import { createEnvironmentSource } from "../sources/environment-source.js";
import { createInstanceSource } from "../sources/instance-source.js";
import { createWebIdentitySource } from "../sources/web-identity-source.js";
import type { CredentialsSource, Narrowing } from "../types.js";
import type { DetectedCi } from "./detect-ci.js";
import type { Home } from "./home-types.js";
import type { Candidate } from "./plan-chain.js";
import { readBuildToken } from "./read-build-token.js";

export interface CandidateSetting {
  readonly env: Environment;
  readonly homeDir: string;
  readonly userName: string;
  readonly ci: DetectedCi | undefined;
  readonly options: { readonly toolName: string; readonly region?: string; readonly narrowing?: Narrowing };
}

const webIdentity = async (
  home: Home,
  setting: CandidateSetting,
  { roleArn, tokenFile }: { readonly roleArn: string; readonly tokenFile: string | (() => Promise<string>) },
): Promise<CredentialsSource> => {
  const { env, options, userName } = setting;
  // Readers of the environment take an empty variable for none.
  const { AWS_ROLE_SESSION_NAME: sessionName = "" } = env;
  const at = { profiles: await home.profiles(), name: undefined, env, region: options.region };
  return createWebIdentitySource(home.context, {
    roleArn,
    roleSessionName: sessionName === "" ? createRoleSessionName([userName, options.toolName]) : sessionName,
    tokenFile,
    client: settingsFor(at)("sts", stsRegionFor(roleArn, chooseRegion(at))),
    description: `role ${roleArn} by ${typeof tokenFile === "string" ? "web identity" : "the build's token"}`,
  });
};

const buildSource = (home: Home, setting: CandidateSetting, roleArn: string): Promise<CredentialsSource> => {
  const { token } = setting.ci ?? {};
  if (token === undefined) {
    throw new AuthError("no_credentials", "this build has no token", { hint: "allow it one in the build's settings" });
  }
  const { env, homeDir } = setting;
  const tokenFile = async (): Promise<string> =>
    readBuildToken(token, { env, agents: await createRequestHandler({ env, homeDir }) });
  return webIdentity(home, setting, { roleArn, tokenFile });
};

const environmentSource = (
  home: Home,
  setting: CandidateSetting,
  kind: "keys" | "web_identity",
): CredentialsSource | Promise<CredentialsSource> => {
  const { env, homeDir } = setting;
  if (kind === "keys") return createEnvironmentSource(home.context, { env, description: "keys in the environment" });
  const tokenFile = expandPath(env["AWS_WEB_IDENTITY_TOKEN_FILE"] ?? "", homeDir);
  const { AWS_ROLE_ARN: roleArn = "" } = env;
  if (roleArn === "") {
    throw new AuthError("no_credentials", "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not", {
      hint: "set both, or neither",
    });
  }
  return webIdentity(home, setting, { roleArn, tokenFile });
};

const placeSource = (
  home: Home,
  setting: CandidateSetting,
  candidate: Exclude<Candidate, { readonly step: "sso" | "profile" | "iam_user" }>,
): CredentialsSource | Promise<CredentialsSource> => {
  const { env } = setting;
  switch (candidate.step) {
    case "environment":
      return environmentSource(home, setting, candidate.kind);
    case "build":
      return buildSource(home, setting, candidate.roleArn);
    case "container":
      return createContainerSource(home.context, { env, description: "the container's role" });
    case "instance":
      return createInstanceSource(home.context, { env, description: "the instance's role" });
  }
};

/** Returns the source of a candidate, narrowed as the tool asks. Rejects as the source's own making does. */
export const createCandidateSource = async (
  home: Home,
  candidate: Candidate,
  setting: CandidateSetting,
): Promise<CredentialsSource> => {
  const { narrowing = {} } = setting.options;
  if ("identity" in candidate) return home.source(candidate.identity, { narrowing, isRenewed: true });
  if ("profile" in candidate) return home.source(`profile:${candidate.profile}`, { narrowing, isRenewed: true });
  const source = await placeSource(home, setting, candidate);
  const client = (await home.settings())("sts");
  const federatedName = createRoleSessionName([setting.userName, setting.options.toolName]).slice(0, 32);
  return narrowSource(home.context, source, narrowing, { client, federatedName });
};
