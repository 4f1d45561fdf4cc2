// What somebody types who has nothing yet, or whose sign-in has ended: this program's own commands, from the agent too.
import type { Names } from "../names.js";

/** Returns the hint where no identity is known. */
export const tellFirstSteps = ({ name }: Pick<Names, "name">): string =>
  `\`${name} config\` sets up a hub's user, \`${name} login\` and \`${name} sync\` IAM Identity Center; \`${name} sandbox\` is to try it without an account`;

/** The hints of a home. */
export interface HomeHints {
  readonly setUpHint: string;
  readonly signInCommand: (session: string) => string;
}

/** Returns what `openHome` is to say instead of other programs' commands. */
export const hintsOf = (names: Pick<Names, "name">): HomeHints => ({
  setUpHint: tellFirstSteps(names),
  signInCommand: (session) =>
    `\`${names.name} login ${/^[\w.-]+$/.test(session) ? session : JSON.stringify(session)}\``,
});
