// The second door: what somebody who writes a store needs to show that it keeps the promises.
export { describeIntegrationStore } from "./testing/describe-integration-store.js";
export type { OpenedStore, TestFunctions } from "./testing/test-functions.js";
