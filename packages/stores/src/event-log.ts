// The audit's table: sealed events, numbered without gaps inside the transaction that they belong to.
import { CrossAccountError, type AuditEvent, type StoredEvent } from "@daypass/cross-account";
import type { Place, Sealer } from "./create-sealer.js";
import { readJson, writeJson } from "./json-with-dates.js";
import type { SqliteQueries } from "./sqlite-queries.js";

/** Where an event is sealed: its number, so that events cannot change places. */
export function eventPlace(sequence: number): Place {
  return ["events", "sealed", sequence];
}

/** Appends events in their order. Call it inside a transaction: its write lock keeps their numbers from others. */
export function appendEvents(queries: SqliteQueries, events: readonly AuditEvent[], sealer: Sealer): void {
  if (events.length === 0) return;
  const { build } = queries;
  const newest = queries.first(build.selectFrom("events").select("sequence").orderBy("sequence", "desc").limit(1));
  const rows = events.map((event, index) => {
    const sequence = (newest?.sequence ?? 0) + index + 1;
    return { sequence, key_id: sealer.currentKeyId, sealed: sealer.seal(writeJson(event), eventPlace(sequence)) };
  });
  queries.run(build.insertInto("events").values(rows));
}

/** Reads events in their order. Throws `CrossAccountError` `unsealing_failed` for one that was changed, moved or removed. */
export function readEvents(
  queries: SqliteQueries,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
  sealer: Sealer,
): readonly StoredEvent[] {
  const { build } = queries;
  const page = build.selectFrom("events").selectAll().where("sequence", ">", after).orderBy("sequence").limit(limit);
  return queries.all(page).map(({ sequence, sealed }, index) => {
    if (sequence !== after + index + 1) throw missing(after + index + 1);
    // What opens is what `appendEvents` sealed there: the tag vouches for its form.
    const event = readJson(sealer.open(sealed, eventPlace(sequence))) as AuditEvent;
    return { sequence, event };
  });
}

function missing(sequence: number): CrossAccountError {
  return new CrossAccountError("unsealing_failed", `event ${sequence} of the audit is missing`, {
    hint: "look who wrote to the database; the event may be in a backup",
  });
}
