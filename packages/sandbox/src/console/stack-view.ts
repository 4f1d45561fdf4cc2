// A stack as DescribeStacks tells of it.
import { cloudFormationService } from "../cloudformation/service.js";
import type { XmlObject } from "../wire/xml.js";
import { invokeOperation } from "./invoke-operation.js";
import { objectsIn, textIn } from "./read-answer.js";
import type { Visit } from "./visit.js";

export interface StackView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Whether the status changes by itself. */
  readonly busy: boolean;
  /** The parameters by name; those with NoEcho masked. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly stack: XmlObject;
}

/** Returns the stack, by name or id. Throws `AwsError` as DescribeStacks does. */
export function openStackView(visit: Visit, nameOrId: string): StackView {
  const answer = invokeOperation(visit, cloudFormationService, "DescribeStacks", { StackName: nameOrId });
  const stack = objectsIn(answer, "Stacks")[0] ?? {};
  const status = textIn(stack, "StackStatus") ?? "";
  const parameters = objectsIn(stack, "Parameters").map(
    (parameter) => [textIn(parameter, "ParameterKey") ?? "", textIn(parameter, "ParameterValue") ?? ""] as const,
  );
  return {
    id: textIn(stack, "StackId") ?? "",
    name: textIn(stack, "StackName") ?? "",
    status,
    busy: status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS",
    parameters: new Map(parameters),
    stack,
  };
}
