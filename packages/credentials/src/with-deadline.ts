// Nothing that we wait for may hang a caller for ever.

export interface Deadline {
  readonly ms: number;
  readonly createReason: () => Error;
  /** Gives up earlier, for this reason. */
  readonly signal?: AbortSignal;
  readonly createAbortReason?: () => Error;
}

/**
 * Settles as `work` does, or rejects with the deadline's reason, whichever is first. What `work` does later is ignored.
 * The timer does not keep the process alive: whoever is really at work (a socket, a file) does.
 */
export const withDeadline = async <T>(work: Promise<T>, deadline: Deadline): Promise<T> => {
  const { ms, createReason, signal, createAbortReason = createReason } = deadline;
  let giveUp: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(createReason()), ms).unref();
    if (signal === undefined) return;
    giveUp = () => reject(createAbortReason());
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
    if (giveUp !== undefined) signal?.removeEventListener("abort", giveUp);
  }
};
