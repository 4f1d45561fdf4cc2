// The AWS SDK for JavaScript, boto3 and the AWS CLI meet the same sandbox, in one table: the same calls are allowed, and
// the same are refused with the same code, HTTP status and text.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drivePython, findPython } from "./drive-python.js";
import { judgeAnswer, type Answer } from "./judge-answer.js";
import { prepareSandbox } from "./prepare-sandbox.js";
import { CASES, fillIn, type Case, type Keys } from "./read-table.js";
import { callSdk, openLink } from "./sdk-client.js";
import { startProgram, type Program } from "./start-program.js";

const python = findPython();
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
if ("missing" in python && !required) {
  process.stderr.write(`skipped: boto3 and the AWS CLI against the sandbox: ${python.missing}, see CONTRIBUTING.md\n`);
}

let program: Program;
let actors: Record<string, Keys>;
const casesOf = (client: string) => CASES.map((each) => fillIn(each, client, actors));

beforeAll(async () => {
  program = await startProgram();
  process.env["AWS_ENDPOINT_URL"] = program.endpoint;
  actors = await prepareSandbox(program);
});

afterAll(async () => {
  const code = await program.stop();
  if (code !== 0) throw new Error(`the sandbox ended with ${code ?? "a signal"}`);
});

test("the table names every case once", () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  for (const each of CASES)
    expect([each.name, each.allowed === undefined]).toEqual([each.name, each.refused !== undefined]);
});

test("the Python clients are there when DAYPASS_REQUIRE asks for them", () => {
  expect(required && "missing" in python ? python.missing : "present").toBe("present");
});

const clients: readonly (readonly [string, boolean, () => Promise<Map<string, Answer>>])[] = [
  ["the AWS SDK for JavaScript", false, driveSdk],
  ["boto3", "missing" in python, () => driveWith("boto3")],
  ["the AWS CLI", "missing" in python, () => driveWith("cli")],
];

describe.each(clients)("%s", (_, missing, drive) => {
  let answers = new Map<string, Answer>();

  beforeAll(async () => {
    if (!missing) answers = await drive();
  }, 120_000);

  test.skipIf(missing).each(CASES.map((each) => [each.name, each] as const))("%s", (name, each) => {
    expect(judgeAnswer(fillIn(each, clientName(drive), actors), answers.get(name))).toEqual([]);
  });
});

function clientName(drive: () => Promise<unknown>): string {
  const index = clients.findIndex((client) => client[2] === drive);
  return ["sdk", "boto3", "cli"][index] ?? "";
}

async function driveSdk(): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const each of casesOf("sdk")) answers.set(each.name, await askSdk(each));
  return answers;
}

async function askSdk(each: Case): Promise<Answer> {
  const keys = actors[each.as];
  if (keys === undefined) throw new Error(`there is no actor "${each.as}"`);
  if (each.call === undefined) return openLink(each, keys, program.endpoint);
  return callSdk(each.call, each.input ?? {}, keys);
}

// The cases of one group follow on each other; the groups do not, so that slow clients can do them side by side.
async function driveWith(client: "boto3" | "cli"): Promise<Map<string, Answer>> {
  if ("missing" in python) throw new Error(python.missing);
  const groups = new Map<string, Case[]>();
  for (const each of casesOf(client)) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  const { endpoint } = program;
  const answers = await Promise.all(
    [...groups.values()].map((cases) => drivePython(python.python, client, { actors, cases, endpoint })),
  );
  return new Map(answers.flatMap((each) => [...each]));
}
