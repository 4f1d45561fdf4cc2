// The README's programs are run as they stand, each by itself: the AWS SDK finds the sandbox by AWS_ENDPOINT_URL.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "@daypass/sandbox/testing";
import { expect, test } from "vitest";

const allow = (Action: string, more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, ...more }],
});

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const programs = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, program]) => program ?? "");
const outputs = ["a,b\n", "access_denied\ngranted\nrevoked\n"];
const INTENT = "assume_role.intent";
const audits = [
  [INTENT, "assume_role.granted"],
  [INTENT, "assume_role.refused", INTENT, "assume_role.granted"],
];

test("every program of the README has an expected output here", () => {
  expect(programs).toHaveLength(outputs.length);
});

test.each(programs)("the README's program %# does what it says and leaves an audit", async (program) => {
  const which = programs.indexOf(program);
  const folder = await mkdtemp(join(tmpdir(), "daypass-readme-"));
  await using sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: "222222222222",
          roles: [
            {
              name: "reader",
              trustPolicy: allow("sts:AssumeRole", {
                Principal: { AWS: "arn:aws:iam::111111111111:root" },
                Condition: { StringEquals: { "sts:ExternalId": "vYx3mHc0Qk2sVb7nTfWq5g" } },
              }),
              policies: { read: allow("s3:GetObject", { Resource: "arn:aws:s3:::acme-data/*" }) },
            },
          ],
        },
      ],
      buckets: [
        {
          name: "acme-data",
          account: "222222222222",
          region: "eu-west-1",
          objects: [{ key: "report.csv", body: "a,b" }],
        },
      ],
    },
  });
  const { admin } = sandbox.account("vendor");
  try {
    await symlink(new URL("../../../node_modules", import.meta.url), join(folder, "node_modules"));
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        AWS_ENDPOINT_URL: sandbox.endpoint,
        AWS_ACCESS_KEY_ID: admin.accessKeyId,
        AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
      },
    });
    expect(stdout).toBe(outputs[which]);
    const lines = (await readFile(join(folder, "audit.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(audits[which]);
    expect(lines.join()).not.toContain("vYx3mHc0Qk2sVb7nTfWq5g");
  } finally {
    await rm(folder, { recursive: true });
  }
});
