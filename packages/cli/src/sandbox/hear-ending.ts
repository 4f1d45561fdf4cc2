// Hears that the practice should end, from before there is anything that would be left behind until all of it is gone:
// a signal that nobody listens to ends Node on the spot.
import { AuthError } from "@daypass/auth/terminal";

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Ending {
  /** Aborted by the first signal that asks this process to end; none of them ends it by itself. */
  readonly told: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Listens from now on. The reason of the abort is a `cancelled`, for a start that is cut short. */
export const hearEnding = (): Ending => {
  const controller = new AbortController();
  const end = (): void =>
    controller.abort(
      new AuthError("cancelled", "the sandbox was told to end while it started", { hint: "start it again" }),
    );
  for (const signal of ENDING) process.on(signal, end);
  return {
    told: controller.signal,
    release: () => {
      for (const signal of ENDING) process.off(signal, end);
    },
  };
};

/** Resolves when this process is told to end, or has been. */
export const waitForEnd = (told: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // A promise alone does not keep a process.
    const hold = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(hold);
      resolve();
    };
    if (told.aborted) end();
    else told.addEventListener("abort", end, { once: true });
  });
