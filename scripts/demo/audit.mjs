// The vendor's last act: the audit of all that happened is whole, and whoever changes it is found out.
import { createSqliteStore, signCheckpoint, verifyAudit } from "@daypass/stores";

/** The audit of the story is verified; then somebody with the right keys puts another one in its place. */
export async function auditHolds(story, { store, databasePath, sealingKeys, certificateKey, now }) {
  story.act("17. The audit", [
    "Every event commits to all before it. A signed checkpoint, kept where nobody can change it, fixes how far it went.",
  ]);
  const { keyId, privateKey, publicKey } = certificateKey;
  const checkpoint = signCheckpoint([await store.auditHead()], { keyId, privateKey }, new Date(now()));
  const verify = (path) => verifyAudit({ path, sealingKeys, checkpoints: [checkpoint], publicKey });
  await story.expect("all of this story is in it, whole and in order", () => verify(databasePath), {
    holds: ({ findings, checkpoints }) => findings.length === 0 && checkpoints === 1,
    detail: ({ events }) => `${events} events`,
  });

  const path = `${databasePath}.other`;
  const other = await createSqliteStore({ path, sealingKeys });
  for (const { event } of (await store.listEvents({ limit: 100 })).slice(0, 3)) await other.record(event);
  await other.close();
  await story.expect(
    "another one in its place is noticed, although it is sealed with the right key",
    () => verify(path),
    {
      holds: ({ findings }) => findings.some(({ problem }) => problem.includes("is about another audit")),
      detail: ({ findings }) => `${findings.length} findings`,
    },
  );
}
