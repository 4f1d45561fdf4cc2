// An event that is gone from the audit is told by its number, to everybody who reads over it or on from it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore } from "@daypass/stores";
import { afterAll, expect, it } from "vitest";
import { openRaw } from "./raw-database.js";
import { roleArnOf } from "./sample-integrations.js";
import { sealingKey } from "./sealing-key.js";

const folder = mkdtempSync(join(tmpdir(), "daypass-audit-gap-"));
afterAll(() => rmSync(folder, { recursive: true }));
const options = { path: join(folder, "audit.db"), sealingKeys: { current: sealingKey("one") } };

it("an audit that misses an event names it, gives what stands before it, and goes on after its last", async () => {
  const event = {
    type: "assume_role.intent",
    time: new Date(0),
    attemptId: "attempt",
    roleArn: roleArnOf("a"),
    roleSessionName: "vendor",
    region: "eu-west-1",
    durationSeconds: 3600,
    externalIdFingerprint: null,
    subject: {},
  } as const;
  const store = await createSqliteStore(options);
  for (const attemptId of ["first", "second", "third"]) await store.record({ ...event, attemptId });
  await store.close();
  const connection = openRaw(options.path);
  connection.exec("drop trigger events_stay; delete from events where sequence = 2");
  connection.close();
  const again = await createSqliteStore(options);
  expect(await again.listEvents({ limit: 1 })).toMatchObject([
    { sequence: 1, event: { ...event, attemptId: "first" } },
  ]);
  for (const page of [{ limit: 3 }, { after: 1, limit: 1 }]) {
    await expect(again.listEvents(page)).rejects.toMatchObject({
      code: "unsealing_failed",
      message: "event 2 of the audit is missing",
      hint: "run `daypass-audit verify`, and look who wrote to the database; the events may be in a backup",
    });
  }
  // Who has read as far as the event that is gone is told as well.
  await expect(again.listEvents({ after: 2, limit: 9 })).rejects.toMatchObject({
    message: "event 2 of the audit is missing, or not chained",
  });
  await again.record({ ...event, attemptId: "fourth" });
  expect(await again.listEvents({ after: 3, limit: 9 })).toMatchObject([
    { sequence: 4, event: { attemptId: "fourth" } },
  ]);
  await again.close();
});
