// Seals what the database must not tell, and lets it enforce uniqueness without knowing the values.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { CrossAccountError } from "@daypass/cross-account";
import { deriveSealingKeys, type DerivedKey, type SealingKeys } from "./sealing-keys.js";

/** Names the place that a sealed value belongs to: table, column, row, and the clear columns that must not be changed. */
export type Place = readonly (string | number)[];

/** A value's fingerprint under one key: equal values have equal ones, and without the key they tell nothing. */
export interface BlindIndex {
  readonly keyId: string;
  readonly index: Uint8Array;
}

export interface Sealer {
  readonly currentKeyId: string;
  /** All keys, the current one first. */
  readonly keyIds: readonly string[];
  /** Seals for one place with the current key, or with the one named. */
  seal(text: string, place: Place, keyId?: string): Uint8Array;
  /** Opens what was sealed for that place by any of the keys. Throws `CrossAccountError` `unsealing_failed`. */
  open(sealed: Uint8Array, place: Place): string;
  /** Returns the id of the key that a value says it was sealed with. */
  keyIdOf(sealed: Uint8Array): string;
  /** One blind index per key, because during a rotation other processes may know only one of them. */
  blindIndexes(kind: string, value: string): readonly BlindIndex[];
}

const format = 1;
const nonceLength = 12;
const tagLength = 16;

/**
 * Returns a sealer. A sealed value is: format (1 byte), length of the key id (1), key id, nonce (12), AES-256-GCM
 * ciphertext, tag (16); format, key id and place are its additional data. Nonces are random, so a key should seal
 * fewer than 2^32 values (NIST SP 800-38D, 8.3): at ten writes a second, rotate within thirteen years.
 */
export function createSealer(sealingKeys: SealingKeys): Sealer {
  const keys = deriveSealingKeys(sealingKeys);
  const [current] = keys;

  function named(keyId: string): DerivedKey {
    const key = keys.find(({ id }) => id === keyId);
    if (key !== undefined) return key;
    throw new CrossAccountError(
      "unsealing_failed",
      `a value was sealed with key ${JSON.stringify(keyId)}, which was not given`,
      {
        hint: "pass that key among the previous sealing keys",
      },
    );
  }

  return {
    currentKeyId: current.id,
    keyIds: keys.map(({ id }) => id),

    seal(text, place, keyId = current.id) {
      const key = named(keyId);
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", key.sealing, nonce, { authTagLength: tagLength });
      cipher.setAAD(encodePlace([format, key.id, ...place]));
      const sealed = [cipher.update(text, "utf8"), cipher.final()];
      return Buffer.concat([
        Buffer.from([format, key.id.length]),
        Buffer.from(key.id),
        nonce,
        ...sealed,
        cipher.getAuthTag(),
      ]);
    },

    open(sealed, place) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const start = 2 + (bytes[1] ?? 0);
      if (bytes[0] !== format || bytes.length < start + nonceLength + tagLength) throw tampered();
      const key = named(printable(bytes.toString("latin1", 2, start)));
      const nonce = bytes.subarray(start, start + nonceLength);
      const decipher = createDecipheriv("aes-256-gcm", key.sealing, nonce, { authTagLength: tagLength });
      decipher.setAAD(encodePlace([format, key.id, ...place]));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      try {
        const text = decipher.update(bytes.subarray(start + nonceLength, -tagLength), undefined, "utf8");
        return text + decipher.final("utf8");
      } catch (cause) {
        throw tampered(cause);
      }
    },

    keyIdOf: (sealed) => printable(Buffer.from(sealed).toString("latin1", 2, 2 + (sealed[1] ?? 0))),

    blindIndexes(kind, value) {
      return keys.map(({ id, indexing }) => ({
        keyId: id,
        index: createHmac("sha256", indexing)
          .update(encodePlace([kind, value]))
          .digest(),
      }));
    },
  };
}

/** Every part with its length before it, so that no two places have the same bytes. */
function encodePlace(parts: Place): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const text = Buffer.from(String(part));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return [length, text];
    }),
  );
}

function printable(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "?");
}

function tampered(cause?: unknown): CrossAccountError {
  return new CrossAccountError(
    "unsealing_failed",
    "a sealed value does not open: wrong key, or it was changed or moved",
    {
      hint: "check the sealing keys; if they are right, restore the database from a backup and look who wrote to it",
      cause,
    },
  );
}
