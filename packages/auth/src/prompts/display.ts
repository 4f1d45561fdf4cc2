// Texts come from AWS, from files and from other people, and are shown on a terminal that obeys what it reads.

// Control characters of both sets, ESC, CR and line breaks among them; formats (bidirectional overrides and isolates,
// zero-width marks, tags); separators of lines and paragraphs; halves of a pair; what no font has; and letters that
// are not to be seen at all. Names of the properties: Unicode Standard Annex #44.
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Returns the text as one line that a terminal can only show: whatever would move the cursor, change colours or the
 * title, write to the clipboard, turn the reading direction or hide is written out as `\u{…}`. Never throws.
 */
export function display(text: string): string {
  return text.replaceAll(HARMFUL, writeOut);
}

function writeOut(character: string): string {
  if (character === "\n") return String.raw`\n`;
  if (character === "\r") return String.raw`\r`;
  if (character === "\t") return String.raw`\t`;
  return String.raw`\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

// Two columns each, by Unicode Standard Annex #11, as far as terminals agree on it.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Returns how many columns of a terminal a displayed text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** Returns the beginning of a displayed text that fits, with `…` where something was left out. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Returns a displayed text as lines that fit, cut where they are full. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines = [""];
  for (const character of text) {
    const line = lines.at(-1) ?? "";
    if (columnsOf(line + character) > columns) lines.push(character);
    else lines[lines.length - 1] = line + character;
  }
  return lines;
}

/** Returns the end of a displayed text that fits: what somebody who types wants to see. */
export function fitEnd(text: string, columns: number): string {
  const characters = [...text];
  while (columnsOf(characters.join("")) > columns) characters.shift();
  return characters.join("");
}
