// Every point at which the scenes of the stores can be broken, and as many of them as are wanted.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "./random.mjs";
import { prepareScenes } from "./store-scenes.mjs";
import { countCalls } from "./strace.mjs";

const AT_ONCE = 4;

/** Returns `{ points, total }`: `amount` of all points, each with its scene; every one of them where there are fewer. */
export async function choosePoints({ folder, amount, seed, label }) {
  const all = [];
  for (const scene of prepareScenes(folder)) {
    const path = join(folder, "counted.db");
    scene.begin(path);
    const end = (file) => scene.paths(file).forEach((each) => rmSync(each, { force: true }));
    for (const point of await countCalls(scene.command(path), scene.paths(path), join(folder, "calls"))) {
      all.push({ scene: { ...scene, end }, point });
    }
    end(path);
  }
  const random = createRandom(seed, label);
  const shuffled = all.map((each) => [random.int(2 ** 40), each]).sort(([left], [right]) => left - right);
  return { points: shuffled.slice(0, amount).map(([, each]) => each), total: all.length };
}

/** Does `work(item, index)` for every item, four at a time. */
export async function inParallel(items, work) {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) await work(items[index], index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
