// A disk that is full, and one that cannot be written: what was acknowledged stays, and with room again work goes on.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const INSIDE = fileURLToPath(new URL("kit/inside-small-disk.mjs", import.meta.url));

export const trial = {
  name: "full-disk",
  claim:
    "a full or read-only disk is an error in our words; what was acknowledged is there, and with room again writing goes on",
  wouldShow: "a crash, an acknowledged write that is gone, a store that stays broken, a database that was emptied",
  unit: "disks",
  amounts: { test: 2, short: 12, long: 200 },
  needs: ["unshare"],

  async run({ amount, seed, folder }) {
    const wrong = [];
    for (let n = 0; n < amount; n++) {
      // Full at another moment each time: 300 KiB to two megabytes.
      const kilobytes = 300 + ((n * 137 + seed * 11) % 1700);
      const command = ["-rm", process.execPath, INSIDE, folder, String(kilobytes)];
      const { stdout, stderr, status } = spawnSync("unshare", command, { encoding: "utf8" });
      if (status !== 0) wrong.push(`${kilobytes} KiB: ended with ${status}: ${stderr.slice(-300)}`);
      wrong.push(
        ...stdout
          .split("\n")
          .slice(0, -1)
          .map((line) => `${kilobytes} KiB: ${line}`),
      );
    }
    return { tried: amount, wrong };
  },
};
