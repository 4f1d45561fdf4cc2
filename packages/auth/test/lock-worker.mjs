// One of several processes on the same locks. Arguments: DIRECTORY hold|crash|count NAME [FILE TIMES]
import { readFileSync, writeFileSync } from "node:fs";
import { createFileLocks } from "../dist/locks/file-locks.js";

const [directory, what, name, file, times] = process.argv.slice(2);
const locks = createFileLocks({ directory });
const work = {
  hold: () =>
    locks.withLock(name, () => {
      process.stdout.write("held\n");
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    }),
  crash: () => locks.withLock(name, async () => process.kill(process.pid, "SIGKILL")),
  count: async () => {
    for (let n = 0; n < Number(times); n++) {
      await locks.withLock(name, async () => {
        const count = Number(readFileSync(file, "utf8"));
        await new Promise(setImmediate);
        writeFileSync(file, String(count + 1));
      });
    }
  },
};
await work[what]();
