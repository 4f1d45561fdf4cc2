// A setup from its first question to its end: where it is, and where an answer leads. Pure, so that a terminal and a page
// cannot differ in what they let a person do.
import { AuthError } from "../errors.js";
import { checkStartUrl, sameStartUrl } from "../sso/judge-start-url.js";
import { planSetup, usableProfiles } from "./plan-setup.js";
import type { SetupDraft, SetupEvent, SetupFacts, SetupProblem, SetupState } from "./setup-types.js";

const REGION = /^[a-z]{2,5}(?:-[a-z]{1,12}){1,4}-\d{1,2}$/;

type Values = Readonly<Record<string, string>>;
const valueOf = (values: Values, name: string): string =>
  Object.hasOwn(values, name) ? (values[name] ?? "").trim() : "";

const problem = (message: string, hint: string): SetupProblem => ({ message, hint });
const unknownChoice = problem("that is none of the choices", "choose one of them");
const noRegion = problem("that is no region", "write a region's name, such as eu-west-1");

/** The first name of our own that is nobody else's. */
const freeName = (wanted: string, taken: readonly string[], own: readonly string[]): string => {
  const isFree = (name: string): boolean => own.includes(name) || !taken.includes(name);
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (isFree(name)) return name;
  }
};

/** Returns the first state. Throws as `planSetup` does. */
export const startSetup = (facts: SetupFacts): SetupState => {
  planSetup(facts);
  return { at: "method" };
};

const chooseMethod = (values: Values, facts: SetupFacts): SetupState => {
  const offer = planSetup(facts).find(({ method }) => method === valueOf(values, "method"));
  if (offer === undefined) return { at: "method", problem: unknownChoice };
  if (offer.notHere !== undefined) {
    return { at: "method", problem: problem(offer.notHere, "choose another way") };
  }
  if (offer.method === "profile") return { at: "profile" };
  if (offer.method === "iam_user") return { at: "user_template" };
  return { at: facts.ssoSessions.length > 0 ? "sso_session" : "sso_address" };
};

const chooseSession = (values: Values, facts: SetupFacts): SetupState => {
  const name = valueOf(values, "session");
  if (name === "") return { at: "sso_address" };
  const session = facts.ssoSessions.find((known) => known.name === name);
  return session === undefined
    ? { at: "sso_session", problem: unknownChoice }
    : { at: "sign_in", session, isNewSession: false };
};

const takeAddress = (values: Values, facts: SetupFacts): SetupState => {
  const [startUrl, region] = [valueOf(values, "startUrl"), valueOf(values, "region")];
  try {
    checkStartUrl(startUrl, { endpoint: facts.ssoEndpoint });
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { at: "sso_address", problem: problem(error.message, error.hint) };
  }
  if (!REGION.test(region)) return { at: "sso_address", problem: noRegion };
  const known = facts.ssoSessions.find(
    (session) => session.region === region && sameStartUrl(session.startUrl, startUrl),
  );
  if (known !== undefined) return { at: "sign_in", session: known, isNewSession: false };
  const name = freeName(
    facts.toolName,
    facts.ssoSessions.map((session) => session.name),
    facts.ownSessions,
  );
  const session = { name, startUrl, region, scopes: ["sso:account:access"] };
  return { at: "sign_in", session, isNewSession: true };
};

const chooseRole = (state: Extract<SetupState, { at: "sso_role" }>, values: Values, facts: SetupFacts): SetupState => {
  const [roleName, region] = [valueOf(values, "role"), valueOf(values, "region")];
  if (!state.roles.includes(roleName)) return { ...state, problem: unknownChoice };
  if (!REGION.test(region)) return { ...state, problem: noRegion };
  const taken = facts.profiles.map(({ name }) => name);
  const { session, isNewSession, account } = state;
  const profileName = freeName(facts.toolName, taken, facts.ownProfiles);
  const { accountId } = account;
  const draft: SetupDraft = { method: "sso", session, isNewSession, accountId, roleName, region, profileName };
  return { at: "try", draft };
};

// IAM API Reference, "AccessKey": AccessKeyId of 16 to 128 letters and digits. Secrets have no documented form; every
// one that AWS has made is of base64's characters.
const takeKeys = (values: Values, facts: SetupFacts): SetupState => {
  const [accessKeyId, secretAccessKey] = [valueOf(values, "accessKeyId"), valueOf(values, "secretAccessKey")];
  const region = valueOf(values, "region");
  const again = (what: SetupProblem): SetupState => ({ at: "user_keys", problem: what });
  if (!/^[A-Z0-9]{16,128}$/.test(accessKeyId)) {
    return again(problem("that is no access key id", "it has 20 capital letters and digits, and begins with AKIA"));
  }
  if (!/^[A-Za-z0-9/+=]{20,128}$/.test(secretAccessKey)) {
    return again(problem("that is no secret access key", "it has 40 characters, and AWS shows it once"));
  }
  if (!REGION.test(region)) return again(noRegion);
  const mfa = valueOf(values, "mfa");
  if (mfa !== "required" && mfa !== "without") return again(unknownChoice);
  const hubName = freeName(facts.toolName, facts.hubs, [facts.toolName]);
  const keys = { accessKeyId, secretAccessKey };
  return { at: "try", draft: { method: "iam_user", hubName, keys, region, withoutMfa: mfa === "without" } };
};

const takeAnswers = (state: SetupState, values: Values, facts: SetupFacts): SetupState => {
  switch (state.at) {
    case "method":
      return chooseMethod(values, facts);
    case "sso_session":
      return chooseSession(values, facts);
    case "sso_address":
      return takeAddress(values, facts);
    case "sso_account": {
      const account = state.accounts.find(({ accountId }) => accountId === valueOf(values, "account"));
      if (account === undefined) return { ...state, problem: unknownChoice };
      const { session, isNewSession } = state;
      return { at: "list_roles", session, isNewSession, account };
    }
    case "sso_role":
      return chooseRole(state, values, facts);
    case "profile": {
      const profileName = valueOf(values, "profile");
      const isKnown = usableProfiles(facts).some(({ name }) => name === profileName);
      if (!isKnown) return { at: "profile", problem: unknownChoice };
      return { at: "try", draft: { method: "profile", profileName } };
    }
    case "user_template":
      return { at: "user_keys" };
    case "user_keys":
      return takeKeys(values, facts);
    case "confirm":
      return { at: "write", draft: state.draft };
    case "sign_in":
    case "list_roles":
    case "try":
    case "write":
    case "done":
    case "failed":
      return state;
  }
};

const RETRY: Readonly<Record<SetupDraft["method"], "method" | "profile" | "user_keys">> = {
  sso: "method",
  profile: "profile",
  iam_user: "user_keys",
};

/** Where a person goes on after the machine's work failed. After a failure to write, nowhere: part may be written. */
const afterProblem = (state: SetupState, what: SetupProblem): SetupState => {
  if (state.at === "sign_in" || state.at === "list_roles") {
    return { at: state.isNewSession ? "sso_address" : "method", problem: what };
  }
  return state.at === "try" ? { at: RETRY[state.draft.method], problem: what } : { at: "failed", problem: what };
};

/**
 * Returns the state after an event. What does not fit the state changes nothing: an answer that comes late, or twice, is
 * none to the question that is asked now.
 */
export const nextState = (state: SetupState, event: SetupEvent, facts: SetupFacts): SetupState => {
  switch (event.kind) {
    case "answers":
      return takeAnswers(state, event.values, facts);
    case "back":
      return ["write", "done", "failed"].includes(state.at) ? state : { at: "method" };
    case "problem":
      return afterProblem(state, event.problem);
    case "accounts":
      if (state.at !== "sign_in") return state;
      return event.accounts.length === 0
        ? afterProblem(
            state,
            problem("this sign-in gives access to no account", "ask who administers IAM Identity Center for one"),
          )
        : { ...state, at: "sso_account", accounts: event.accounts };
    case "roles":
      return state.at === "list_roles" ? { ...state, at: "sso_role", roles: event.roles } : state;
    case "tried":
      return state.at === "try" ? { at: "confirm", draft: state.draft, tried: event.tried } : state;
    case "written":
      return state.at === "write" ? { at: "done", result: event.result } : state;
  }
};
