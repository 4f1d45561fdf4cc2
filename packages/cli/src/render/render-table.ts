// Tables and times for people. Whoever wants to compute with them asks for JSON.
import { display } from "@daypass/auth/terminal";

/** Returns lines of aligned columns, without a rule or a frame; the last column is not padded. */
export const renderTable = (rows: readonly (readonly string[])[]): string => {
  const shown = rows.map((row) => row.map((cell) => display(cell)));
  const widths: number[] = [];
  for (const row of shown) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, [...cell].length)));
  const pad = (cell: string, i: number, row: readonly string[]) =>
    i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - [...cell].length);
  return shown.map((row) => `${row.map(pad).join("  ").trimEnd()}\n`).join("");
};

/** Returns a span in words: `6 d 23 h`, `7 h 59 min`, `52 min`, `40 s`, or `expired`. */
export const renderTimeLeft = (milliseconds: number): string => {
  if (milliseconds <= 0) return "expired";
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** What `display` writes out, line ends apart: JSON itself escapes only what is below the space. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const escapeUnits = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");

/** Returns one JSON document, ended by a newline. Read back it is the same; a terminal that shows it obeys nothing in it. */
export const renderJson = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replaceAll(HARMFUL, escapeUnits)}\n`;
