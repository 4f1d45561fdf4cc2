// Runs in a mount namespace of its own: a small disk is filled up, given room again, and made read-only.
// Arguments: FOLDER KILOBYTES. Prints one line for everything that is wrong.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSqliteStore } from "@daypass/stores";
import { collectGarbage } from "./collect-garbage.mjs";
import { checkStore } from "./store-checker.mjs";
import { eventOf, integrationOf, sealingKey } from "./store-samples.mjs";

const [folder, kilobytes] = process.argv.slice(2);
const mount = (...words) => execFileSync("mount", words);
const say = (line) => process.stdout.write(`${line}\n`);
const codeOf = (error) => error.code ?? String(error);
const sayOpen = (error) => say(`it does not close: ${error}`);
const sealingKeys = { current: sealingKey("one") };
const path = join(folder, "vendor.db");

mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder);
const acks = new Map();
const write = async (store, name) => {
  const integration = integrationOf(name);
  await store.create(integration, [eventOf(integration)]);
  acks.set(integration.integrationId, "pending");
};
const refusal = (work) => work.then(() => "none", codeOf);

// Room for somebody else's file, which is taken away later.
writeFileSync(join(folder, "filler"), Buffer.alloc(Number(kilobytes) * 512));
const store = await createSqliteStore({ path, sealingKeys });
let code = "none";
for (let n = 0; code === "none" && n < 5000; n++) code = await refusal(write(store, `before-${n}`));
if (code !== "store_unavailable") say(`a full disk gave ${code}`);
if ((await refusal(write(store, "still-full"))) !== "store_unavailable") say("a write went through on a full disk");
const kept = await store.list({ limit: 10_000 });
if (kept.length !== acks.size)
  say(`${acks.size} were acknowledged, and ${kept.length} are read while the disk is full`);
rmSync(join(folder, "filler"));
const later = await refusal(write(store, "with-room"));
await store.close().catch(sayOpen);
// A disk that failed a sync is asked for a new start; one that was only full is not.
if (later !== "none" && later !== "store_unavailable") say(`with room again it gave ${later}`);
for (const line of await checkStore({ path, acks, inFlight: 1 })) say(line);
const again = await createSqliteStore({ path, sealingKeys });
if ((await refusal(write(again, "after-opening"))) !== "none") say("nothing can be written after it was opened again");
await again.close();

// While a file is open for writing a disk is not made read-only.
await collectGarbage();
mount("-o", "remount,ro", folder);
const readOnly = await createSqliteStore({ path, sealingKeys }).catch(codeOf);
if (typeof readOnly === "object") {
  // Where nothing has to be written, it may be read.
  if ((await readOnly.list({ limit: 10_000 })).length !== acks.size) say("a read-only disk gave something else");
  const refused = await refusal(write(readOnly, "read-only"));
  if (refused !== "store_unavailable") say(`a write to a read-only disk gave ${refused}`);
  await readOnly.close();
} else if (readOnly !== "store_unavailable") say(`a read-only disk gave ${readOnly}`);
await collectGarbage();
mount("-o", "remount,rw", folder);
for (const line of await checkStore({ path, acks, inFlight: 1 })) say(line);
