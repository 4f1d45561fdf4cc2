// The vendor's service as a process of its own: whoever started it gives the settings, and hears everything.
import { once } from "node:events";
import { writeHeapSnapshot } from "node:v8";
import { runTrip } from "./vendor-trip.mjs";

/** Tells the parent something under a name, and waits until it has been read. */
async function tell(name, value) {
  const read = once(process, "message");
  process.send({ name, value });
  await read;
}

const [settings] = await once(process, "message");
await runTrip(settings, { tell, out: console.log, err: console.error });
// Open connections hold what was sent over them last.
await tell("let go", "");
for (const name of Object.keys(settings)) if (name !== "snapshot") settings[name] = undefined;
// Twice, with a turn between, so that what was only waiting to be closed is gone.
for (let turn = 0; turn < 3; turn++) {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
writeHeapSnapshot(settings.snapshot);
await tell("closed", "");
process.disconnect();
