// Sealing keys for tests: random to the eye, the same in every run.
import { createHash } from "node:crypto";
import type { SealingKey } from "@daypass/stores";

/** Returns the test key of that id. */
export function sealingKey(id: string): SealingKey {
  return { id, key: new Uint8Array(createHash("sha256").update(`test key ${id}`).digest()) };
}
