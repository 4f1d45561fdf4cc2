// The wrong external IDs that a sound trust policy must refuse. Each one catches another way of writing it carelessly.
import { externalIdAlphabet, mintExternalId, type RandomBytes } from "./mint-identifiers.js";
import type { Probe } from "./types.js";

/** One denied-to-be probe: its kind and what it sends; `null` sends no external ID at all. */
export interface ExternalIdVariant {
  readonly kind: Exclude<Probe["kind"], "right_external_id" | "canary_without_external_id">;
  readonly externalId: string | null;
}

/** So far apart single characters are changed: a pattern that leaves as many in a row open is met by one of the changes. */
const stride = 8;

/**
 * The variants of one external ID, all of them different from it: none (catches a missing condition and `IfExists`), a
 * fresh one of the same minter (`StringLike *`, a shared prefix), the last character changed and one appended
 * (`StringLike` with most of the ID), the case flipped (`StringEqualsIgnoreCase`), and single characters changed on the way
 * (`StringLike` with both ends, with the end, or with any eight characters in a row left open).
 */
export function externalIdVariants(externalId: string, randomBytes: RandomBytes): readonly ExternalIdVariant[] {
  return [
    { kind: "no_external_id", externalId: null },
    { kind: "fresh_external_id", externalId: mintExternalId(randomBytes) },
    { kind: "last_character_changed", externalId: externalId.slice(0, -1) + neighbour(externalId.slice(-1)) },
    { kind: "one_character_appended", externalId: `${externalId}0` },
    { kind: "case_flipped", externalId: flipCase(externalId) },
    { kind: "character_5_changed", externalId: changeAt(externalId, stride / 2) },
    { kind: "character_13_changed", externalId: changeAt(externalId, stride / 2 + stride) },
    { kind: "character_21_changed", externalId: changeAt(externalId, stride / 2 + 2 * stride) },
    { kind: "character_29_changed", externalId: changeAt(externalId, stride / 2 + 3 * stride) },
  ];
}

function changeAt(externalId: string, index: number): string {
  return externalId.slice(0, index) + neighbour(externalId.charAt(index)) + externalId.slice(index + 1);
}

/** The next character of the alphabet: never the same one, and never the same letter in the other case. */
function neighbour(character: string): string {
  return externalIdAlphabet.charAt((externalIdAlphabet.indexOf(character) + 1) % externalIdAlphabet.length);
}

function flipCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return character === upper ? character.toLowerCase() : upper;
  }).join("");
}
