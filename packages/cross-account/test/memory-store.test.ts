import { describe, expect, it } from "vitest";
import { createMemoryStore } from "@daypass/cross-account";
import { describeIntegrationStore } from "@daypass/cross-account/testing";

describeIntegrationStore("the memory store", async () => ({ store: createMemoryStore() }), { describe, it, expect });
