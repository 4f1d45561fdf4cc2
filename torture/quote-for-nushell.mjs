// Nushell evaluates no text: what `daypass` hands to it is read as data, in the way of shells/aws-as.nu. Not every machine
// has it, so it is a trial of its own.
import { readBackValues } from "./kit/read-back-values.mjs";

const LOAD = `let answer = ^cat statements
let changes = $answer | split row --number 2 "\\n" | get 0 | from json --strict | transpose key value
for change in $changes { load-env { ($change.key): $change.value } }
exec env -0`;
const NU = process.env.DAYPASS_NU ?? "nu";

export const trial = {
  name: "quote-for-nushell",
  claim: "a value that is set through Nushell comes out as it was, and nothing in it runs",
  wouldShow: "as a variable with other bytes than were quoted, a file that a value's command made, or a word on stderr",
  unit: "values",
  amounts: { test: 1_500, short: 10_000, long: 50_000 },
  needs: ["nu"],
  run: (task) => readBackValues([[[NU], ["--no-config-file", "-c", LOAD], "nu"]], task),
};
