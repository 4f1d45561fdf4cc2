// fast-check as part of a trial: seeded, shrinking, and its findings in the form of the guided loop's.
import { ok } from "node:assert/strict";
import * as fc from "fast-check";

/**
 * Checks properties, `[arbitrary, check]` each, with `amount` values together. A check throws what is wrong.
 * Returns `{ tried, wrong, figures }` and `and`, which adds the result of another run.
 */
export function checkProperties({ seed, amount, properties }) {
  const each = Math.ceil(amount / properties.length);
  const wrong = [];
  let tried = 0;
  for (const [arbitrary, check] of properties) {
    const { failed, numRuns, counterexample, errorInstance } = fc.check(
      fc.property(arbitrary, (value) => {
        check(value);
      }),
      { seed, numRuns: each },
    );
    tried += numRuns;
    if (!failed) continue;
    const shown = (JSON.stringify(counterexample?.[0]) ?? "").slice(0, 600);
    wrong.push(`${errorInstance?.name}: ${String(errorInstance?.message).slice(0, 600)}: ${shown} (seed ${seed})`);
  }
  return {
    tried,
    wrong,
    and: (other) => ({ tried: tried + other.tried, wrong: [...wrong, ...other.wrong], figures: other.figures }),
  };
}

const NAMES = Object.getOwnPropertyNames(Object.prototype).length;

/** Throws when something was added to the prototype of all objects. */
export function requireClean() {
  ok(Object.getOwnPropertyNames(Object.prototype).length === NAMES, "the prototype of all objects was changed");
}
