// A process that writes until it is killed, and says what was acknowledged. Arguments: file, key (hex), name.
import { writeSync } from "node:fs";
import { createSqliteStore } from "@daypass/stores";

const [path, key, name] = process.argv.slice(2);
const store = await createSqliteStore({ path, sealingKeys: { current: { id: "one", key: Buffer.from(key, "hex") } } });
const time = new Date(0);
for (let count = 0; ; count++) {
  const integrationId = `${name}-${count}`;
  const integration = {
    integrationId,
    customerId: integrationId,
    label: "default",
    externalId: `External-${integrationId}`,
    state: "pending",
    declaredAccountId: null,
    role: null,
    verification: null,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created: time,
    updated: time,
    version: 1,
  };
  const event = {
    type: "integration.created",
    time,
    integrationId,
    customerId: integrationId,
    state: "pending",
    externalIdFingerprint: "fp",
    roleArn: null,
    reason: null,
  };
  await store.create(integration, [event]);
  writeSync(1, `${integrationId}\n`);
}
