// How much memory some work leaves behind.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/** Returns what `work` answers, and by how many bytes the heap has grown when its garbage is gone. */
export async function weighHeap(work) {
  const before = used();
  const answer = await work();
  return { answer, bytes: used() - before };
}

function used() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
