// What the terminal sends, as keys: letters by letters, the few keys that mean something, and nothing of the rest.

export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "enter" | "backspace" | "clear" | "word" | "up" | "down" | "cancel" | "end" | "suspend" };

const CONTROLS: ReadonlyMap<string, Exclude<Key["type"], "text">> = new Map([
  ["\r", "enter"],
  ["\n", "enter"],
  ["\b", "backspace"],
  ["\x7f", "backspace"],
  ["\x15", "clear"],
  ["\x17", "word"],
  ["\x10", "up"],
  ["\x0e", "down"],
  ["\x03", "cancel"],
  ["\x04", "end"],
  ["\x1a", "suspend"],
]);

const PASTE_BEGINS = "[200~";
const PASTE_ENDS = "[201~";
/** A sequence is over after so many characters, whatever it was: a terminal's longest keys have fewer than 20. */
const LONGEST_SEQUENCE = 64;

/**
 * Returns a function that takes the bytes as they come, cut anywhere, and returns the keys in them. Escape sequences,
 * other control characters and the marks around pasted text vanish; a line break inside pasted text is no Enter.
 */
export function createKeyDecoder(): (bytes: Uint8Array) => readonly Key[] {
  const decoder = new TextDecoder("utf-8");
  let sequence: string | undefined;
  let isPasted = false;

  const take = (character: string): Key | undefined => {
    if (sequence !== undefined) {
      sequence += character;
      if (!isWhole(sequence)) return undefined;
      const whole = sequence;
      sequence = undefined;
      if (whole === PASTE_BEGINS) isPasted = true;
      if (whole === PASTE_ENDS) isPasted = false;
      if (isPasted) return undefined;
      if (whole === "[A" || whole === "OA") return { type: "up" };
      if (whole === "[B" || whole === "OB") return { type: "down" };
      return undefined;
    }
    if (character === "\x1b") {
      sequence = "";
      return undefined;
    }
    const type = CONTROLS.get(character);
    // Ctrl-C is always heard, also inside a paste that never ends.
    if (type !== undefined) return isPasted && type !== "cancel" ? undefined : { type };
    return /[\p{Cc}\p{Cs}\ufeff]/u.test(character) ? undefined : { type: "text", text: character };
  };

  return (bytes) => {
    const keys: Key[] = [];
    for (const character of decoder.decode(bytes, { stream: true })) {
      const key = take(character);
      if (key !== undefined) keys.push(key);
    }
    return keys;
  };
}

/**
 * Whether what followed ESC is a whole sequence: ECMA-48 control sequences end with a letter or one of `@[\]^_`{|}~`,
 * those of old function keys (`O`) after one more, and strings (`]`, `P`, `_`, `^`, `X`) with BEL or ST.
 */
function isWhole(sequence: string): boolean {
  if (sequence.length >= LONGEST_SEQUENCE) return true;
  const last = sequence.at(-1) ?? "";
  const [first = ""] = sequence;
  if (first === "[") return sequence.length > 1 && last >= "@" && last <= "~";
  if (first === "O") return sequence.length === 2;
  if ("]P_^X".includes(first)) return last === "\x07" || last === "\x9c" || sequence.endsWith("\x1b\\");
  return true;
}
