// What `daypass` hands to a shell is evaluated by it. Here the real shells read hostile values back.
import { readBackValues } from "./kit/read-back-values.mjs";

const EVAL_SH = 'eval "$(cat statements)"; exec env -0';
/** Commands, how each evaluates a file, and whose language it reads. */
const SHELLS = [
  [["bash"], ["--norc", "-c", EVAL_SH], "bash"],
  [["bash", "--posix"], ["--posix", "-c", EVAL_SH], "bash"],
  [["zsh"], ["-f", "-c", EVAL_SH], "zsh"],
  // The option that changes single quotes, and those that change what words mean.
  [["zsh"], ["-f", "-o", "rcquotes", "-o", "extendedglob", "-o", "shwordsplit", "-c", EVAL_SH], "zsh"],
  [["dash"], ["-c", EVAL_SH], "dash"],
  [["ksh"], ["-c", EVAL_SH], "ksh"],
  [["fish"], ["--no-config", "-c", "cat statements | source; exec env -0"], "fish"],
  [["tcsh"], ["-f", "-c", "source statements; exec env -0"], "tcsh"],
  [["tcsh"], ["-f", "-c", "set histchars=',^' backslash_quote; source statements; exec env -0"], "tcsh"],
];

export const trial = {
  name: "quote-for-shells",
  claim:
    "a value that is set through bash, bash --posix, zsh, dash, ksh, fish and tcsh comes out as it was, and nothing in it runs",
  wouldShow: "as a variable with other bytes than were quoted, a file that a value's command made, or a word on stderr",
  unit: "values",
  amounts: { test: 1_500, short: 10_000, long: 50_000 },
  needs: ["bash", "zsh", "dash", "ksh", "fish", "tcsh"],
  run: (task) => readBackValues(SHELLS, task),
};
