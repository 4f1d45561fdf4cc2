// A lock ends the process. What it held are strings in the end, and nothing in JavaScript can overwrite those; but a
// process that has ended has no memory, and its system gives none of it to another. The next one begins locked and empty.
import { setTimeout } from "node:timers/promises";
import { neverPrompt } from "@daypass/auth";
import { createAgentClient } from "./create-agent-client.js";
import type { SocketPlace } from "./place-socket.js";

export interface HandoverOptions {
  readonly place: Pick<SocketPlace, "directory" | "runtimeDirectory">;
  /** Starts the next process. */
  readonly succeed: () => Promise<void>;
  readonly pid: number;
}

const LOOK_EVERY_MS = 25;
const LOOKS = 400;

/** Returns whether another process answers at the socket, locked. It took the place over: there is always one of the two. */
export async function handOver({ place, succeed, pid }: HandoverOptions): Promise<boolean> {
  const client = createAgentClient({ ...place, prompt: neverPrompt("the next agent is only looked for") });
  const isThere = async (): Promise<boolean> => {
    const next = await client.status();
    return next.pid !== pid && next.isLocked;
  };
  try {
    await succeed();
    for (let looks = 0; looks < LOOKS; looks++) {
      if (await isThere()) return true;
      await setTimeout(LOOK_EVERY_MS);
    }
  } catch {
    // It could not be started, or does not answer: whoever locked has a locked agent all the same.
  }
  return false;
}
