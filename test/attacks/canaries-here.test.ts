// The same trip inside this process, where one module at a time can be broken on purpose: the search must find what leaks then.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCanaries, kinds, plantCanaries, startCanarySandbox, type Canary, type Kind } from "./plant-canaries.js";
import { runTrip } from "./vendor-trip.mjs";

const folder = mkdtempSync(join(tmpdir(), "daypass-canaries-here-"));
const path = join(folder, "vendor.db");
const canaries: Canary[] = [];
const sinks = new Map<string, Buffer>();
const streams = { out: [] as string[], err: [] as string[] };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startCanarySandbox([]);
  await runTrip(plantCanaries(sandbox, path, canaries), {
    tell(name, value) {
      if (name === "learned") canaries.push(...(value as Canary[]));
      else if (name === "open") {
        for (const ending of ["", "-wal"]) sinks.set(`database${ending}`, readFileSync(`${path}${ending}`));
      } else if (name !== "diagnostic report" && !name.startsWith("command line")) {
        sinks.set(name, Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
      }
    },
    out: (shown) => streams.out.push(inspect(shown)),
    err: (error) => streams.err.push(inspect(error)),
  });
  sinks.set("standard output", Buffer.from(streams.out.join("\n")));
  sinks.set("standard error", Buffer.from(streams.err.join("\n")));
  // One name for the file and its log: what may be in one may be in the other.
  const log = sinks.get("database-wal") ?? Buffer.alloc(0);
  sinks.delete("database-wal");
  sinks.set("database", Buffer.concat([sinks.get("database") ?? Buffer.alloc(0), log]));
}, 240_000);
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

describe("canaries of a program in this process", () => {
  it.each(Object.keys(kinds) as Kind[])("are nowhere but where they are shown on purpose: %s", (kind) => {
    expect(findCanaries(kind, canaries, sinks)).toEqual([]);
  });
});
