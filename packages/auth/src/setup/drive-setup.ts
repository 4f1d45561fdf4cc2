// Takes a setup from its first question to its end, whoever shows it.
import { AuthError } from "../errors.js";
import { createMemorySessionCache } from "../cache/memory-session-cache.js";
import type { Prompt } from "../types.js";
import { openHome } from "../resolver/open-home.js";
import { currentEnvironment } from "../resolver/this-process.js";
import { describeStep } from "./describe-step.js";
import { createSetupHands } from "./do-setup-work.js";
import { createUserTemplate } from "./iam-user-template.js";
import { lookAround } from "./look-around.js";
import { nextState, startSetup } from "./setup-steps.js";
import type {
  SetupEnd,
  SetupEvent,
  SetupOptions,
  SetupQuestion,
  SetupResult,
  SetupStep,
  SetupWork,
  ShownText,
} from "./setup-types.js";

/** Whoever shows a setup to a person. */
export interface SetupFace {
  /** How the person is asked what the work itself needs: codes, passphrases, a device. */
  readonly prompt: Prompt;
  /** Rejects with `cancelled` where the person gives up. */
  ask(step: SetupQuestion): Promise<Extract<SetupEvent, { kind: "answers" | "back" }>>;
  /** The machine is at work, or it is over. */
  show(step: SetupWork | SetupEnd): void;
  /** Fires when the person gives up while the machine is at work. */
  readonly signal: AbortSignal;
}

const gaveUp = (): AuthError =>
  new AuthError("cancelled", "the setup was given up, and nothing was written", {
    hint: "start it again when it suits",
  });

const isCode = (error: unknown, code: string): boolean => error instanceof AuthError && error.code === code;

const templateOf = async (toolName: string, actions: readonly string[]): Promise<readonly ShownText[]> => {
  try {
    return await createUserTemplate(toolName, actions);
  } catch (error) {
    // The tool's author asked for what no user should be given. The other ways are open all the same.
    const why = error instanceof Error ? error.message : "unknown";
    return [{ title: "There is no template", text: `It cannot be made for what this tool asks: ${why}` }];
  }
};

/**
 * Sets a tool up. Rejects with `prompt_unavailable` where nobody can be asked, `cancelled` where the person gives up,
 * with nothing written then, and with what went wrong where writing failed.
 */
export const driveSetup = async (options: SetupOptions, face: SetupFace): Promise<SetupResult> => {
  const { requiredActions = [], ...homeOptions } = options;
  const { env = currentEnvironment(), toolName, region } = options;
  const opening = { ...homeOptions, env, prompt: face.prompt };
  const home = await openHome(opening);
  const trial = await openHome({ ...opening, secrets: home.secrets, cache: createMemorySessionCache() });
  const facts = await lookAround(home, { toolName, env, requiredActions, ...(region !== undefined && { region }) });
  let state = startSetup(facts);
  if (!face.prompt.isAvailable) {
    throw new AuthError("prompt_unavailable", "a setup needs a person, and nobody can be asked", {
      hint: "run it in a terminal",
    });
  }
  const texts = { userTemplate: await templateOf(toolName, requiredActions) };
  const hands = createSetupHands({ home, trial, env, requiredActions });

  const work = async (): Promise<SetupEvent> => {
    try {
      return await hands.work(state, face.signal);
    } catch (error) {
      if (face.signal.aborted || !(error instanceof AuthError)) throw error;
      return { kind: "problem", problem: { message: error.message, hint: error.hint } };
    }
  };

  const advance = (step: SetupStep): Promise<SetupEvent> => {
    if (step.kind === "question") return face.ask(step);
    face.show(step);
    return work();
  };

  try {
    while (state.at !== "done" && state.at !== "failed") {
      state = nextState(state, await advance(describeStep(state, facts, texts)), facts);
      if (face.signal.aborted && state.at !== "done") throw gaveUp();
    }
  } catch (error) {
    await hands.undo();
    throw face.signal.aborted || isCode(error, "cancelled") ? gaveUp() : error;
  }
  const last = describeStep(state, facts, texts);
  if (last.kind === "end") face.show(last);
  if (state.at === "done") return state.result;
  await hands.undo();
  throw new AuthError("file_unusable", `the setup failed: ${state.problem.message}`, { hint: state.problem.hint });
};
