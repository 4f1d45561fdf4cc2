// Says what is wrong with a store after whoever wrote to it was killed, or its disk failed.
import { createSqliteStore, verifyAudit } from "@daypass/stores";
import { sealingKey, STATES } from "./store-samples.mjs";

/** Returns the acknowledged writes in a writer's output: the last state of each integration. */
export function acknowledged(output) {
  const states = new Map();
  for (const line of output.split("\n").slice(0, -1)) {
    const [integrationId, state] = line.split(" ");
    if (STATES.includes(state)) states.set(integrationId, state);
  }
  return states;
}

/**
 * Returns one line for everything that is wrong: what was acknowledged and is not there, what came back to an earlier
 * state, what is there half, and what the audit finds. `inFlight`: so many writes were not acknowledged yet and may be there.
 */
export async function checkStore({ path, acks, inFlight, keyIds = ["one"] }) {
  const [current, ...previous] = keyIds.map(sealingKey);
  const sealingKeys = { current, previous };
  const wrong = [];
  let store;
  try {
    store = await createSqliteStore({ path, sealingKeys });
    const kept = new Map((await store.list({ limit: 1_000_000 })).map((each) => [each.integrationId, each.state]));
    let ahead = 0;
    for (const [integrationId, state] of acks) {
      const now = STATES.indexOf(kept.get(integrationId));
      const then = STATES.indexOf(state);
      if (now < then)
        wrong.push(`${integrationId} was acknowledged as ${state} and is ${kept.get(integrationId) ?? "gone"}`);
      ahead += Math.max(0, now - then);
    }
    for (const [integrationId, state] of kept) if (!acks.has(integrationId)) ahead += STATES.indexOf(state) + 1;
    if (ahead > inFlight) wrong.push(`${ahead} writes are there that nobody made, ${inFlight} could be`);
    await store.close();
    const { findings } = await verifyAudit({ path, sealingKeys });
    // Whoever wrote the files of earlier versions made up the fingerprints of the external IDs.
    const isMadeUp = (problem) => keyIds.includes("fixture") && /another external ID or role/.test(problem);
    const found = findings.filter(({ problem }) => !isMadeUp(problem));
    wrong.push(...found.map(({ sequence, problem }) => `audit: ${sequence} ${problem}`));
  } catch (error) {
    await store?.close().catch(() => undefined);
    wrong.push(`it cannot be read: ${error.message} (${error.cause?.message ?? ""})`);
  }
  return wrong;
}
