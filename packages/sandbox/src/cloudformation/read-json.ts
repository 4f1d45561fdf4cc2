// JSON with what JSON.parse lacks: where it broke, doubled members, and a bound on nesting.
import { templateFormatError } from "./refusals.js";
import { MAX_DEPTH } from "./template-limits.js";
import type { RawValue } from "./template-types.js";

interface Reading {
  readonly text: string;
  position: number;
}

const WHITE = /[ \t\r\n]*/y;
const LITERAL = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Returns the value. Throws `ValidationError` "JSON not well-formed" with line and column. */
export function readJson(text: string): RawValue {
  const reading: Reading = { text, position: 0 };
  const value = readValue(reading, 0);
  take(reading, WHITE);
  if (reading.position < text.length) throw notWellFormed(reading);
  return value;
}

function readValue(reading: Reading, depth: number): RawValue {
  if (depth > MAX_DEPTH) throw notWellFormed(reading);
  take(reading, WHITE);
  const character = reading.text[reading.position];
  if (character === "{") return readObject(reading, depth);
  if (character === "[") return readArray(reading, depth);
  if (character === '"') return readString(reading);
  const literal = take(reading, LITERAL);
  if (literal !== undefined) return literal === "null" ? null : literal === "true";
  const start = reading.position;
  const number = take(reading, NUMBER);
  if (number === undefined) throw notWellFormed(reading);
  const value = Number(number);
  // 1e3 and 1.50 mean another text than they show; CloudFormation hands numbers on as they were written.
  return String(value) === number ? value : reading.text.slice(start, reading.position);
}

function readObject(reading: Reading, depth: number): RawValue {
  const members = new Map<string, RawValue>();
  reading.position += 1;
  take(reading, WHITE);
  if (accept(reading, "}")) return {};
  do {
    take(reading, WHITE);
    const start = reading.position;
    const key = readString(reading);
    if (members.has(key)) throw notWellFormed({ ...reading, position: start });
    take(reading, WHITE);
    if (!accept(reading, ":")) throw notWellFormed(reading);
    members.set(key, readValue(reading, depth + 1));
    take(reading, WHITE);
  } while (accept(reading, ","));
  if (!accept(reading, "}")) throw notWellFormed(reading);
  return Object.fromEntries(members);
}

function readArray(reading: Reading, depth: number): RawValue {
  const items: RawValue[] = [];
  reading.position += 1;
  take(reading, WHITE);
  if (accept(reading, "]")) return items;
  do {
    items.push(readValue(reading, depth + 1));
    take(reading, WHITE);
  } while (accept(reading, ","));
  if (!accept(reading, "]")) throw notWellFormed(reading);
  return items;
}

function readString(reading: Reading): string {
  const token = take(reading, STRING);
  if (token === undefined) throw notWellFormed(reading);
  return String(JSON.parse(token));
}

function accept(reading: Reading, character: string): boolean {
  if (reading.text[reading.position] !== character) return false;
  reading.position += 1;
  return true;
}

function take(reading: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = reading.position;
  const found = pattern.exec(reading.text)?.[0];
  if (found !== undefined) reading.position += found.length;
  return found;
}

function notWellFormed({ text, position }: Reading): Error {
  const before = text.slice(0, position).split("\n");
  return templateFormatError(
    `JSON not well-formed. (line ${before.length}, column ${(before.at(-1) ?? "").length + 1})`,
  );
}
