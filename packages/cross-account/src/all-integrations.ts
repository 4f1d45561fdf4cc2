// Walks through everything that a store keeps, page by page.
import type { IntegrationStore } from "./store-types.js";
import type { Integration } from "./types.js";

const pageSize = 200;

/** Yields every integration in order of its id. What is written meanwhile may or may not be among them. */
export async function* allIntegrations(store: IntegrationStore): AsyncGenerator<Integration> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list(after === undefined ? { limit: pageSize } : { after, limit: pageSize });
    yield* page;
    after = page.at(-1)?.integrationId;
    if (page.length < pageSize) return;
  }
}
