// A process that writes to a store and says what was acknowledged, until it is killed or has done its work.
// Arguments: FILE NAME COUNT KEY [PREVIOUS_KEY]. COUNT 0: for ever. Every integration becomes pending, active, and each third
// revoked. Prints `NAME-N STATE` for each write that was acknowledged; what fails is printed as `error CODE`, and ends it.
import { writeSync } from "node:fs";
import { CrossAccountError } from "@daypass/cross-account";
import { createSqliteStore } from "@daypass/stores";
import { eventOf, integrationOf, sealingKey, STATES } from "./store-samples.mjs";

const [path, name, count, keyId, previous] = process.argv.slice(2);
const keys = previous === undefined ? {} : { previous: [sealingKey(previous)] };
const sealingKeys = { current: sealingKey(keyId), ...keys };
const say = (line) => writeSync(1, `${line}\n`);

try {
  const store = await createSqliteStore({ path, sealingKeys });
  say("open");
  for (let n = 0; n < (Number(count) || Infinity); n++) await live(store, n);
  await store.close();
  say("closed");
} catch (error) {
  say(error instanceof CrossAccountError ? `error ${error.code}` : `crash ${error}`);
  process.exitCode = 3;
}

async function live(store, n) {
  for (const state of n % 3 === 0 ? STATES : STATES.slice(0, 2)) {
    const integration = integrationOf(`${name}-${n}`, state);
    const events = [eventOf(integration)];
    const write = () => (state === "pending" ? store.create(integration, events) : store.update(integration, events));
    const { outcome } = await write().catch((error) => askAgain(store, error));
    if (outcome !== "created" && outcome !== "updated") throw new Error(`the store said ${outcome}`);
    say(`${integration.integrationId} ${state}`);
  }
}

/** After a failed write nothing that follows may be acknowledged unless it is really there. */
async function askAgain(store, error) {
  const later = integrationOf(`${name}-later`);
  const outcome = await store.create(later, [eventOf(later)]).catch(() => undefined);
  if (outcome?.outcome === "created") say(`${later.integrationId} pending`);
  throw error;
}
