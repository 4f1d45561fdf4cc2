// The AWS SDK for JavaScript, boto3 and the AWS CLI meet the same sandbox, in one table: the same calls are allowed, and
// the same are refused with the same code, HTTP status and text.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPython } from "../../conformance/drive-python.mjs";
import { PLAIN_NAMES, readCases } from "../../conformance/read-cases.mjs";
import { runTable } from "../../conformance/run-table.mjs";
import { startSandbox } from "../../conformance/start-sandbox.mjs";
import type { Actors, Row, Sandbox } from "../../conformance/types.d.mts";
import { walkSteps } from "../../conformance/walk-steps.mjs";

const { cases, steps } = readCases();
const found = findPython();
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
if (found.missing !== undefined && !required) {
  process.stderr.write(`skipped: boto3 and the AWS CLI against the sandbox: ${found.missing}, see CONTRIBUTING.md\n`);
}

const world = { target: "sandbox", names: PLAIN_NAMES } as const;
let sandbox: Sandbox;
let actors: Actors;

beforeAll(async () => {
  sandbox = await startSandbox();
  process.env["AWS_ENDPOINT_URL"] = sandbox.endpoint;
  const { admins, advance } = sandbox;
  ({ actors } = await walkSteps(steps, { ...world, admins, strict: true, advance }));
});

afterAll(async () => {
  const code = await sandbox.stop();
  if (code !== 0) throw new Error(`the sandbox ended with ${code ?? "a signal"}`);
});

test("the Python clients are there when DAYPASS_REQUIRE asks for them", () => {
  expect(required ? (found.missing ?? "present") : "present").toBe("present");
});

describe.each([
  ["the AWS SDK for JavaScript", "sdk", false],
  ["boto3", "boto3", found.missing !== undefined],
  ["the AWS CLI", "cli", found.missing !== undefined],
])("%s", (_, client, missing) => {
  let rows: readonly Row[] = [];

  beforeAll(async () => {
    const python = found.missing === undefined ? found.python : undefined;
    const { endpoint } = sandbox;
    if (!missing) rows = await runTable({ ...world, cases, actors, clients: [client], endpoint, python });
  }, 600_000);

  test.skipIf(missing).each(cases.map(({ name }) => [name]))("%s", (name) => {
    const row = rows.find((each) => each.name === name);
    expect([row?.kind, row?.differences]).toEqual(["right", []]);
  });
});
