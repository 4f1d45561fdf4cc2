// Numbers that look random and are the same for the same seed.
import { createHash } from "node:crypto";

/**
 * Returns a source of numbers: SHA-256 in counter mode, so that no short cycle hides a failure.
 * `int(n)`: 0 to n-1; `pick(list)`; `bytes(n)`; `chance(p)`.
 */
export function createRandom(seed, label = "") {
  let block = Buffer.alloc(0);
  let counter = 0;
  const bytes = (length) => {
    while (block.length < length) {
      const next = createHash("sha256").update(`${seed} ${label} ${counter++}`).digest();
      block = Buffer.concat([block, next]);
    }
    const taken = block.subarray(0, length);
    block = block.subarray(length);
    return taken;
  };
  const int = (below) => bytes(6).readUIntBE(0, 6) % below;
  return {
    bytes,
    int,
    pick: (list) => list[int(list.length)],
    chance: (probability) => int(1_000_000) < probability * 1_000_000,
  };
}
