// CloudFormation as data: stacks, their history and their change sets.
import type { Tags } from "../types.js";

/** What CloudFormation's templates can hold: JSON without null. */
export type TemplateValue = string | number | boolean | readonly TemplateValue[] | TemplateMap;
export interface TemplateMap {
  readonly [key: string]: TemplateValue;
}

/** One line of a stack's history; the stack's and its resources' statuses are those of their last visible event. */
export interface StackEvent {
  readonly eventId: string;
  readonly logicalId: string;
  /** Empty until the resource exists. */
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  /** The evaluated properties as JSON, NoEcho parameters masked. */
  readonly properties: string | undefined;
  readonly clientRequestToken: string | undefined;
  /** Milliseconds since 1970: when it happened, and from when on it is visible. */
  readonly at: number;
  /** Milliseconds since 1970: when it was written. What was over then stays visible, wherever the clock is moved. */
  readonly written: number;
}

/** A resource that exists. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As evaluated, the stack's tags included: what the next update is compared with. */
  readonly evaluated: TemplateMap;
  /** As the resource's type works with them. */
  readonly properties: TemplateMap;
  /** What it needed when it was made: deletion goes the other way. */
  readonly needs: readonly string[];
  readonly deletionPolicy: "Delete" | "Retain" | "RetainExceptOnCreate";
  readonly updateReplacePolicy: "Delete" | "Retain";
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** What a deployment is made from. */
export interface DeploymentSource {
  /** Empty for a stack that has only change sets. */
  readonly templateText: string;
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of the parameters that are never shown. */
  readonly noEcho: ReadonlySet<string>;
  readonly tags: Tags;
  readonly capabilities: readonly string[];
}

/** What a template and its parameters came to. */
export interface Deployment {
  readonly source: DeploymentSource;
  readonly outputs: readonly StackOutput[];
  /** Names of other stacks' exports that it uses. */
  readonly imports: ReadonlySet<string>;
}

export interface PlannedChange {
  readonly action: "Add" | "Modify" | "Remove";
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  /** Only for Modify. */
  readonly replacement: "True" | "False" | "Conditional" | undefined;
  /** Only for Modify: the properties that differ. */
  readonly properties: readonly { readonly name: string; readonly recreation: "Never" | "Conditionally" | "Always" }[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: "CREATE" | "UPDATE";
  readonly description: string | undefined;
  readonly created: Date;
  readonly clientToken: string | undefined;
  readonly source: DeploymentSource;
  readonly changes: readonly PlannedChange[];
  /** Why there is nothing to execute. */
  readonly failure: string | undefined;
}

export interface Stack {
  /** The stack's ARN. */
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly created: Date;
  updated: Date | undefined;
  deleted: Date | undefined;
  terminationProtection: boolean;
  disableRollback: boolean;
  /** The token of the last operation: the same token again is the same operation. */
  lastToken: string | undefined;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly resources: Map<string, StackResource>;
  deployment: Deployment;
  /** The outputs until `settlesAt`. */
  previousOutputs: readonly StackOutput[];
  /** Milliseconds since 1970: when the last operation is over; 0 when it was over at once. */
  settlesAt: number;
  readonly changeSets: Map<string, ChangeSet>;
}
