import type { Call } from "../world-types.js";
import type { Input, Shape } from "./shapes.js";
import type { XmlObject } from "./xml.js";

/** One operation of a query-protocol service (STS, IAM). Parameters that `input` does not name are refused. */
export interface QueryOperation {
  readonly input: Readonly<Record<string, Shape>>;
  /** Returns the members of the Result element; `undefined` for operations whose answer has none. */
  readonly run: (call: Call, input: Readonly<Record<string, unknown>>) => XmlObject | undefined;
  /** Whether a call needs no signature because its input proves who asks. */
  readonly unsigned?: true;
}

/** Ties an operation's code to its input's description, so that `run` is typed by it. */
export function defineOperation<Members extends Readonly<Record<string, Shape>>>(
  input: Members,
  run: (call: Call, input: Input<Members>) => XmlObject | undefined,
): QueryOperation {
  // The decoder has checked the form against `input` before `run` is called: that is what makes this narrowing true.
  return { input, run: (call, decoded) => run(call, decoded as Input<Members>) };
}

/** A query-protocol service: its API version, XML namespace and operations by Action. */
export interface QueryService {
  /** The name in the credential scope: `sts`, `iam`. */
  readonly name: string;
  readonly version: string;
  readonly xmlNamespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
}
