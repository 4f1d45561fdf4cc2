// One key in the spellings that attackers try: a check that reads one spelling and a use that reads another are two programs.
// CVE-less but published: AppSync checked `serviceRoleArn` and used `servicerolearn`.

export interface Spelling {
  readonly words: string;
  readonly key: string;
}

const lookalikes: readonly (readonly [string, string])[] = [
  ["a", "\u0430"],
  ["e", "\u0435"],
  ["o", "\u043E"],
  ["c", "\u0441"],
  ["i", "\u0456"],
  ["k", "\u212A"],
  ["s", "\u017F"],
  ["t", "\uFF54"],
];

/** Returns spellings of a key, each of them another text than the key, and none of them twice. */
export function spellingsOf(key: string): readonly Spelling[] {
  const [from, to] = lookalikes.find(([latin]) => key.toLowerCase().includes(latin)) ?? ["", "\u200B"];
  const folded = from === "" ? key + to : key.replace(new RegExp(from, "i"), to);
  const all: readonly Spelling[] = [
    { words: `\`${key.toLowerCase()}\``, key: key.toLowerCase() },
    { words: `\`${key.toUpperCase()}\``, key: key.toUpperCase() },
    { words: `\`${capitalised(key)}\``, key: capitalised(key) },
    { words: `\`${snake(key)}\``, key: snake(key) },
    { words: `\`${key}\` with a letter of another alphabet`, key: folded },
    { words: `\`${key}\` with a blank behind`, key: `${key} ` },
    { words: `\`${key}\` with an invisible character`, key: `${key}\u200B` },
  ];
  return all.filter((each, at) => each.key !== key && all.findIndex(({ key: other }) => other === each.key) === at);
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Own properties that only JSON can make, and names that every object inherits (CWE-1321, prototype pollution). */
export const inheritedNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
] as const;

/** Returns an object with an own property of any name, as `JSON.parse` would make it. */
export function withOwn(object: object, name: string, value: unknown): object {
  const copy: object = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}
