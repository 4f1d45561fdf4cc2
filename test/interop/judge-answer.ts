// Says how a client's answer differs from what the table expects. Pure.
import type { Case } from "./read-table.js";

/** What a client heard from AWS. */
export type Answer =
  | { readonly allowed: true; readonly answer: unknown }
  | { readonly allowed: false; readonly code: string; readonly status: number; readonly message: string };

/** Returns one line per difference; none when the client met what the table says. */
export function judgeAnswer({ allowed, refused }: Case, answer: Answer | undefined): string[] {
  if (answer === undefined) return ["the client gave no answer"];
  if (allowed !== undefined) {
    if (!answer.allowed) return [`refused with ${answer.status} ${answer.code}: ${answer.message}`];
    return Object.entries(allowed).flatMap(([path, wanted]) => {
      const got = valueAt(answer.answer, path);
      return got === wanted ? [] : [`${path} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
    });
  }
  if (refused === undefined) return ["the case expects nothing"];
  if (answer.allowed) return [`allowed, although AWS refuses with ${refused.status} ${refused.code ?? ""}`];
  const differences: string[] = [];
  if (answer.status !== refused.status) differences.push(`the status is ${answer.status}, not ${refused.status}`);
  if (refused.code !== undefined && answer.code !== refused.code) {
    differences.push(`the code is ${answer.code}, not ${refused.code}`);
  }
  if (!answer.message.startsWith(refused.message ?? "")) differences.push(`the text is "${answer.message}"`);
  return differences;
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return (inner as Readonly<Record<string, unknown>>)[key];
  }, value);
}
