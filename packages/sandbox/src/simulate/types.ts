// What a simulation is about, as data.
import type { ContextValue, NamedPolicy, Policy, RequestPrincipal } from "@daypass/policy";

/** A policy of the simulation, with the name by which its matched statements are told. */
export interface SourcePolicy {
  readonly sourceId: string;
  readonly sourceType: "IAM Policy" | "Resource Policy";
  /** As it was written: positions are positions in it. */
  readonly text: string;
  readonly policy: Policy;
}

export interface Simulation {
  readonly caller: RequestPrincipal;
  readonly callerAccountId: string;
  /** Keys that the caller stands for, in lower case: they are never missing. */
  readonly callerKeys: ReadonlySet<string>;
  readonly context: Readonly<Record<string, ContextValue>>;
  readonly identity: readonly SourcePolicy[];
  readonly boundary: SourcePolicy | undefined;
  readonly resourcePolicy: SourcePolicy | undefined;
  /** The owner of resources whose ARNs name no account. */
  readonly resourceOwner: string;
  /** `undefined`: the account is in no organisation, or the simulation is not about an account's principal. */
  readonly serviceControl: readonly (readonly NamedPolicy[])[] | undefined;
}
