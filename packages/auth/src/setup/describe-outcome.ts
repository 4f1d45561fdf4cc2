// What a person is shown of what AWS said: before they say yes to the writing, and at the end. Pure; no secret is among it.
import type { ActionCheck } from "../resolver/check-actions.js";
import { identityOf, plannedChanges } from "./planned-changes.js";
import type { SetupEnd, SetupFacts, SetupQuestion, SetupState, ShownText } from "./setup-types.js";

/** Returns a question with what most of them have. */
export const question = (
  state: SetupState,
  title: string,
  more: Partial<Omit<SetupQuestion, "kind" | "title">>,
): SetupQuestion => ({
  kind: "question",
  title,
  words: [],
  fields: [],
  shown: [],
  action: "Continue",
  canGoBack: true,
  ...("problem" in state && { problem: state.problem }),
  ...more,
});

const ANSWERS = { allowed: "allowed", denied: "DENIED ", unknown: "unknown" } as const;

/** Returns a check in lines: one for each action, with the reason where the answer is not a yes. */
const describeCheck = ({ arn, actions }: ActionCheck): ShownText => ({
  title: "What AWS says",
  text: [
    `You are ${arn ?? "unknown: AWS did not say"}`,
    ...actions.map(
      ({ action, answer, why }) => `${ANSWERS[answer]}  ${action}${answer === "allowed" ? "" : ` (${why})`}`,
    ),
  ].join("\n"),
});

/** Returns the question before anything is written, with all that will be. */
export const askConfirmation = (state: Extract<SetupState, { at: "confirm" }>, facts: SetupFacts): SetupQuestion => {
  const { draft, tried } = state;
  const said: ShownText =
    tried.kind === "check"
      ? describeCheck(tried.check)
      : {
          title: "What AWS says",
          text: [`These are keys of ${tried.arn}`, ...tried.mfaSerials.map((serial) => `MFA device: ${serial}`)].join(
            "\n",
          ),
        };
  const words = [`${facts.toolName} will be ${identityOf(draft).replace(/^profile:/, "the profile ")}.`];
  if (draft.method === "iam_user" && draft.withoutMfa) {
    words.push("This user is used without MFA: whoever reads the keys from this machine is the user.");
  }
  if (tried.kind === "check" && tried.check.actions.some(({ answer }) => answer === "denied")) {
    words.push("Something that the tool needs is denied. You can go on, and that part of the tool will not work.");
  }
  if (draft.method === "profile" && facts.region === undefined) {
    const { region } = facts.profiles.find(({ name }) => name === draft.profileName) ?? {};
    if (region === undefined) {
      words.push(
        "Nothing names a region: the tool will want AWS_REGION, or a line such as region = eu-west-1 in the profile.",
      );
    }
  }
  const changes = plannedChanges(draft, facts).map((change) => ({
    ...change,
    title: `Will be written: ${change.title}`,
  }));
  return question(state, "This is what will be written", { words, shown: [said, ...changes], action: "Write it" });
};

const end = (title: string, more: Partial<SetupEnd>): SetupEnd => ({
  kind: "end",
  title,
  words: [],
  shown: [],
  ...more,
});

/** Returns what is shown last. */
export const describeEnd = (state: Extract<SetupState, { at: "done" | "failed" }>, facts: SetupFacts): SetupEnd => {
  if (state.at === "failed") return end("The setup failed", { problem: state.problem });
  const { check, problem } = state.result;
  if (problem !== undefined) {
    return end("Written, but the test failed", {
      words: [`${facts.toolName} is set up, and AWS did not let it in just now.`],
      problem,
    });
  }
  return end(`${facts.toolName} is set up`, { shown: [describeCheck(check)] });
};
