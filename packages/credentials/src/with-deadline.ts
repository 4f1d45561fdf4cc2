// Nothing that we wait for may hang a caller for ever.

/** How long a human may take over the code of an MFA device. */
export const HUMAN_MS = 300_000;

export interface Deadline {
  readonly ms: number;
  readonly createReason: () => Error;
  /** Gives up earlier, for this reason. */
  readonly signal?: AbortSignal | undefined;
  readonly createAbortReason?: () => Error;
}

/**
 * Settles as `work` does, or rejects with the deadline's reason, whichever is first. What `work` does later is ignored.
 * Where the signal has fired already, `work` is not begun.
 * The timer does not keep the process alive: whoever is really at work (a socket, a file) does.
 */
export const withDeadline = async <T>(work: () => T | PromiseLike<T>, deadline: Deadline): Promise<T> => {
  const { ms, createReason, signal, createAbortReason = createReason } = deadline;
  if (signal?.aborted) throw createAbortReason();
  let giveUp: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(createReason()), ms).unref();
    if (signal === undefined) return;
    giveUp = () => reject(createAbortReason());
    signal.addEventListener("abort", giveUp, { once: true });
  });
  // Should `work` fire the signal and throw, nobody waits for this any more.
  end.catch(() => undefined);
  try {
    return await Promise.race([work(), end]);
  } finally {
    clearTimeout(timer);
    if (giveUp !== undefined) signal?.removeEventListener("abort", giveUp);
  }
};
