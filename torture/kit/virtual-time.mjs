// Time that passes when nothing is left to do: hours of waiting in a second.

/** Returns a clock with `now`, `sleep(ms)` and `run(work)`, which lets time pass until `work` is done. */
export function createVirtualTime(start = Date.UTC(2030, 0, 1)) {
  let time = start;
  let order = 0;
  // A binary heap by time, then by order.
  const heap = [];
  const before = (left, right) => left.at < right.at || (left.at === right.at && left.order < right.order);

  const push = (item) => {
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(heap[index], heap[parent])) break;
      [heap[index], heap[parent]] = [heap[parent], heap[index]];
      index = parent;
    }
  };
  const pop = () => {
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0) return top;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < heap.length && before(heap[left], heap[least])) least = left;
      if (right < heap.length && before(heap[right], heap[least])) least = right;
      if (least === index) return top;
      [heap[index], heap[least]] = [heap[least], heap[index]];
      index = least;
    }
  };
  /** Until everything that is ready has run: promises, and what they set off. */
  const settle = async () => {
    for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
  };

  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => reject(new Error("aborted"));
        const wake = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        };
        push({ at: time + Math.max(0, ms), order: order++, wake });
        signal?.addEventListener("abort", giveUp, { once: true });
      }),
    async run(work) {
      const progress = { isDone: false };
      const done = work.finally(() => {
        progress.isDone = true;
      });
      done.catch(() => undefined);
      await settle();
      while (!progress.isDone) {
        if (heap.length === 0) throw new Error("everybody waits for something that nobody does");
        time = Math.max(time, heap[0].at);
        while (heap.length > 0 && heap[0].at <= time) pop().wake();
        await settle();
      }
      return done;
    },
  };
}
