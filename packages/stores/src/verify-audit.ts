// Reads a whole audit, offline, and says what is wrong with it.
import type { KeyObject } from "node:crypto";
import { resolve } from "node:path";
import { CrossAccountError, type AuditEvent } from "@daypass/cross-account";
import { CHAIN_START, chainAfter, readEntry } from "./audit-chain.js";
import { readCheckpoint, type Checkpoint } from "./audit-checkpoint.js";
import { createSealer, type Sealer } from "./create-sealer.js";
import { eventPlace, hexOf, isSame, type AuditHead } from "./event-log.js";
import { openSqlite } from "./open-sqlite.js";
import type { SealingKeys } from "./sealing-keys.js";
import { createSqliteQueries, retryWhileBusy, type SqliteQueries } from "./sqlite-queries.js";
import { findDamage, findForeignSchema, prepareSchema, requireCurrentSchema } from "./sqlite-schema.js";
import { verifyIntegrations, type Told } from "./verify-integrations.js";

export interface VerifyAuditOptions {
  readonly path: string;
  readonly sealingKeys: SealingKeys;
  /** Checkpoints of this audit, one per line, as `signCheckpoint` made them. Without them a cut end goes unnoticed. */
  readonly checkpoints?: readonly string[];
  /** The key that checkpoints are signed with. */
  readonly publicKey?: KeyObject;
}

export interface AuditFinding {
  /** The event that it is about; 0 where it is about no single one. */
  readonly sequence: number;
  readonly problem: string;
}

export interface AuditReport {
  readonly events: number;
  readonly head: AuditHead | undefined;
  /** How many checkpoints this audit agrees with. */
  readonly checkpoints: number;
  /** Empty when nothing is wrong; the first hundred. */
  readonly findings: readonly AuditFinding[];
}

const PAGE = 1000;
const MOST_FINDINGS = 100;

/** Events without a change of the integration: another process may have changed it since it was read for them. */
const WRITTEN_ALONE: ReadonlySet<AuditEvent["type"]> = new Set<AuditEvent["type"]>([
  "integration.access_probed",
  "integration.legacy_key_used",
  "integration.certified",
]);

/** What the reading has come to. */
interface Reading {
  readonly chains: ReadonlyMap<number, string>;
  /** What the last event of each integration tells. */
  readonly told: ReadonlyMap<string, Told>;
  readonly head: AuditHead | undefined;
}

// What prints as something else than itself, or not at all: a file must not write its own report to the terminal.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Checks every event's seal, number and place in the chain, every checkpoint, that each integration is as its last event
 * says and holds its external IDs and its role, that nothing was added to the tables, their indexes and triggers or taken
 * from them, and that the file is whole. The file is opened for reading only. Throws `CrossAccountError` where it cannot be
 * read at all: `store_unavailable`, `invalid_option`, and `unsealing_failed` for a checkpoint that is not signed by the key.
 */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  const { checkpoints = [], publicKey } = options;
  if (checkpoints.length > 0 && publicKey === undefined) {
    throw new CrossAccountError("invalid_option", "checkpoints were given without the public key", {
      hint: "give the key that they are signed with: without it anybody could have written them",
    });
  }
  const signed = publicKey === undefined ? [] : checkpoints.map((line) => readCheckpoint(line, publicKey));
  const sealer = createSealer(options.sealingKeys);
  const connection = await openSqlite(resolve(options.path), { readOnly: true });
  const pristine = await openSqlite(":memory:");
  try {
    prepareSchema(pristine);
    // Whoever opens or closes the file may have it for a moment to themselves.
    return await retryWhileBusy(() => {
      connection.exec("pragma trusted_schema = off");
      requireCurrentSchema(connection);
      const foreign = findForeignSchema(connection, pristine);
      const report = verify(createSqliteQueries(connection), sealer, signed);
      // A damaged index hides rows from those who look them up, and the rows themselves are as they were.
      const damage = findDamage(connection).map((problem) => `the file is damaged: ${problem}`);
      const ofFile = [...foreign, ...damage].map((problem) => ({ sequence: 0, problem }));
      const findings = [...report.findings, ...ofFile].slice(0, MOST_FINDINGS);
      return {
        ...report,
        findings: findings.map(({ sequence, problem }) => ({
          sequence,
          problem: problem.replaceAll(UNPRINTABLE, "?"),
        })),
      };
    });
  } catch (error) {
    if (error instanceof CrossAccountError) throw error;
    throw new CrossAccountError("store_unavailable", "the database cannot be read as one of daypass", {
      hint: "if it is damaged, restore a backup beside it and compare",
      cause: error,
    });
  } finally {
    pristine.close();
    connection.close();
  }
}

function verify(queries: SqliteQueries, sealer: Sealer, signed: readonly Checkpoint[]): AuditReport {
  const findings: AuditFinding[] = [];
  const say = (sequence: number, problem: string) => {
    if (findings.length < MOST_FINDINGS) findings.push({ sequence, problem });
  };
  // One snapshot, however long the reading takes and whoever writes meanwhile.
  return queries.snapshot(() => {
    const reading = readChain(queries, sealer, signed, say);
    const agreeing = signed.filter((checkpoint) => agrees(checkpoint, reading, say)).length;
    verifyIntegrations(queries, sealer, reading.told, (problem) => say(0, problem));
    const { head } = reading;
    return { events: head?.sequence ?? 0, head, checkpoints: agreeing, findings };
  });
}

type Say = (sequence: number, problem: string) => void;

function readChain(queries: SqliteQueries, sealer: Sealer, signed: readonly Checkpoint[], say: Say): Reading {
  const { build } = queries;
  const wanted = new Set(signed.flatMap(({ heads }) => heads.map(({ sequence }) => sequence)));
  const chains = new Map<number, string>();
  const told = new Map<string, Told>();
  const early = build.selectFrom("events").select("sequence").where("sequence", "<", 1).orderBy("sequence").limit(1);
  const stray = queries.first(early);
  if (stray !== undefined) say(0, `there is an event ${stray.sequence}, and numbers begin with 1`);
  let [last, chain, log] = [0, CHAIN_START, ""];
  for (;;) {
    const page = build.selectFrom("events").selectAll().where("sequence", ">", last).orderBy("sequence").limit(PAGE);
    const rows = queries.all(page);
    for (const row of rows) {
      const { sequence, sealed } = row;
      // In a damaged table rows may come in any order, and then the reading would never end.
      if (sequence <= last) throw new RangeError("the events do not come in their order");
      if (sequence !== last + 1)
        say(last + 1, `is missing${sequence > last + 2 ? `, and so are those up to ${sequence - 1}` : ""}`);
      const text = open(sealer, sealed, sequence, say);
      if (text !== undefined) {
        if (sealer.keyIdOf(sealed) !== row.key_id) say(sequence, "names another key than the one that sealed it");
        if (!isSame(chainAfter(chain, sequence, text), row.chain))
          say(sequence, "does not follow from the one before it");
        note(readEntry(text), told, () => say(sequence, "is no event"));
      }
      chain = row.chain ?? CHAIN_START;
      if (sequence === 1) log = hexOf(chain);
      if (wanted.has(sequence)) chains.set(sequence, hexOf(chain));
      last = sequence;
    }
    if (rows.length < PAGE) break;
  }
  return { chains, told, head: last === 0 ? undefined : { log, sequence: last, chain: hexOf(chain) } };
}

function open(sealer: Sealer, sealed: Uint8Array, sequence: number, say: Say): string | undefined {
  try {
    return sealer.open(sealed, eventPlace(sequence));
  } catch (error) {
    if (!(error instanceof CrossAccountError)) throw error;
    say(sequence, "was changed or moved, or is sealed with a key that was not given");
    return undefined;
  }
}

function note(event: AuditEvent | undefined, told: Map<string, Told>, sayNone: () => void): void {
  if (event === undefined) sayNone();
  else if ("integrationId" in event && "state" in event && !WRITTEN_ALONE.has(event.type)) {
    const { integrationId, state, externalIdFingerprint, roleArn } = event;
    told.set(integrationId, { state, externalIdFingerprint, roleArn });
  }
}

/** A checkpoint of another log says nothing about this one, and is worth a word: perhaps the whole file was replaced. */
function agrees({ heads, time }: Checkpoint, { chains, head }: Reading, say: Say): boolean {
  const own = heads.find(({ log }) => log === head?.log);
  const when = time.toISOString();
  if (own === undefined) say(0, `the checkpoint of ${when} is about another audit: this one may have been replaced`);
  else if (own.sequence > (head?.sequence ?? 0))
    say(own.sequence, `was there on ${when}, and the audit ends before it`);
  else if (chains.get(own.sequence) !== own.chain) say(own.sequence, `or one before it was another on ${when}`);
  else return true;
  return false;
}
