// Names that CloudFormation gives (AWS CloudFormation User Guide, "Name type").
import type { World } from "../world-types.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const RANDOM_CHARACTERS = 12;

/** Returns `STACK-LOGICALID-RANDOM` in at most so many characters; stack name and logical id are cut to the same length. */
export function newName(
  world: Pick<World, "randomBytes">,
  stackName: string,
  logicalId: string,
  maxCharacters: number,
): string {
  // 256 is a multiple of 32, so the remainder is not biased.
  const random = Array.from(world.randomBytes(RANDOM_CHARACTERS), (byte) => ALPHABET.charAt(byte % 32)).join("");
  const room = maxCharacters - RANDOM_CHARACTERS - 2;
  const half = Math.floor(room / 2);
  const fits = stackName.length + logicalId.length <= room;
  // What the shorter one leaves, the longer one has.
  const stack = fits ? stackName : stackName.slice(0, Math.max(half, room - logicalId.length));
  const logical = fits ? logicalId : logicalId.slice(0, room - stack.length);
  return `${stack}-${logical}-${random}`;
}
