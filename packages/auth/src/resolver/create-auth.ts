// The three lines of a tool's author: who the person is, found in the best way that this machine has.
import { AuthError } from "../errors.js";
import { settingsFor, chooseRegion } from "../profiles/choose-settings.js";
import { readSetting } from "../profiles/read-setting.js";
import { neverPrompt } from "../prompts/never-prompt.js";
import { createTerminalPrompt } from "../prompts/terminal-prompt.js";
import type { AwsCredentials, AwsCredentialsProvider, CredentialsSource, Prompt } from "../types.js";
import type { Auth, AuthOptions } from "./auth-types.js";
import { checkActions } from "./check-actions.js";
import { checkAuthOptions } from "./check-auth-options.js";
import { createCandidateSource } from "./candidate-source.js";
import { detectCi, type DetectedCi } from "./detect-ci.js";
import { explainChain, type ChainTrial } from "./explain-chain.js";
import { gatherFacts } from "./gather-facts.js";
import type { Home } from "./home-types.js";
import type { Environment } from "../profiles/profile-types.js";
import { openHome } from "./open-home.js";
import { planChain, type Candidate, type ChainStep } from "./plan-chain.js";
import { currentEnvironment, currentHome, currentUser } from "./this-process.js";

interface Taken {
  readonly candidate: Candidate;
  readonly source: CredentialsSource;
}

/**
 * Every way but the instance was set up by somebody, and what comes after it may be another account: a sign-in that ran
 * out must not change who we are. botocore and the AWS SDK stop there too. The instance is only looked for.
 */
const isNotThere = (step: ChainStep, error: unknown): boolean =>
  step === "instance" && error instanceof AuthError && error.code === "metadata_unavailable";

const promptFor = (options: AuthOptions, ci: DetectedCi | undefined, env: Environment): Prompt => {
  if (ci !== undefined) return neverPrompt(`this is a build of ${ci.name}`);
  return options.prompt ?? createTerminalPrompt({ env });
};

const refuseAll = (trials: readonly ChainTrial[]): AuthError => {
  const reasons = trials.filter(({ outcome }) => outcome !== "not_reached");
  return new AuthError("no_credentials", "nothing on this machine gives credentials for AWS", {
    hint: reasons.map(({ step, why }) => `${step}: ${why}`).join("; "),
  });
};

/**
 * Returns the sign-in of a tool. Nothing is read or asked before one of its methods is called. Throws `invalid_option`
 * where an option is unknown, missing or malformed.
 */
export const createAuth = (given: AuthOptions): Auth => {
  const options = checkAuthOptions(given);
  const { env = currentEnvironment(), homeDir = currentHome(), chain, narrowing, requiredActions = [] } = options;
  const userName = options.userName ?? currentUser();
  const ci = detectCi(env, options.build?.tokenVariable);
  const prompt = promptFor(options, ci, env);
  let opened: Promise<Home> | undefined;
  let taking: Promise<Taken> | undefined;
  let trials: readonly ChainTrial[] = [];

  const { requiredActions: _actions, identity: _identity, profile: _profile, chain: _chain, ...more } = options;
  const { narrowing: _narrowing, build: _build, prompt: _prompt, renewBehind, ...kept } = more;
  const machine = { ...kept, env, homeDir, userName };

  const home = (): Promise<Home> => {
    opened ??= openHome({ ...machine, prompt, ...(renewBehind !== undefined && { renewBehind }) });
    return opened;
  };

  const plan = async () => {
    const facts = await gatherFacts(await home(), { options, env, ci });
    return planChain(facts, chain);
  };

  const take = async (): Promise<Taken> => {
    const { candidates, passedOver, isExplicit } = await plan();
    const tried: ChainTrial[] = passedOver.map((over) => ({ ...over, outcome: "passed_over" as const }));
    trials = tried;
    for (const [i, candidate] of candidates.entries()) {
      const { step, why } = candidate;
      try {
        const source = await createCandidateSource(await home(), candidate, { env, homeDir, userName, ci, options });
        await source.get();
        tried.push({ step, why, outcome: "taken", what: source.description });
        for (const later of candidates.slice(i + 1)) {
          tried.push({ step: later.step, why: later.why, outcome: "not_reached" });
        }
        return { candidate, source };
      } catch (error) {
        const code = error instanceof AuthError ? error.code : "unexpected";
        const message = error instanceof AuthError ? error.message : "it failed unexpectedly";
        tried.push({ step, why: message, outcome: "failed", code });
        if (isExplicit || !isNotThere(step, error)) throw error;
      }
    }
    throw refuseAll(tried);
  };

  const taken = (): Promise<Taken> => {
    taking ??= take().catch((error: unknown) => {
      taking = undefined;
      throw error;
    });
    return taking;
  };

  const regionOf = async (candidate: Candidate): Promise<string> => {
    const profiles = await (await home()).profiles();
    const name = "profile" in candidate ? candidate.profile : undefined;
    const chosen = chooseRegion({ profiles, name, env, region: options.region });
    if (chosen !== undefined) return chosen;
    const identity = "identity" in candidate ? await (await home()).find(candidate.identity) : undefined;
    if (identity?.region !== undefined) return identity.region;
    const fallback = profiles.profiles.get("default");
    const region = fallback === undefined ? undefined : readSetting(fallback, "region");
    if (region !== undefined) return region;
    throw new AuthError("invalid_profile", "no region is chosen", {
      hint: "set AWS_REGION, or write a line such as region = eu-west-1 into the profile",
    });
  };

  const credentials: AwsCredentialsProvider = Object.assign(
    async (): Promise<AwsCredentials> => (await taken()).source.get(),
    // SDK v3 wraps providers in a cache of its own unless they say that they have one.
    { memoized: true as const },
  );

  return {
    home,
    async setUp() {
      const { runSetupInTerminal } = await import("../setup/run-setup-in-terminal.js");
      return runSetupInTerminal({ ...machine, requiredActions, prompt });
    },
    async serveSetup({ embedIn, idleMs } = {}) {
      const { serveSetupPage } = await import("../setup/serve-setup-page.js");
      return serveSetupPage({
        ...machine,
        requiredActions,
        ...(embedIn !== undefined && { embedIn }),
        ...(idleMs !== undefined && { idleMs }),
      });
    },
    async getAwsConfig() {
      const { candidate } = await taken();
      return { credentials, region: await regionOf(candidate) };
    },
    async explain() {
      await home();
      const made = await plan().catch((error: unknown) => {
        if (error instanceof AuthError) return error;
        throw error;
      });
      return explainChain({ plan: made, trials, ci, prompt, env, narrowing });
    },
    async checkRequiredActions() {
      const { candidate, source } = await taken();
      const opened = await home();
      const profiles = await opened.profiles();
      const name = "profile" in candidate ? candidate.profile : undefined;
      const settings = settingsFor({ profiles, name, env, region: await regionOf(candidate) });
      const { requestHandler } = opened.context;
      return checkActions({
        actions: requiredActions,
        credentials,
        question: source.question,
        iam: settings("iam"),
        sts: settings("sts"),
        requestHandler,
      });
    },
  };
};
