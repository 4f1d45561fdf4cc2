// Patterns against patterns: whether two ARNs with wildcards have a resource in common, and whether one holds everything
// that the other holds. Sources: IAM User Guide, "IAM JSON policy elements: Resource" and "Variables and tags".

/** One character, a variable such as `${aws:username}`, or one of the wildcards. */
type Token = string;

// Longer than a character, so that none is taken for one.
const ANY = "any characters";
const ANY_BUT_SLASH = "any characters but a slash";
const ONE = "any character";
const WILDCARDS: Readonly<Record<string, Token>> = { "*": ANY, "?": ONE };

const PARTS = 6;

/** Returns the pattern's tokens. `${*}`, `${?}` and `${$}` are the characters themselves. */
export function tokenize(pattern: string): readonly Token[] {
  return partsOf(pattern).map((part) => WILDCARDS[part] ?? unescape(part));
}

/** Returns the tokens of a text in which `*` and `?` are characters like others, and variables are variables. */
export function tokenizeText(text: string): readonly Token[] {
  return partsOf(text).map(unescape);
}

function partsOf(text: string): readonly string[] {
  return text.match(/\$\{[^}]*\}|[^]/gu) ?? [];
}

function unescape(part: string): Token {
  return part.startsWith("${") && part.length === 4 ? part.charAt(2) : part;
}

/** A pattern of ARNs, read once to be compared often. */
export interface ArnPattern {
  /** As written. */
  readonly text: string;
  /** Whether it fits whatever there is. */
  readonly isEverything: boolean;
  readonly whole: readonly Token[];
  /** The six parts of an ARN; `undefined`: it has fewer. */
  readonly parts: readonly (readonly Token[])[] | undefined;
}

/** Returns the pattern of a statement, for `covers`: what will be filled in is like nothing but itself. */
export function readArn(text: string): ArnPattern {
  return toPattern(text, tokenize(text));
}

/** Returns the pattern of a statement, for `meets`: whatever may be filled in fits. */
export function readFilledArn(text: string): ArnPattern {
  return toPattern(text, tokenize(text).flatMap(fill));
}

/** Returns the pattern of a table's ARN, where `#` stands for a name without slashes. */
export function readTypeArn(text: string): ArnPattern {
  return toPattern(
    text,
    tokenize(text).map((token) => (token === "#" ? ANY_BUT_SLASH : token)),
  );
}

function toPattern(text: string, whole: readonly Token[]): ArnPattern {
  return { text, isEverything: whole.every((token) => token === ANY), whole, parts: splitParts(whole) };
}

// What is filled in is never empty, and an account's id has twelve digits.
function fill(token: Token): readonly Token[] {
  if (token === "${AWS::AccountId}") return TWELVE;
  return token.startsWith("${AWS::") ? [ONE, ANY] : [token];
}

const TWELVE: readonly Token[] = Array.from({ length: 12 }, () => ONE);

/** Returns whether some resource fits both patterns. */
export function arnsMeet(left: ArnPattern, right: ArnPattern): boolean {
  return byParts(left, right, meets);
}

/** Returns whether `wide` fits every resource that `narrow` fits. In doubt it does not. */
export function arnCovers(wide: ArnPattern, narrow: ArnPattern): boolean {
  return wide.isEverything || wide.text === narrow.text || byParts(wide, narrow, covers);
}

/** Returns whether the pattern asks for nothing of the name that the type's ARN leaves open. */
export function reachesEveryName(pattern: ArnPattern, type: ArnPattern): boolean {
  if (pattern.isEverything) return true;
  const [wide, narrow] = [pattern.parts?.at(-1), type.parts?.at(-1)];
  if (wide === undefined || narrow === undefined) return arnsMeet(pattern, type);
  return (
    arnsMeet(pattern, type) &&
    covers(
      wide,
      narrow.flatMap((token) => (isAny(token) ? NAMELESS : [token])),
    )
  );
}

/** A name that nobody writes down, long enough for a pattern that asks for some characters. */
const NAMELESS: readonly Token[] = Array.from({ length: 20 }, () => "\uE000");

// ARNs are compared part by part: a * in one part does not reach into the next.
function byParts(
  left: ArnPattern,
  right: ArnPattern,
  compare: (left: readonly Token[], right: readonly Token[]) => boolean,
): boolean {
  const others = right.parts;
  if (left.parts === undefined || others === undefined) return compare(left.whole, right.whole);
  return left.parts.every((part, index) => compare(part, others[index] ?? []));
}

function splitParts(tokens: readonly Token[]): readonly (readonly Token[])[] | undefined {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ":" && parts.length < PARTS) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.length === PARTS ? parts : undefined;
}

/** Whether some text fits both. */
function meets(left: readonly Token[], right: readonly Token[]): boolean {
  return walk(left, right, (a, b) => {
    const [anyA, anyB] = [isAny(a), isAny(b)];
    return {
      both: a !== undefined && b !== undefined && !anyA && !anyB && (a === ONE || b === ONE || a === b),
      // A star takes nothing more, or one more of the other's.
      left: anyA || (b !== undefined && anyB && takes(b, a)),
      right: anyB || (a !== undefined && anyA && takes(a, b)),
    };
  });
}

/** Whether `wide` fits every text that `narrow` fits. */
function covers(wide: readonly Token[], narrow: readonly Token[]): boolean {
  return walk(wide, narrow, (a, b) => ({
    both: a !== undefined && b !== undefined && a !== ANY && (a === b || (a === ONE && b.length === 1)),
    left: a === ANY,
    right: a === ANY && b !== undefined,
  }));
}

/** Both questions about texts that are no ARNs. */
export const comparePatterns = { meets, covers } as const;

function isAny(token: Token | undefined): boolean {
  return token === ANY || token === ANY_BUT_SLASH || (token !== undefined && token.startsWith("${"));
}

function takes(any: Token, other: Token | undefined): boolean {
  return other !== undefined && (any !== ANY_BUT_SLASH || other !== "/");
}

interface Steps {
  readonly both: boolean;
  readonly left: boolean;
  readonly right: boolean;
}

// Whether the end of both can be reached by the steps that are allowed; every place is looked at once.
function walk(
  left: readonly Token[],
  right: readonly Token[],
  allowed: (a: Token | undefined, b: Token | undefined) => Steps,
): boolean {
  let row = new Uint8Array(right.length + 2);
  let next = new Uint8Array(right.length + 2);
  row[0] = 1;
  for (let i = 0; i <= left.length; i += 1) {
    let isAlive = false;
    for (let j = 0; j <= right.length; j += 1) {
      if (row[j] !== 1) continue;
      const steps = allowed(left[i], right[j]);
      if (steps.right && j < right.length) row[j + 1] = 1;
      if (i === left.length) continue;
      if (steps.left) next[j] = 1;
      if (steps.both && j < right.length) next[j + 1] = 1;
      isAlive ||= steps.left || (steps.both && j < right.length);
    }
    if (i === left.length || !isAlive) return i === left.length && row[right.length] === 1;
    [row, next] = [next, row.fill(0)];
  }
  return false;
}
