// Whether a new passphrase will do, and how long it may hold. A file under a passphrase can be copied and guessed at
// without anybody noticing, so that nothing but the passphrase protects it.

/** What is to be said of a new passphrase. */
export interface PassphraseJudgement {
  /** Why it will not do, for the person. */
  readonly problem: string | undefined;
  /** Half of all guesses, if it was picked at random from what it is made of. */
  readonly randomBits: number;
  /** The same if a person thought it up. */
  readonly chosenBits: number;
}

const SHORTEST = 12;
const LEAST_DIFFERENT = 5;
/** What is left of it without runs, repetitions and what everybody tries first. */
const LEAST_LEFT = 8;
const RANDOM_WORD_BITS = 11;
const LEAST_WORDS = 4;

/** Tried first by everybody who guesses. */
const COMMON =
  /pass(?:word|phrase|wort|code)?|letmein|welcome|iloveyou|admin(?:istrator)?|secret|monkey|dragon|master|football|baseball|sunshine|princess|superman|whatever|trustno1|changeme|default|login|root|amazon|aws|daypass|correct ?horse ?battery ?staple|qwert[yz]\w*|asdf\w*|zxcv\w*|1q2w3e\w*|abc123|summer|winter|spring|autumn|(?:19|20)\d\d/g;
const LOOKALIKES: Readonly<Record<string, string>> = { "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t" };
const SIGNS: Readonly<Record<string, string>> = { "@": "a", $: "s", "!": "i" };

/**
 * Returns what is to be said of a passphrase. A problem: fewer than 12 characters, or too little left without runs,
 * repetitions and common words. No rule asks for digits or signs: they make people predictable (NIST SP 800-63B, 5.1.1).
 */
export function judgePassphrase(passphrase: string): PassphraseJudgement {
  const characters = [...passphrase];
  const left = Math.min(leftOf(passphrase), leftOf(withoutLookalikes(passphrase)));
  const words = passphrase.split(/[\s_.,-]+/u).filter((word) => /^\p{L}{3,}$/u.test(word));
  const different = new Set(words.map((word) => word.toLowerCase())).size;
  return {
    problem: problemOf(characters, left),
    randomBits: different >= LEAST_WORDS ? different * RANDOM_WORD_BITS - 1 : Math.log2(poolOf(passphrase)) * left - 1,
    chosenBits: chosenBits(left) - 1,
  };
}

/** Guesses a second at a file of work factor 17: some 4,000 cores, each of which tries 2 or 3. */
const GUESSES_PER_SECOND = 10_000;

/** Returns in one sentence how long a passphrase holds out, in both cases. */
export function describeTimeToGuess({ randomBits, chosenBits }: PassphraseJudgement): string {
  const [random, chosen] = [randomBits, chosenBits].map((bits) => inWords(2 ** bits / GUESSES_PER_SECOND));
  return `at 10,000 guesses a second it takes ${random} to find if a machine picked it at random, and perhaps ${chosen} if a person thought it up`;
}

function problemOf(characters: readonly string[], left: number): string | undefined {
  if (characters.length < SHORTEST) return `it has fewer than ${SHORTEST} characters: take four or five random words`;
  if (new Set(characters).size < LEAST_DIFFERENT) return `it has fewer than ${LEAST_DIFFERENT} different characters`;
  if (left < LEAST_LEFT)
    return "it is made of what is tried first (runs, repetitions, common words): take four or five random words";
  return undefined;
}

/** How many characters are not a run (`abcd`, `9876`, `aaaa`), a repetition, or a part of a common word. */
function leftOf(passphrase: string): number {
  const once = passphrase.toLowerCase().replace(/^(.+?)\1+$/su, "$1");
  const text = [...once.replaceAll(COMMON, "\u0000")];
  let left = 0;
  for (const [index, character] of text.entries()) {
    const step = stepTo(text, index);
    const isRun = step !== undefined && Math.abs(step) <= 1 && step === stepTo(text, index - 1);
    if (!isRun && character !== "\u0000") left++;
  }
  return left;
}

function stepTo(text: readonly string[], index: number): number | undefined {
  const [before, here] = [text[index - 1]?.codePointAt(0), text[index]?.codePointAt(0)];
  return before === undefined || here === undefined ? undefined : here - before;
}

function withoutLookalikes(passphrase: string): string {
  return [...passphrase].map((character) => LOOKALIKES[character] ?? SIGNS[character] ?? character).join("");
}

function poolOf(passphrase: string): number {
  const pools: readonly (readonly [RegExp, number])[] = [
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/\p{N}/u, 10],
    [/[^\p{L}\p{N}]/u, 32],
  ];
  return Math.max(
    2,
    pools.reduce((sum, [of, size]) => sum + (of.test(passphrase) ? size : 0), 0),
  );
}

/** NIST SP 800-63-1, appendix A, for passwords that people choose: 4 bits, 2 each for 7, 1.5 each for 12, then 1 each. */
function chosenBits(length: number): number {
  const between = (from: number, to: number) => Math.max(0, Math.min(length, to) - from);
  return 4 * between(0, 1) + 2 * between(1, 8) + 1.5 * between(8, 20) + between(20, Infinity);
}

function inWords(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["second", 60],
    ["minute", 60],
    ["hour", 24],
    ["day", 365],
    ["year", 1000],
  ];
  let amount = seconds;
  for (const [unit, next] of units) {
    if (amount < next) return `${Math.max(1, Math.floor(amount))} ${unit}${Math.floor(amount) > 1 ? "s" : ""}`;
    amount /= next;
  }
  return "thousands of years";
}
