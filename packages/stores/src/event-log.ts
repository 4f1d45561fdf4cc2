// The audit's table: sealed events, numbered without gaps and chained inside the transaction that they belong to.
import { CrossAccountError, type AuditEvent, type StoredEvent } from "@daypass/cross-account";
import { CHAIN_START, chainAfter, readEntry, writeEntry } from "./audit-chain.js";
import type { Place, Sealer } from "./create-sealer.js";
import { readJson } from "./json-with-dates.js";
import type { SqliteQueries } from "./sqlite-queries.js";

/** Where the audit ends: what a checkpoint remembers. */
export interface AuditHead {
  /** Names the log: the chain after its first event, 64 hex digits. */
  readonly log: string;
  /** The number of the newest event. */
  readonly sequence: number;
  /** The chain after it, 64 hex digits. */
  readonly chain: string;
}

/** Where an event is sealed: its number, so that events cannot change places. */
export function eventPlace(sequence: number): Place {
  return ["events", "sealed", sequence];
}

/** Appends events in their order. Call it inside a transaction: its write lock keeps their numbers from others. */
export function appendEvents(queries: SqliteQueries, events: readonly AuditEvent[], sealer: Sealer): void {
  if (events.length === 0) return;
  const { build } = queries;
  const newest = build.selectFrom("events").select(["sequence", "chain"]).orderBy("sequence", "desc").limit(1);
  let { sequence, chain } = queries.first(newest) ?? { sequence: 0, chain: CHAIN_START };
  const rows = events.map((event) => {
    sequence += 1;
    const text = writeEntry(event);
    chain = chainAfter(chain ?? refuseUnchained(sequence), sequence, text);
    return { sequence, key_id: sealer.currentKeyId, sealed: sealer.seal(text, eventPlace(sequence)), chain };
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
  const before = build.selectFrom("events").select("chain").where("sequence", "=", after);
  let chain = after === 0 ? CHAIN_START : queries.first(before)?.chain;
  return queries.all(page).map((row, index) => {
    const sequence = after + index + 1;
    if (row.sequence !== sequence) throw wrongEvent(sequence, "is missing");
    if (chain === undefined || chain === null) throw wrongEvent(sequence - 1, "is missing, or not chained");
    const text = sealer.open(row.sealed, eventPlace(sequence));
    const event = readEntry(text);
    chain = chainAfter(chain, sequence, text);
    if (event === undefined || !isSame(chain, row.chain)) {
      throw wrongEvent(sequence, "does not follow from the one before it");
    }
    return { sequence, event };
  });
}

/** Returns where the audit ends, or `undefined` while it is empty. */
export function readHead(queries: SqliteQueries): AuditHead | undefined {
  const { build } = queries;
  const columns = build.selectFrom("events").select(["sequence", "chain"]);
  const [first, last] = [
    queries.first(columns.where("sequence", "=", 1)),
    queries.first(columns.orderBy("sequence", "desc").limit(1)),
  ];
  if (last === undefined) return undefined;
  const log = first?.chain ?? undefined;
  if (log === undefined || last.chain === null) throw wrongEvent(1, "is missing, or not chained");
  return { log: hexOf(log), sequence: last.sequence, chain: hexOf(last.chain) };
}

/**
 * Chains the events of a file from before there was a chain, and seals them anew with what the chain needs. Call it inside
 * the transaction that opens the store.
 */
export function chainOldEvents(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  const unchained = build.selectFrom("events").select("sequence").where("chain", "is", null).limit(1);
  if (queries.first(unchained) === undefined) return;
  const rows = build.selectFrom("events").selectAll().orderBy("sequence");
  let chain = CHAIN_START;
  for (const [index, row] of queries.all(rows).entries()) {
    const sequence = index + 1;
    if (row.sequence !== sequence || row.chain !== null) throw wrongEvent(sequence, "is missing, or already chained");
    const old = sealer.open(row.sealed, eventPlace(sequence));
    // Chaining it anew would cover up what was done to the end of the audit.
    if (readEntry(old) !== undefined) throw wrongEvent(sequence, "was chained, and its chain was taken away");
    const text = writeEntry(readJson(old) as AuditEvent);
    chain = chainAfter(chain, sequence, text);
    const sealed = sealer.seal(text, eventPlace(sequence));
    const columns = { key_id: sealer.currentKeyId, sealed, chain };
    queries.run(build.updateTable("events").set(columns).where("sequence", "=", sequence));
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function isSame(left: Uint8Array, right: Uint8Array | null): boolean {
  return right !== null && Buffer.from(left).equals(right);
}

function refuseUnchained(sequence: number): never {
  throw wrongEvent(sequence - 1, "is not chained");
}

function wrongEvent(sequence: number, problem: string): CrossAccountError {
  return new CrossAccountError("unsealing_failed", `event ${sequence} of the audit ${problem}`, {
    hint: "run `daypass-audit verify`, and look who wrote to the database; the events may be in a backup",
  });
}
