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

/** Returns the tokens of a table's ARN, where `#` stands for a name without slashes. */
function tokenizeType(arn: string): readonly Token[] {
  return tokenize(arn).map((token) => (token === "#" ? ANY_BUT_SLASH : token));
}

// What is filled in is never empty, and an account's id has twelve digits.
function fill(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => {
    if (token === "${AWS::AccountId}") return Array.from({ length: 12 }, () => ONE);
    return token.startsWith("${AWS::") ? [ONE, ANY] : [token];
  });
}

/** Returns whether some resource of the type fits the pattern of a statement. */
export function reachesType(resource: string, typeArn: string): boolean {
  return partsMeet(fill(tokenize(resource)), tokenizeType(typeArn));
}

/** Returns whether some resource fits both patterns. A variable may stand for anything. */
export function resourcesMeet(left: string, right: string): boolean {
  return partsMeet(fill(tokenize(left)), fill(tokenize(right)));
}

/** Returns whether `wide` fits every resource that `narrow` fits. In doubt it does not. */
export function resourceCovers(wide: string, narrow: string): boolean {
  const [left, right] = [tokenize(wide), tokenize(narrow)];
  if (left.every((token) => token === ANY)) return true;
  return byParts(left, right, covers);
}

/** Returns whether the pattern fits the resources of every name that the type's ARN allows, in the pattern's own region and account. */
export function reachesEveryName(resource: string, typeArn: string): boolean {
  const left = fill(tokenize(resource));
  if (left.every((token) => token === ANY)) return true;
  const [wide, narrow] = [splitParts(left), splitParts(tokenizeType(typeArn))];
  if (wide === undefined || narrow === undefined) return meets(left, tokenizeType(typeArn));
  return wide.every((part, index) =>
    index === PARTS - 1
      ? covers(part, narrow[index]?.map((token) => (token === ANY_BUT_SLASH ? ANY : token)) ?? [])
      : meets(part, narrow[index] ?? []),
  );
}

function partsMeet(left: readonly Token[], right: readonly Token[]): boolean {
  return byParts(left, right, meets);
}

// ARNs are compared part by part: a * in one part does not reach into the next.
function byParts(
  left: readonly Token[],
  right: readonly Token[],
  compare: (left: readonly Token[], right: readonly Token[]) => boolean,
): boolean {
  const [leftParts, rightParts] = [splitParts(left), splitParts(right)];
  if (leftParts === undefined || rightParts === undefined) return compare(left, right);
  return leftParts.every((part, index) => compare(part, rightParts[index] ?? []));
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
  let row = emptyRow(right.length + 2);
  row[0] = true;
  for (let i = 0; i <= left.length; i += 1) {
    const next = emptyRow(right.length + 2);
    for (let j = 0; j <= right.length; j += 1) {
      if (row[j] !== true) continue;
      const steps = allowed(left[i], right[j]);
      if (steps.right && j < right.length) row[j + 1] = true;
      if (steps.left && i < left.length) next[j] = true;
      if (steps.both && i < left.length && j < right.length) next[j + 1] = true;
    }
    if (i === left.length) return row[right.length] === true;
    row = next;
  }
  return false;
}

function emptyRow(length: number): boolean[] {
  return Array.from({ length }, () => false);
}
