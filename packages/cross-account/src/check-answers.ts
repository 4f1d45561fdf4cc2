// A store's answer is checked against the question. A database that takes "ACME" for "acme" must not mix up customers.
import { copyIntegration } from "./copy-integration.js";
import { CrossAccountError } from "./errors.js";
import type { IntegrationStore } from "./store-types.js";
import type { Integration } from "./types.js";

/**
 * Returns the store with its answers checked: whole integrations, and those that were asked for. Its methods reject with
 * `CrossAccountError` `store_corrupt` where an answer is not, and with what the store rejects with.
 */
export function checkAnswers(store: IntegrationStore): IntegrationStore {
  return {
    async create(integration, events) {
      const { customerId, label } = integration;
      const answer = await store.create(integration, events);
      if (answer.outcome !== "exists") return answer;
      const existing = check(answer.integration, (kept) => kept.customerId === customerId && kept.label === label);
      return { outcome: "exists", integration: existing };
    },
    async get(integrationId) {
      const answer = await store.get(integrationId);
      return answer === undefined ? undefined : check(answer, (kept) => kept.integrationId === integrationId);
    },
    async listByCustomer(customerId) {
      const answer = await store.listByCustomer(customerId);
      return answer.map((each) => check(each, (kept) => kept.customerId === customerId));
    },
    async list(page) {
      return (await store.list(page)).map((each) => check(each, () => true));
    },
    update: async (next, events) => store.update(next, events),
    saveTemplate: async (template) => store.saveTemplate(template),
    async getTemplate(version) {
      const answer = await store.getTemplate(version);
      if (answer === undefined || answer.version === version) return answer;
      throw corrupt("it answered with another template than was asked for");
    },
    record: async (event) => store.record(event),
    listEvents: async (page) => store.listEvents(page),
    close: async () => store.close(),
  };
}

function check(answer: unknown, isAnswer: (kept: Integration) => boolean): Integration {
  const kept = readAnswer(answer);
  if (isAnswer(kept)) return kept;
  throw corrupt("it answered with another integration than was asked for");
}

function readAnswer(answer: unknown): Integration {
  try {
    return copyIntegration(answer);
  } catch (cause) {
    throw corrupt("it answered with something that is no integration", cause);
  }
}

function corrupt(problem: string, cause?: unknown): CrossAccountError {
  return new CrossAccountError("store_corrupt", `the store cannot be trusted: ${problem}`, {
    hint: "run describeIntegrationStore against it; see that the database compares texts exactly, letter case included",
    cause,
  });
}
