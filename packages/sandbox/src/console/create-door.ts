// The frame of every door for browsers, the console's and the access portal's: this machine's own names alone, forms of
// our own pages alone, and a page for whatever goes wrong.
import { AwsError } from "../errors.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import { parseForm } from "../wire/decode-form.js";
import type { Form } from "../wire/decode-form.js";
import type { World } from "../world-types.js";
import { requireForm, requireLoopback, requireSameOrigin } from "./check-origin.js";
import { refusalPage } from "./show-refusal.js";
import { ConsoleRefusal } from "./visit.js";

export interface DoorOptions {
  readonly world: World;
  /** Told of errors that are the sandbox's own fault; the person gets a page that says so. */
  readonly reportBug: (error: unknown) => void;
}

/** A request with a form, and what tells whose page the form is from. */
export interface FormArrival {
  readonly request: HttpRequest;
  readonly visitor: { readonly id: string; readonly isNew: boolean };
  readonly sessions: { isCsrfToken(id: string, given: string): boolean };
}

/** Returns a function that answers as `answer` does; it never throws. */
export function createDoor(
  { world, reportBug }: DoorOptions,
  answer: (request: HttpRequest) => HttpAnswer,
): (request: HttpRequest) => HttpAnswer {
  return (request) => {
    try {
      requireLoopback(request);
      return answer(request);
    } catch (error) {
      if (error instanceof ConsoleRefusal || error instanceof AwsError) return refusalPage(world, undefined, error);
      reportBug(error);
      const sorry = new ConsoleRefusal(500, "The sandbox made a mistake.", "What it was is on the sandbox's stderr.");
      return refusalPage(world, undefined, sorry);
    }
  };
}

/**
 * Returns the form. Throws `ConsoleRefusal` unless it comes from a page of ours, made for this very visitor; `again` says
 * what to do then.
 */
export function readPostedForm({ sessions, visitor, request }: FormArrival, again: string): Form {
  requireSameOrigin(request);
  requireForm(request);
  const form = parseForm(request.body.toString("utf8"));
  if (!visitor.isNew && sessions.isCsrfToken(visitor.id, form.get("csrf") ?? "")) return form;
  throw new ConsoleRefusal(
    403,
    "This form belongs to another session.",
    `Reload the page and ${again}; the browser must accept cookies of this host.`,
  );
}
