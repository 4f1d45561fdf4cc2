// The suite of all stores: what `IntegrationStore` promises, as tests.
import { describeCreation } from "./describe-creation.js";
import { describeEvents } from "./describe-events.js";
import { describeRaces } from "./describe-races.js";
import { describeRotation } from "./describe-rotation.js";
import { describeTemplates } from "./describe-templates.js";
import { describeUpdates } from "./describe-updates.js";
import type { OpenedStore, TestFunctions } from "./test-functions.js";

/**
 * Declares the tests that every `IntegrationStore` must pass. `open` returns a fresh, empty store each time; give
 * `reopen` when what was acknowledged must outlive closing. Every store is closed after its test.
 */
export function describeIntegrationStore(
  name: string,
  open: () => Promise<OpenedStore>,
  { describe, it, expect }: TestFunctions,
): void {
  const withStore = (body: (opened: OpenedStore) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.store.close();
    }
  };
  describe(name, () => {
    for (const part of [
      describeCreation,
      describeUpdates,
      describeRotation,
      describeTemplates,
      describeRaces,
      describeEvents,
    ]) {
      part({ describe, it, expect }, withStore);
    }
  });
}
