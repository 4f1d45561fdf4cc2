// Every system call with which a store touches its files fails once, with every errno that a disk may give.
import { join } from "node:path";
import { choosePoints, inParallel } from "./kit/points.mjs";
import { acknowledged, checkStore } from "./kit/store-checker.mjs";
import { runWithFault } from "./kit/strace.mjs";

const ERRNOS = ["ENOSPC", "EIO", "EDQUOT", "EINTR", "EROFS", "EACCES"];

export const trial = {
  name: "fail-syscalls",
  claim:
    "a system call that fails is an error in our words or is survived; nothing acknowledged is lost, nothing half is kept",
  wouldShow:
    "a crash, a write acknowledged and gone, a file that does not open afterwards, an audit that does not verify",
  unit: "failures",
  amounts: { test: 8, short: 80, long: 6_000 },
  needs: ["strace"],

  async run({ amount, seed, folder }) {
    const { points, total } = await choosePoints({ folder, amount: Infinity, seed, label: "fail-syscalls" });
    const all = ERRNOS.flatMap((errno, shift) =>
      points.map((_, n) => ({ ...points[(n * 7 + shift) % points.length], errno })),
    );
    const chosen =
      amount >= all.length
        ? all
        : all.filter((_, n) => n % Math.ceil(all.length / amount) === seed % Math.ceil(all.length / amount));
    const isSync = ([call]) => call === "fsync" || call === "fdatasync";
    // What a store does after a failed sync matters most: a few of these are always among them.
    const syncs = all.filter(({ scene, point, errno }) => scene.before.size > 0 && isSync(point) && errno === "EIO");
    chosen.unshift(...syncs.slice(0, 6).filter((each) => !chosen.includes(each)));
    const wrong = [];
    let refused = 0;
    await inParallel(chosen, async ({ scene, point, errno }, n) => {
      const path = join(folder, `point-${n}.db`);
      scene.begin(path);
      const { code, output } = await runWithFault(scene.command(path), scene.paths(path), point, `error=${errno}`);
      const where = `${scene.name}, ${errno} at ${point.join(" ")}`;
      if (output.includes("error store_unavailable")) refused += 1;
      else if (code !== 0 || !output.endsWith("closed\n"))
        wrong.push(`${where}: ended with ${code}: ${output.slice(-200)}`);
      if (isSync(point) && output.includes("error ") && output.includes("-later "))
        wrong.push(`${where}: acknowledged after a failed sync`);
      const acks = new Map([...scene.before, ...acknowledged(output)]);
      wrong.push(
        ...(await checkStore({ path, acks, inFlight: 2, keyIds: scene.keyIds })).map((line) => `${where}: ${line}`),
      );
      scene.end(path);
    });
    return { tried: chosen.length, wrong, figures: { refused, "points in all": total * ERRNOS.length } };
  },
};
