// What was typed wrongly, in our own words: the parser's are about its tables, and show what was typed as it is.
import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { UsageError } from "../usage-error.js";

/** As much of it as belongs in a message. */
const quote = (typed: string): string => JSON.stringify(typed.slice(0, 60));

/** Who slips hits the first letter: of short words nearly all are near to each other. */
const meant = (typed: string, near: readonly string[], help: string, dashes = ""): string => {
  const likely = near.filter((name) => name[0] === typed[0]).map((name) => `\`${dashes}${name}\``);
  return likely.length === 0 ? help : `did you mean ${likely.join(" or ")}? ${help}`;
};

/** Returns what is wrong, and what to type, of a command that there is not. `near`: commands that may be meant. */
export const describeUnknownCommand = (typed: string, near: readonly string[], helpCommand: string): UsageError =>
  typed.startsWith("-")
    ? new UsageError(`there is no flag ${quote(typed)} here`, `\`${helpCommand}\` shows what there is`)
    : new UsageError(`there is no command ${quote(typed)}`, meant(typed, near, `\`${helpCommand}\` shows all`));

/** Returns what is wrong with the words of a command, and what to type. `helpCommand` shows that command's help. */
export const describeMistyped = (error: unknown, helpCommand: string): UsageError => {
  const help = `\`${helpCommand}\` shows what it takes`;
  if (error instanceof FlagNotFoundError) {
    const { input, corrections } = error;
    return new UsageError(`there is no flag ${quote(`--${input}`)} here`, meant(input, corrections, help, "--"));
  }
  if (error instanceof AliasNotFoundError) {
    return new UsageError(`there is no flag ${quote(`-${error.input}`)} here`, help);
  }
  if (error instanceof EnumValidationError) {
    const { externalFlagName, input, values } = error;
    return new UsageError(`${quote(input)} is nothing for --${externalFlagName}`, `say one of: ${values.join(", ")}`);
  }
  if (error instanceof ArgumentParseError) {
    const { exception, input, externalFlagNameOrPlaceholder: where } = error;
    // Our own parsers know better than we what is wrong.
    if (exception instanceof UsageError) return exception;
    return new UsageError(`${quote(input)} is nothing for ${where}`, help);
  }
  if (error instanceof UnsatisfiedFlagError) {
    return new UsageError(`--${error.externalFlagName} is missing, or what belongs to it`, help);
  }
  if (error instanceof UnsatisfiedPositionalError) {
    return new UsageError(`${error.placeholder} is missing`, help);
  }
  if (error instanceof UnexpectedPositionalError) {
    return new UsageError(`${quote(error.input)} is more than this takes`, help);
  }
  if (error instanceof UnexpectedFlagError) {
    return new UsageError(`--${error.externalFlagName} is given twice`, help);
  }
  return new UsageError("this cannot be understood", help);
};
