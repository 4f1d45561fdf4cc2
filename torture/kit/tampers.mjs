// Ways to change an audit behind the store's back. Each takes an open SQLite connection whose triggers are gone, and what
// it needs to choose; it returns false where it changed nothing.
import { createHash } from "node:crypto";

const all = (raw, sql, ...values) => raw.prepare(sql).all(...values);
const run = (raw, sql, ...values) => raw.prepare(sql).run(...values);
const flip = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = random.int(changed.length);
  changed[at] ^= 1 << random.int(8);
  return changed;
};
const some = (raw, random) => random.pick(all(raw, "select * from events order by sequence"));
const two = (raw, random) => {
  const rows = all(raw, "select * from events order by sequence");
  const first = random.int(rows.length - 1);
  return [rows[first], rows[first + 1 + random.int(rows.length - first - 1)]];
};
const insert = (raw, { sequence, key_id, sealed, chain }) =>
  run(raw, "insert into events (sequence, key_id, sealed, chain) values (?, ?, ?, ?)", sequence, key_id, sealed, chain);

/** Found by the chain and the seals alone. */
export const WITHIN = {
  "a bit of a seal": (raw, random) => {
    const { sequence, sealed } = some(raw, random);
    run(raw, "update events set sealed = ? where sequence = ?", flip(sealed, random), sequence);
  },
  "a bit of the chain": (raw, random) => {
    const { sequence, chain } = some(raw, random);
    run(raw, "update events set chain = ? where sequence = ?", flip(chain, random), sequence);
  },
  "a seal cut short": (raw, random) => {
    const { sequence, sealed } = some(raw, random);
    run(
      raw,
      "update events set sealed = ? where sequence = ?",
      Buffer.from(sealed).subarray(0, random.int(sealed.length)),
      sequence,
    );
  },
  "a link taken away": (raw, random) => {
    run(raw, "update events set chain = null where sequence = ?", some(raw, random).sequence);
  },
  "an event taken out": (raw, random) => {
    const rows = all(raw, "select sequence from events order by sequence").slice(0, -1);
    run(raw, "delete from events where sequence = ?", random.pick(rows).sequence);
  },
  "an event taken out and the gap closed": (raw, random) => {
    const rows = all(raw, "select sequence from events order by sequence").slice(0, -1);
    const { sequence } = random.pick(rows);
    run(raw, "delete from events where sequence = ?", sequence);
    for (const row of rows.filter((row) => row.sequence > sequence)) {
      run(raw, "update events set sequence = ? where sequence = ?", row.sequence - 1, row.sequence);
    }
  },
  "two events swapped": (raw, random) => {
    const [left, right] = two(raw, random);
    run(raw, "delete from events where sequence in (?, ?)", left.sequence, right.sequence);
    insert(raw, { ...left, sequence: right.sequence });
    insert(raw, { ...right, sequence: left.sequence });
  },
  "two seals swapped": (raw, random) => {
    const [left, right] = two(raw, random);
    run(raw, "update events set sealed = ? where sequence = ?", right.sealed, left.sequence);
    run(raw, "update events set sealed = ? where sequence = ?", left.sealed, right.sequence);
  },
  "two links swapped": (raw, random) => {
    const [left, right] = two(raw, random);
    run(raw, "update events set chain = ? where sequence = ?", right.chain, left.sequence);
    run(raw, "update events set chain = ? where sequence = ?", left.chain, right.sequence);
  },
  "an event repeated at the end": (raw, random) => {
    const [{ last }] = all(raw, "select max(sequence) as last from events");
    const row = some(raw, random);
    insert(raw, { ...row, sequence: last + 1, chain: createHash("sha256").update(row.chain).digest() });
  },
  "an event repeated in the place of another": (raw, random) => {
    const [left, right] = two(raw, random);
    run(raw, "update events set sealed = ?, chain = ? where sequence = ?", left.sealed, left.chain, right.sequence);
  },
  "the end of another audit of the same keys": (raw, random, { other }) => {
    const theirs = all(other, "select * from events order by sequence");
    const from = 2 + random.int(theirs.length - 1);
    run(raw, "delete from events where sequence >= ?", from);
    for (const row of theirs.filter((row) => row.sequence >= from)) insert(raw, row);
  },
  "one event of another audit of the same keys": (raw, random, { other }) => {
    const row = some(other, random);
    run(raw, "update events set sealed = ?, chain = ? where sequence = ?", row.sealed, row.chain, row.sequence);
  },
  "the name of a key": (raw, random) => {
    run(raw, "insert or ignore into sealing_keys (key_id, proof) values ('other', x'00')");
    run(raw, "update events set key_id = 'other' where sequence = ?", some(raw, random).sequence);
  },
  "a number that is no number of an event": (raw, random) => {
    const rows = all(raw, "select sequence from events order by sequence");
    const { sequence } = random.pick(rows);
    run(raw, "update events set sequence = ? where sequence = ?", rows.length + 1 + random.int(1000), sequence);
  },
  "the state of an integration": (raw, random) => {
    const row = random.pick(all(raw, "select integration_id, state from integrations"));
    const state = random.pick(
      ["pending", "unproven", "active", "suspended", "revoked"].filter((each) => each !== row.state),
    );
    run(raw, "update integrations set state = ? where integration_id = ?", state, row.integration_id);
  },
  "an integration taken out": (raw, random) => {
    const row = random.pick(all(raw, "select integration_id from integrations"));
    run(raw, "delete from integrations where integration_id = ?", row.integration_id);
  },
  "a revoked integration that is active again": (raw, random, { older }) => {
    const revoked = all(raw, "select integration_id from integrations where state = 'revoked'");
    const { integration_id } = random.pick(revoked);
    const [row] = all(older, "select * from integrations where integration_id = ?", integration_id);
    const names = Object.keys(row).filter((name) => name !== "number");
    const set = names.map((name) => `${name} = ?`).join(", ");
    run(
      raw,
      `update integrations set ${set} where integration_id = ?`,
      ...names.map((name) => row[name]),
      integration_id,
    );
  },
};

/** Found only by a checkpoint that was kept elsewhere. */
export const WITH_CHECKPOINT = {
  "the end cut off": (raw, random) => {
    const [{ last }] = all(raw, "select max(sequence) as last from events");
    run(raw, "delete from events where sequence > ?", last - 1 - random.int(last - 1));
  },
};
