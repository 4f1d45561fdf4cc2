// Where the statements of a policy stand in its text. AWS does not document how it counts; the examples of the AWS CLI's
// reference ("simulate-principal-policy") fit lines and columns from 1, from the end of what comes before a statement to
// behind its closing brace.

/** Counted from 1. */
export interface Position {
  readonly Line: number;
  readonly Column: number;
}

export interface Location {
  readonly start: Position;
  readonly end: Position;
}

/** Strings, structure, and everything else that JSON has. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** Returns the places of the statements in order. The text is JSON: it was parsed as a policy before. */
export function locateStatements(text: string): readonly Location[] {
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({ token, end: index + token.length }));
  const locations: Location[] = [];
  let depth = 0;
  /** How deep the braces of the statements are; `undefined` outside of them. */
  let statementDepth: number | undefined;
  let startsAt = 0;
  for (const [index, { token, end }] of tokens.entries()) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (statementDepth === undefined && isStatementValue(tokens, index, depth)) {
        statementDepth = token === "[" ? depth + 1 : depth;
        startsAt = token === "[" ? end : (tokens[index - 1]?.end ?? 0);
      }
    } else if (token === "}" || token === "]") {
      if (token === "}" && depth === statementDepth) {
        locations.push({ start: positionAt(text, startsAt), end: positionAt(text, end) });
        startsAt = end;
      }
      depth -= 1;
      // Behind the only statement, or behind the list of them.
      if (depth === 1) statementDepth = undefined;
    }
  }
  return locations;
}

/** Whether the token at `index` opens the value of the document's own Statement member. */
function isStatementValue(tokens: readonly { readonly token: string }[], index: number, depth: number): boolean {
  const name = tokens[index - 2]?.token ?? "";
  return depth === 2 && tokens[index - 1]?.token === ":" && name.startsWith('"') && JSON.parse(name) === "Statement";
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { Line: before.length, Column: (before.at(-1)?.length ?? 0) + 1 };
}
