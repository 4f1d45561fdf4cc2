// The other way in: commands of the AWS CLI for those who do not click. Every value is quoted for a POSIX shell.
import type { StackOffer } from "./stack-parameters.js";

export interface StackPlace {
  readonly region: string;
  readonly stackName: string;
  /** The account in which the commands may run; they stop in any other. `null` when none is known. */
  readonly accountId: string | null;
}

/** The role has a name of its own (CloudFormation API Reference, CreateStack, Capabilities). */
const capabilities = "CAPABILITY_NAMED_IAM";

/** Returns a script that creates the stack and waits for it. */
export function createStackScript(place: StackPlace, templateUrl: string, offer: StackOffer): string {
  const given = Object.entries(offer.parameters).map(([name, value]) => parameter(name, `ParameterValue=${value}`));
  return script(place, [
    command(["aws", "cloudformation", "create-stack", ...where(place), "--template-url", templateUrl], given),
    waitFor("stack-create-complete", place),
    outputs(place),
  ]);
}

export interface StackUpdate {
  /** `null` keeps the stack's template. */
  readonly templateUrl: string | null;
  /** Values that change. */
  readonly changed: Readonly<Record<string, string>>;
  /** Every other parameter that the stack has: it keeps its value. */
  readonly kept: readonly string[];
}

/**
 * Returns a script that updates a stack. CloudFormation resets parameters that an update does not mention to their defaults,
 * so each one is mentioned (CloudFormation API Reference, UpdateStack, Parameter, UsePreviousValue).
 */
export function updateStackScript(place: StackPlace, { templateUrl, changed, kept }: StackUpdate): string {
  const template = templateUrl === null ? ["--use-previous-template"] : ["--template-url", templateUrl];
  const given = [
    ...Object.entries(changed).map(([name, value]) => parameter(name, `ParameterValue=${value}`)),
    ...kept.filter((name) => !(name in changed)).map((name) => parameter(name, "UsePreviousValue=true")),
  ];
  return script(place, [
    command(["aws", "cloudformation", "update-stack", ...where(place), ...template], given),
    waitFor("stack-update-complete", place),
  ]);
}

/** Returns a script that deletes the stack and all that it made. */
export function deleteStackScript(place: StackPlace): string {
  return script(place, [
    command(["aws", "cloudformation", "delete-stack", ...where(place)]),
    waitFor("stack-delete-complete", place),
  ]);
}

function script(place: StackPlace, commands: readonly string[]): string {
  return ["#!/bin/sh", "set -eu", ...accountCheck(place), ...commands, ""].join("\n");
}

/** Before the first change: the right command in the wrong account is how roles end up in places nobody looks at. */
function accountCheck({ accountId }: StackPlace): readonly string[] {
  if (accountId === null) return [];
  return [
    "account=$(aws sts get-caller-identity --query Account --output text)",
    `if [ "$account" != ${quote(accountId)} ]; then`,
    `  echo "these credentials are for account $account, not ${accountId}" >&2`,
    "  exit 1",
    "fi",
  ];
}

function where({ region, stackName }: StackPlace): readonly string[] {
  return ["--region", region, "--stack-name", stackName];
}

function waitFor(state: string, place: StackPlace): string {
  return command(["aws", "cloudformation", "wait", state, ...where(place)]);
}

function outputs(place: StackPlace): string {
  const query = "Stacks[0].Outputs[].[OutputKey,OutputValue]";
  return command(["aws", "cloudformation", "describe-stacks", ...where(place), "--query", query, "--output", "text"]);
}

function parameter(name: string, rest: string): string {
  return `ParameterKey=${name},${rest.replaceAll("\\", "\\\\").replaceAll(",", "\\,")}`;
}

function command(words: readonly string[], parameters: readonly string[] = []): string {
  const line = words.map(quote).join(" ");
  if (parameters.length === 0) return line;
  return [`${line} --capabilities ${capabilities} --parameters`, ...parameters.map((each) => `  ${quote(each)}`)].join(
    " \\\n",
  );
}

/** Plain words stay plain; everything else goes into single quotes (POSIX, "Shell Command Language", 2.2.2). */
function quote(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
