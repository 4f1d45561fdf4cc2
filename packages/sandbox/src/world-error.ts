// Mistakes in a world file, named by file and place.
import { PolicyError } from "@daypass/policy";
import { AwsError, SandboxError } from "./errors.js";

/** Where something stands in the world file: `accounts[0].roles[1].trustPolicy`. */
export interface Place {
  readonly source: string;
  readonly path: string;
}

/** Returns the place of a member or, for a number, of an item. */
export function within(place: Place, step: string | number): Place {
  const shown = typeof step === "number" ? `[${step}]` : /^\w+$/.test(step) ? step : `["${step}"]`;
  const joint = place.path === "" || shown.startsWith("[") ? "" : ".";
  return { source: place.source, path: `${place.path}${joint}${shown}` };
}

/** Returns the error for a mistake at `place`; `what` says what is wrong there. */
export function worldError(place: Place, what: string, hint: string, cause?: unknown): SandboxError {
  const path = place.path === "" ? "" : `${place.path}: `;
  return new SandboxError("invalid_world", `${place.source}: ${path}${what}`, { hint, cause });
}

/** Runs `save`; what the policy parser or IAM says against it becomes a mistake at `place`. */
export function atPlace<T>(place: Place, save: () => T): T {
  try {
    return save();
  } catch (error) {
    if (error instanceof PolicyError) {
      const prefix = error.path === "" ? place.path : `${place.path}.${error.path}`;
      const what = error.message.startsWith(`${error.path}: `)
        ? error.message.slice(error.path.length + 2)
        : error.message;
      throw worldError({ source: place.source, path: prefix }, what, error.hint, error);
    }
    if (error instanceof AwsError) {
      throw worldError(place, error.message, "the sandbox accepts what AWS would accept here", error);
    }
    throw error;
  }
}
