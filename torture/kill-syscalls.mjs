// kill -9 at every system call with which a store touches its files, one after the other.
import { join } from "node:path";
import { checkStore, acknowledged } from "./kit/store-checker.mjs";
import { choosePoints, inParallel } from "./kit/points.mjs";
import { runWithFault } from "./kit/strace.mjs";

export const trial = {
  name: "kill-syscalls",
  claim:
    "whatever was acknowledged is there, and nothing half, after kill -9 at any system call of opening, migrating, writing, changing keys and closing",
  wouldShow: "a file that does not open, an acknowledged write that is gone, an audit that does not verify",
  unit: "kills",
  amounts: { test: 8, short: 80, long: 2_000 },
  needs: ["strace"],

  async run({ amount, seed, folder }) {
    const { points, total } = await choosePoints({ folder, amount, seed, label: "kill-syscalls" });
    const wrong = [];
    await inParallel(points, async ({ scene, point }, n) => {
      const path = join(folder, `point-${n}.db`);
      scene.begin(path);
      const { signal, code, output } = await runWithFault(scene.command(path), scene.paths(path), point, "signal=KILL");
      const where = `${scene.name}, ${point.join(" ")}`;
      // Work that takes another course may not come to this call: then it must have ended well.
      if (signal !== "SIGKILL" && code !== 137 && !output.endsWith("closed\n"))
        wrong.push(`${where}: ended with ${code}: ${output}`);
      const acks = new Map([...scene.before, ...acknowledged(output)]);
      wrong.push(
        ...(await checkStore({ path, acks, inFlight: 1, keyIds: scene.keyIds })).map((line) => `${where}: ${line}`),
      );
      scene.end(path);
    });
    return { tried: points.length, wrong, figures: { "points in all": total } };
  },
};
