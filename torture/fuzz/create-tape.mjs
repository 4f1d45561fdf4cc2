// Decisions read from a text: what a random generator would draw, but in a form that the guided loop can keep, mutate
// and shorten. A tape that has run out answers 0, so that every prefix of a tape is a simpler case.

/** Returns a source of decisions with the methods of `createRandom`. */
export function createTape(text) {
  let at = 0;
  const byte = () => (at < text.length ? text.charCodeAt(at++) & 0xff : 0);
  const below = (limit) => {
    if (limit <= 1) return 0;
    return (limit <= 256 ? byte() : byte() * 256 + byte()) % limit;
  };
  return {
    below,
    pick: (list) => list[below(list.length)],
    // 1, so that an empty tape says no.
    oneIn: (times) => below(times) === 1 % times,
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}
