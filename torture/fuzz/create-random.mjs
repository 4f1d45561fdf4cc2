// Randomness that a seed repeats: xoshiro128**, seeded through splitmix32 (https://prng.di.unimi.it). Its cycle of
// 2^128 - 1 outlasts every run.

/** Returns a source of random numbers for the seed, a whole number: the same seed gives the same numbers. */
export function createRandom(seed) {
  let mixed = seed >>> 0;
  const state = Uint32Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  });
  const next = () => {
    const five = Math.imul(state[1], 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return result;
  };
  const below = (limit) => (limit <= 1 ? 0 : next() % limit);
  return {
    /** A whole number from 0 up to and without `limit`. */
    below,
    pick: (list) => list[below(list.length)],
    /** True once in `times`. */
    oneIn: (times) => below(times) === 0,
    /** As many characters of codes 0 to 255: a tape for `createTape`. */
    tape: (length) => Array.from({ length }, () => String.fromCharCode(next() >>> 24)).join(""),
    bytes: (length) => Buffer.from(Uint8Array.from({ length }, () => next() >>> 24)),
  };
}
