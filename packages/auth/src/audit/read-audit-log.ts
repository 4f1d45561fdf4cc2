// Reads the record back, and says what is wrong with it.
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { AuthError } from "../errors.js";
import { systemCode, unusableBySystem, unusableFile } from "../files/file-errors.js";
import type { AuthEvent } from "../types.js";
import { CHAIN_START, hashLine, MAX_LINE_BYTES, readEntry } from "./audit-entry.js";

/** What is wrong at a line, counted from 1. */
export interface AuditFinding {
  readonly line: number;
  readonly problem: string;
}

export interface AuditReport {
  /** How many lines there are, those with findings included. */
  readonly lines: number;
  /** The hash of the last line. Kept elsewhere, it shows later whether the end was cut off. */
  readonly head: string;
  /** Empty where nothing is wrong; the first hundred. */
  readonly findings: readonly AuditFinding[];
}

const MOST_FINDINGS = 100;

/**
 * Returns the events of the record in their order: those since a moment, and of these the last `limit`. A file that is not
 * there has none; an interrupted last line is none. Throws `AuthError` `file_malformed` with the line, or `file_unusable`.
 */
export async function readAuditLog(
  file: string,
  { since, limit }: { readonly since?: Date; readonly limit?: number } = {},
): Promise<readonly AuthEvent[]> {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new AuthError("invalid_option", "`limit` is not a whole number from 1", { hint: "leave it out for all" });
  }
  if (!(await isThere(file))) return [];
  const events: AuthEvent[] = [];
  for await (const { text, number, isWhole } of linesOf(file)) {
    if (!isWhole) continue;
    const entry = readEntry(text);
    if (entry === undefined) {
      throw new AuthError("file_malformed", `${JSON.stringify(file)}, line ${number}: it is not one of this record`, {
        hint: "check the record; it was damaged or changed",
      });
    }
    if (entry.event.type === "audit.torn" || (since !== undefined && entry.event.time < since)) continue;
    events.push(entry.event);
    if (limit !== undefined && events.length > limit) events.shift();
  }
  return events;
}

/** Checks every line's form, number and place in the chain. Throws `AuthError` `file_missing` or `file_unusable`. */
export async function verifyAuditLog(file: string): Promise<AuditReport> {
  if (!(await isThere(file))) {
    throw new AuthError("file_missing", `${JSON.stringify(file)} is not there`, { hint: "name the record" });
  }
  const findings: AuditFinding[] = [];
  let lines = 0;
  let head = CHAIN_START;
  const say = (problem: string) => {
    if (findings.length < MOST_FINDINGS) findings.push({ line: lines, problem });
  };
  for await (const { text, isWhole, number } of linesOf(file)) {
    lines = number;
    const entry = isWhole ? readEntry(text) : undefined;
    if (!isWhole) {
      say("the last line was not written to its end");
      continue;
    }
    if (entry === undefined) say("it is not a line of this record");
    else {
      if (entry.previous !== head) say("it does not follow the line before: that was changed, or lines are missing");
      if (entry.sequence !== number) say(`it says that it is number ${entry.sequence}`);
    }
    head = hashLine(text);
  }
  return { lines, head, findings };
}

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** False: the file ends in the middle of it, or it is longer than any of ours. */
  readonly isWhole: boolean;
}

async function isThere(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isFile()) return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw unusableBySystem(path, error);
  }
  throw unusableFile(path, "it is not a regular file", "name the record itself");
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8" }) as AsyncIterable<string>) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const text of parts) yield { text, number: ++number, isWhole: true };
      if (rest.length > MAX_LINE_BYTES)
        throw unusableFile(path, `line ${number + 1} has no end`, "see what the file is");
    }
  } catch (error) {
    throw unusableBySystem(path, error);
  }
  if (rest !== "") yield { text: rest, number: ++number, isWhole: false };
}
