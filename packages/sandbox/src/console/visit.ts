// What a page of the console is given: who is signed in, where they are, and what they sent.
import type { CallLog } from "../call-log.js";
import type { Caller, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import type { Form } from "../wire/decode-form.js";

/** A user who signed in with an access key, or the temporary credentials that a federated sign-in brought. */
export type SignedIn = Exclude<Caller, { readonly kind: "anonymous" }>;

export interface Visit {
  readonly world: World;
  readonly log: CallLog;
  readonly request: HttpRequest;
  readonly caller: SignedIn;
  readonly region: string;
  /** The token that every form carries. */
  readonly csrfToken: string;
  /** The query of a GET or the body of a POST, each name once. */
  readonly form: Form;
}

/** A refusal by the console itself, before any service was asked. */
export class ConsoleRefusal extends Error {
  override readonly name = "ConsoleRefusal";
  readonly status: number;
  /** What the person can do next. */
  readonly hint: string;

  constructor(status: number, message: string, hint: string) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** Returns a value of the form; the empty text when it is not there. */
export function valueIn({ form }: Pick<Visit, "form">, name: string): string {
  return form.get(name) ?? "";
}
