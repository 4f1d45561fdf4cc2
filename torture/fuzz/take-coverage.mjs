// What of the built packages ran since the last look, from V8 itself: no instrumented copy of the code, so that what is
// fuzzed is what ships. To be imported before the code that is watched. A look takes 1 to 10 ms, by how much code there
// is; the counting in between costs nothing that could be measured.
import { Session } from "node:inspector";

const OURS = /\/packages\/[a-z-]+\/dist\/.*\.js$/;

const session = new Session();
session.connect();
// Here and not when it is first asked for: V8 counts the blocks of those functions only that it compiles from now on.
post("Profiler.enable");
post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Returns the result at once: a session of this very thread calls back before `post` returns. */
function post(method, parameters) {
  const answers = [];
  session.post(method, parameters, (error, result) => {
    if (error) throw error;
    answers.push(result);
  });
  return answers[0];
}

/** Returns a record of what was reached. The counting itself is one for the whole process and goes on. */
export function recordCoverage() {
  post("Profiler.takePreciseCoverage");
  const functions = new Map();
  let reached = 0;
  return {
    /** Says whether code ran that had not run before. With `remember: false` the same code counts as new at the next look too. */
    look({ remember }) {
      let found = false;
      for (const script of post("Profiler.takePreciseCoverage").result) {
        if (!OURS.test(script.url)) continue;
        for (const { ranges } of script.functions) {
          if (ranges[0].count === 0) continue;
          const { key, ran } = painted(script.scriptId, ranges);
          const known = functions.get(key) ?? new Uint8Array(ran.length);
          for (let at = 0; at < ran.length; at += 1) {
            if (ran[at] === 0 || known[at] === 1) continue;
            found = true;
            if (!remember) return true;
            known[at] = 1;
            reached += 1;
          }
          functions.set(key, known);
        }
      }
      return found;
    },
    /** Characters of compiled code that ran at least once. */
    reached: () => reached,
  };
}

/** V8 leaves out a block that ran as often as the one around it, so ranges are laid over one another: outer ones first. */
function painted(scriptId, ranges) {
  const { startOffset, endOffset } = ranges[0];
  const ran = new Uint8Array(endOffset - startOffset);
  for (const range of ranges) {
    ran.fill(range.count > 0 ? 1 : 0, range.startOffset - startOffset, range.endOffset - startOffset);
  }
  return { key: `${scriptId}:${startOffset}:${endOffset}`, ran };
}
