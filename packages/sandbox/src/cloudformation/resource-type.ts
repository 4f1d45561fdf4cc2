// What a resource type tells the engine: its properties, and how it is made, changed and removed.
import type { Call } from "../world-types.js";
import type { PropertyRules } from "./check-properties.js";
import type { ValueMap } from "./template-types.js";

/** What a resource's code is given beside its properties. */
export interface ResourceContext {
  /** Acts with the permissions of whoever runs the stack operation, through CloudFormation. */
  readonly call: Call;
  readonly logicalId: string;
  readonly stackId: string;
  /** The attributes that the resource has, for types that cannot read them again; none while it is made. */
  readonly keptAttributes: Readonly<Record<string, string>>;
  /** Returns `STACK-LOGICALID-RANDOM`, cut to so many characters. */
  newName(maxCharacters: number): string;
  /** To be told as soon as something exists: a failure afterwards makes the engine remove it. */
  begun(physicalId: string): void;
}

/** `Ref` is the physical id, `Fn::GetAtt` the attributes. */
export interface Made {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceType {
  /** `AWS::IAM::Role`. */
  readonly name: string;
  /** Every property that the sandbox acts on, and no other. */
  readonly properties: PropertyRules;
  readonly attributes: readonly string[];
  /** The property that gives the resource its name; one that is named so cannot be replaced under it. */
  readonly nameProperty?: string;
  /** Properties that AWS changes in place and the sandbox does not: an update of one fails before anything is done. */
  readonly cannotChange?: readonly string[];
  /** Whether the template needs CAPABILITY_IAM, and with the name property CAPABILITY_NAMED_IAM. */
  readonly needsCapability: boolean;
  /** Whether the stack's tags go to the resource; compared with or without regard to case. */
  readonly tags?: "case-insensitive" | "case-sensitive";
  create(context: ResourceContext, properties: ValueMap): Made;
  /** Changes what differs. Nothing in it fails because a part was already done: a rollback calls it the other way round. */
  update(context: ResourceContext, physicalId: string, before: ValueMap, after: ValueMap): Made;
  remove(context: ResourceContext, physicalId: string, properties: ValueMap): void;
}
