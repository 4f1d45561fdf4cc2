// Where a program runs in continuous integration, nobody may be asked, and AWS is reached by the build's own token.
// Pure: the environment comes in. Sources: each system's page of predefined variables, named beside its row.

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the build proves to AWS what it is. */
export type BuildToken =
  /** GitHub gives one on request: "OpenID Connect reference", "Updating your actions for OIDC". */
  | { readonly from: "request"; readonly urlVariable: string; readonly bearerVariable: string }
  /** It is in a variable already. */
  | { readonly from: "variable"; readonly variable: string };

export interface DetectedCi {
  /** In the system's own writing: `GitHub Actions`. */
  readonly name: string;
  /** Where its token is, if it was switched on for this build. */
  readonly token?: BuildToken;
}

interface System {
  readonly name: string;
  readonly isHere: (env: Environment) => boolean;
  /** Variables in which a token may be, likeliest first. */
  readonly tokens?: readonly string[];
}

const isFilled = (value: string | undefined): boolean => value !== undefined && value !== "";
/** Several systems say `true`; some people's shells say `CI=false` or `CI=0`, and mean it. */
const isTrue = (value: string | undefined): boolean => isFilled(value) && !/^(false|0|no|off)$/i.test(value ?? "");

const SYSTEMS: readonly System[] = [
  // GitHub Docs, "Variables reference": GITHUB_ACTIONS is always `true` there.
  { name: "GitHub Actions", isHere: (env) => isTrue(env["GITHUB_ACTIONS"]) },
  // GitLab Docs, "Predefined CI/CD variables"; the name of an ID token is the pipeline's choice ("OpenID Connect (OIDC)
  // authentication using ID tokens"): these are the ones of its page on AWS.
  {
    name: "GitLab CI",
    isHere: (env) => isTrue(env["GITLAB_CI"]),
    tokens: ["GITLAB_OIDC_TOKEN", "AWS_OIDC_TOKEN", "AWS_ID_TOKEN"],
  },
  // Jenkins, "Using environment variables": set for every build.
  { name: "Jenkins", isHere: (env) => isFilled(env["JENKINS_URL"]) && isFilled(env["BUILD_ID"]) },
  // AWS CodeBuild User Guide, "Environment variables in build environments".
  { name: "AWS CodeBuild", isHere: (env) => isFilled(env["CODEBUILD_BUILD_ID"]) },
  // Bitbucket, "Variables and secrets": BITBUCKET_STEP_OIDC_TOKEN where the step says `oidc: true`.
  {
    name: "Bitbucket Pipelines",
    isHere: (env) => isFilled(env["BITBUCKET_BUILD_NUMBER"]),
    tokens: ["BITBUCKET_STEP_OIDC_TOKEN"],
  },
  // CircleCI, "Using OpenID Connect tokens in jobs".
  {
    name: "CircleCI",
    isHere: (env) => isTrue(env["CIRCLECI"]),
    tokens: ["CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN"],
  },
  // Azure Pipelines, "Use predefined variables".
  { name: "Azure Pipelines", isHere: (env) => isTrue(env["TF_BUILD"]) },
  // Buildkite, "Environment variables".
  { name: "Buildkite", isHere: (env) => isTrue(env["BUILDKITE"]) },
  // TeamCity, "List of predefined build parameters".
  { name: "TeamCity", isHere: (env) => isFilled(env["TEAMCITY_VERSION"]) },
  // What nearly all others set.
  { name: "continuous integration", isHere: (env) => isTrue(env["CI"]) || isTrue(env["CONTINUOUS_INTEGRATION"]) },
];

const tokenOf = (system: System, env: Environment, named: string | undefined): BuildToken | undefined => {
  // What somebody named is used or missing: another token may be for another audience.
  if (named !== undefined) return isFilled(env[named]) ? { from: "variable", variable: named } : undefined;
  const url = "ACTIONS_ID_TOKEN_REQUEST_URL";
  const bearer = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
  if (isFilled(env[url]) && isFilled(env[bearer])) return { from: "request", urlVariable: url, bearerVariable: bearer };
  const variable = (system.tokens ?? []).find((name) => isFilled(env[name]));
  return variable === undefined ? undefined : { from: "variable", variable };
};

/**
 * Returns the system that this program runs in, or `undefined` where it seems to be a person's machine. `tokenVariable`:
 * where the build's token is, if the build chose the name. Default: the system's own.
 */
export const detectCi = (env: Environment, tokenVariable?: string): DetectedCi | undefined => {
  const system = SYSTEMS.find(({ isHere }) => isHere(env));
  if (system === undefined) return undefined;
  const token = tokenOf(system, env, tokenVariable);
  return { name: system.name, ...(token !== undefined && { token }) };
};
