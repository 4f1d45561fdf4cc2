// Tells the demo's story: each line is an expectation, printed after the real call that it rests on.
import { styleText } from "node:util";

/** Longest line. */
const COLUMNS = 100;

/** Breaks a text between words; the following lines are indented by `indent`. */
function wrap(text, indent) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== "" && last.length + 1 + word.length > COLUMNS - indent) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

/**
 * @param {object} options
 * @param {(text: string) => void} options.write where the story goes
 * @param {boolean} options.colour
 * @param {() => readonly import("@daypass/sandbox/testing").CallRecord[]} options.newCalls calls that the sandbox answered since last asked
 * @param {boolean} options.verbose show these calls under each line
 */
export function createStory({ write, colour, newCalls, verbose }) {
  const paint = (style, text) => (colour ? styleText(style, text) : text);
  let held = 0;
  const broken = [];

  function showCalls() {
    const calls = newCalls();
    if (!verbose) return;
    for (const call of calls) {
      const verdict = call.errorCode === undefined ? "ok" : call.errorCode;
      const who = call.principalArn ?? "anonymous";
      const what = call.resource === undefined ? "" : ` on ${call.resource}`;
      write(
        paint(
          "gray",
          `        ${call.service}:${call.action ?? "?"}${what}\n          by ${who} → ${call.status} ${verdict}\n`,
        ),
      );
    }
  }

  function line(ok, text, detail = "") {
    const mark = ok ? paint("green", "✓") : paint("red", "✗ NOT AS EXPECTED:");
    write(`  ${mark} ${wrap(text, 4)}`);
    // What does not fit beside it gets lines of its own.
    const fits = text.length + detail.length + 6 <= COLUMNS;
    write(detail === "" ? "\n" : paint("gray", `${fits ? "  " : "\n      "}${wrap(detail, 6)}\n`));
    if (ok) held += 1;
    else broken.push(text);
    showCalls();
  }

  return {
    /** A heading and, under it, why this part matters. */
    act(title, why) {
      write(`\n${paint("bold", title)}\n`);
      write(paint("gray", `  ${wrap(why.join(" "), 2)}\n`));
    },
    /** Runs `call`; the line holds when it resolves and `holds(value)` is true. Returns the value. */
    async expect(text, call, { holds = () => true, detail = () => "" } = {}) {
      let value;
      try {
        value = await call();
      } catch (error) {
        line(false, text, describe(error));
        return undefined;
      }
      const ok = holds(value);
      line(ok, text, ok ? detail(value) : `got ${JSON.stringify(value)?.slice(0, 400)}`);
      return value;
    },
    /** Runs `call`; the line holds only when it is refused with the error name or code that is named. */
    async refused(text, call, code) {
      try {
        await call();
      } catch (error) {
        const actual = codeOf(error);
        line(actual === code, text, actual === code ? `refused: ${actual}` : `refused, but with ${describe(error)}`);
        return;
      }
      line(false, text, "it was allowed");
    },
    /** Says how it went; returns what held and what did not. */
    end() {
      const total = held + broken.length;
      write(`\n${total} expectations, ${held} held, ${broken.length} did not.\n`);
      return { held, broken };
    },
  };
}

/** Our own errors carry a closed `code`; the SDK's carry AWS's code as their name. */
function codeOf(error) {
  return error?.code !== undefined && typeof error.code === "string" && error.$metadata === undefined
    ? error.code
    : (error?.name ?? String(error));
}

function describe(error) {
  return `${codeOf(error)}: ${error?.message ?? String(error)}`;
}
