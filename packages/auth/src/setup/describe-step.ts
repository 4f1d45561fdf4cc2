// What a person is shown and asked at each point of a setup, as data. Pure; no secret is ever among it.
import type { Choice } from "../types.js";
import { askConfirmation, describeEnd, question } from "./describe-outcome.js";
import { nounOf, planSetup, usableProfiles } from "./plan-setup.js";
import type { SetupFacts, SetupField, SetupQuestion, SetupState, SetupStep, ShownText } from "./setup-types.js";

const choice = (name: string, label: string, choices: readonly Choice[]): SetupField => {
  const [only] = choices;
  return { name, kind: "choice", label, choices, ...(choices.length === 1 && only && { value: only.value }) };
};

const regionField = (label: string, value: string | undefined): SetupField => ({
  name: "region",
  kind: "text",
  label,
  hint: "such as eu-west-1",
  ...(value !== undefined && { value }),
});

const askMethod = (state: SetupState, facts: SetupFacts): SetupQuestion => {
  const offers = planSetup(facts);
  const choices = offers.map(({ method, title, why, needs, isRecommended, notHere }) => ({
    value: method,
    label: `${title}${isRecommended ? " (recommended)" : ""}`,
    hint: notHere === undefined ? `${why} You need ${needs}.` : `Not here: ${notHere}.`,
  }));
  const words = [`Choose how ${facts.toolName} signs in to AWS. Nothing is written before you have seen it.`];
  if (facts.hasKeysInEnvironment) {
    words.push("There are keys in this program's environment. What you set up here is used instead of them.");
  }
  if (facts.chosen !== undefined) words.push(`An earlier setup chose ${facts.chosen}.`);
  const [first] = choices;
  return question(state, `Set up ${facts.toolName}`, {
    words,
    fields: [{ ...choice("method", "How do you sign in?", choices), ...(first && { value: first.value }) }],
    canGoBack: false,
  });
};

const askKeys = (state: SetupState, facts: SetupFacts): SetupQuestion =>
  question(state, "The user's keys", {
    words: ["They are tested, kept with this tool's secrets, and shown nowhere again."],
    fields: [
      { name: "accessKeyId", kind: "text", label: "Access key id" },
      { name: "secretAccessKey", kind: "secret", label: "Secret access key" },
      regionField("Region that the tool works in", facts.region),
      {
        name: "mfa",
        kind: "choice",
        label: "Multi-factor authentication",
        value: "required",
        choices: [
          {
            value: "required",
            label: "This user has an authenticator app",
            hint: "Whoever steals the keys has nothing.",
          },
          { value: "without", label: "Use it without", hint: "Not advised: whoever has the keys is the user." },
        ],
      },
    ],
    action: "Test the keys",
  });

/** `userTemplate`: made beforehand, as it is the same whenever it is shown. */
export interface StepTexts {
  readonly userTemplate: readonly ShownText[];
}

/** Returns what is shown at a state. */
export const describeStep = (state: SetupState, facts: SetupFacts, texts: StepTexts): SetupStep => {
  switch (state.at) {
    case "method":
      return askMethod(state, facts);
    case "sso_session":
      return question(state, "Which sign-in?", {
        fields: [
          choice("session", "Sign-ins of this machine", [
            ...facts.ssoSessions.map(({ name, startUrl, region }) => ({
              value: name,
              label: name,
              hint: `${startUrl}, ${region}`,
            })),
            { value: "", label: "Another one" },
          ]),
        ],
      });
    case "sso_address":
      return question(state, "Where do you sign in?", {
        words: [
          "Both stand in your organisation's access portal, under “Access keys”, or its administrator knows them.",
          facts.signIn.mode === "browser"
            ? "AWS's page opens in the browser of this machine."
            : `You will be given a code for AWS's page on any device, because ${facts.signIn.because}.`,
        ],
        fields: [
          {
            name: "startUrl",
            kind: "text",
            label: "AWS access portal",
            hint: "such as https://my-company.awsapps.com/start",
          },
          regionField("Region of IAM Identity Center", undefined),
        ],
        action: "Sign in",
      });
    case "sso_account":
      return question(state, "Which account?", {
        fields: [
          choice(
            "account",
            "Accounts that you may enter",
            state.accounts.map(({ accountId, accountName, emailAddress }) => ({
              value: accountId,
              label: `${accountName} (${accountId})`,
              ...(emailAddress !== undefined && { hint: emailAddress }),
            })),
          ),
        ],
      });
    case "sso_role":
      return question(state, "Which role?", {
        words: [`In ${state.account.accountName} (${state.account.accountId}). Take the one that may do least.`],
        fields: [
          choice(
            "role",
            "Roles that you have there",
            state.roles.map((role) => ({ value: role, label: role })),
          ),
          regionField("Region that the tool works in", facts.region ?? state.session.region),
        ],
        action: "Test it",
      });
    case "profile":
      return question(state, "Which profile?", {
        words: ["The tool will ask it each time. Nothing is copied from it, least of all a secret."],
        fields: [
          choice(
            "profile",
            "Profiles in ~/.aws",
            usableProfiles(facts).map((profile) => ({
              value: profile.name,
              label: profile.name,
              hint: `${nounOf(profile)}${profile.region === undefined ? ", no region" : `, ${profile.region}`}`,
            })),
          ),
        ],
        action: "Test it",
      });
    case "user_template":
      return question(state, "Make the user", {
        words: [
          `Create a stack with this template at https://console.aws.amazon.com/cloudformation/home#/stacks/create, then give the user ${facts.toolName} a virtual MFA device and an access key.`,
          ...(facts.requiredActions.length === 0
            ? ["The tool has not said what it does in AWS, so the user may do nothing yet: add policies to it."]
            : []),
        ],
        shown: texts.userTemplate,
        action: "I have the keys",
      });
    case "user_keys":
      return askKeys(state, facts);
    case "sign_in":
      return { kind: "work", title: "Signing in" };
    case "list_roles":
      return { kind: "work", title: "Asking for the roles" };
    case "try":
      return { kind: "work", title: "Asking AWS who this is" };
    case "write":
      return { kind: "work", title: "Writing and testing" };
    case "confirm":
      return askConfirmation(state, facts);
    case "done":
    case "failed":
      return describeEnd(state, facts);
  }
};
