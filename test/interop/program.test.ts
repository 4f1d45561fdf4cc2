// npm run conformance as people run it: what it prints, what it refuses, and the page that it writes.
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { compareWithRecord, makeRecord, PAGE, readRecords } from "../../conformance/keep-records.mjs";
import { readCases } from "../../conformance/read-cases.mjs";
import { renderPage } from "../../conformance/render-page.mjs";
import { findMoto } from "../../conformance/start-moto.mjs";
import { runProgram } from "./run-program.js";

const moto = findMoto();
const recorded = readRecords().moto?.versions["moto"];
const missing =
  moto.missing ?? (`moto ${moto.version}` === recorded ? undefined : `moto ${moto.version} is not ${recorded}`);
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("moto");
if (missing !== undefined && !required) {
  process.stderr.write(`skipped: the table against moto: ${missing}, see docs/conformance.md\n`);
}

const run = (...args: string[]) => runProgram(args);

describe("npm run conformance", () => {
  it("finds the sandbox right in every case, and says so in a table", async () => {
    const { code, stdout, stderr } = await run("--clients", "sdk");
    const count = readCases().cases.length;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n")).toEqual([
      expect.stringMatching(/^target +client +right +wrong +not applicable$/),
      expect.stringMatching(new RegExp(`^sandbox +sdk +${count} +0 +0$`)),
    ]);
  });

  it("says how it is used", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("--target sandbox|moto") });
  });

  it.each([
    ["a client that there is not", ["--clients", "sdk,curl"], 'there is no client "curl"'],
    ["a target that there is not", ["--target", "localstack"], 'there is no target "localstack"'],
    ["a flag that there is not", ["--lives"], "unknown option '--lives'"],
    ["flags of --live without it", ["--yes"], "--yes is for --live"],
    ["a live run that would overwrite records", ["--live", "--write"], "--live goes without"],
    ["a live run without two profiles", ["--live", "--vendor-profile", "a"], "--live needs two accounts"],
  ])("refuses %s, and says what to do", async (_, args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^conformance: error: .*\nconformance: hint: .+\n$/)]);
    expect(stderr).toContain(message);
  });

  it.skipIf(missing !== undefined)("finds moto as wrong as it was", { timeout: 240_000 }, async () => {
    const { code, stdout } = await run("--target", "moto", "--clients", "sdk");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/and the record of \S+: 0 differences\n$/)]);
  });
});

test("moto is there when DAYPASS_REQUIRE asks for it", () => {
  expect(required ? (missing ?? "present") : "present").toBe("present");
});

describe("the page", () => {
  it("is what the table and the records say; if not, run npm run conformance -- --write", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(renderPage(readCases(), readRecords()));
  });

  it("says when nothing is recorded", () => {
    const page = renderPage(readCases(), { sandbox: undefined, moto: undefined, lives: [] });
    expect(page.match(/No run is recorded\./g)).toHaveLength(2);
    expect(page).toContain("No run against AWS is recorded yet");
  });
});

describe("the comparison with a record", () => {
  const right = { mode: "as it comes", group: "trust", name: "a", client: "sdk", kind: "right", differences: [] };
  const wrong = { ...right, name: "b", kind: "false allow", differences: ["allowed"] };
  const record = makeRecord({ rows: [right, wrong], date: "2026-11-21", command: "x", versions: {} });

  it("finds the same run the same, whatever the words of a difference", () => {
    expect(compareWithRecord(record, [right, { ...wrong, differences: ["other words"] }])).toEqual([]);
  });

  it("notices a repair, a new mistake, and a mistake of another kind", () => {
    const repaired = { ...wrong, kind: "right" };
    const broken = { ...right, kind: "false deny" };
    const other = { ...wrong, kind: "other text" };
    expect(compareWithRecord(record, [repaired])).toEqual(["no longer wrong: as it comes: sdk: trust: b"]);
    expect(compareWithRecord(record, [broken])).toEqual(["since the record: false deny: as it comes: sdk: trust: a"]);
    expect(compareWithRecord(record, [other])).toEqual(["since the record: other text: as it comes: sdk: trust: b"]);
  });

  it("leaves out a client that the record does not have", () => {
    expect(compareWithRecord(record, [{ ...wrong, client: "cli", kind: "other text" }])).toEqual([]);
  });
});
