// What README and the guide to world files show is run.
import { readFileSync } from "node:fs";
import { IAM } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { WorldFile } from "@daypass/sandbox/testing";
import { describe, expect, it } from "vitest";
import { example } from "./readme-example.js";
import { ask } from "./rehearsal-clients.js";
import { rehearsal } from "./rehearsal-example.js";
import { orders } from "./rehearsal-orders.js";
import { assume, outcome, roleArn, sts } from "./sts-clients.js";

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const block = (markdown: string, language: string) =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(markdown)?.[1];

it("the README's test is a real one, and the sandbox refuses as it says", async () => {
  expect(block(text("../README.md"), "ts")).toBe(text("readme-example.ts"));
  expect(await example()).toBe("AccessDenied");
});

it("the guide's world file loads and is as it says", async () => {
  const file = JSON.parse(block(text("../docs/world-file.md"), "json") ?? "") as WorldFile;
  await using sandbox = await startSandbox({ world: file });
  const vendor = sts(sandbox, sandbox.account("vendor").admin);
  const role = roleArn("acme/VendorAccess");
  expect(await outcome(assume(vendor, role, { ExternalId: "acme-7f3a9c" }))).toBe("ok");
  expect(await outcome(assume(vendor, role))).toMatch(/^403 AccessDenied/);
  expect(sandbox.account("lab").id).toBe("777777777777");
  const credentials = sandbox.issueKey("lab", "ada");
  const ada = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
  expect((await ada.listMFADevices({})).MFADevices?.map(({ SerialNumber }) => SerialNumber)).toEqual([
    "arn:aws:iam::777777777777:mfa/ada",
  ]);
  expect(sandbox.mfaCode("arn:aws:iam::777777777777:mfa/ada")).toMatch(/^\d{6}$/);
});

describe("the guide to rehearsals", () => {
  const guide = text("../docs/rehearsal.md");
  const blocks = (language: string) =>
    [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, code = ""]) => code);
  const [first, ...short] = blocks("ts");
  const commands = blocks("sh").flatMap((code) => code.split("\n").filter((line) => line.startsWith("curl ")));

  it("begins with a test that is a real one, and comes out as it says", async () => {
    expect(first).toBe(text("rehearsal-example.ts"));
    expect(await rehearsal()).toEqual(["AccessDenied", "allowed"]);
    expect(guide).toContain('resolves to `["AccessDenied", "allowed"]`');
  });

  it("shows orders that a sandbox takes, word for word", async () => {
    const source = text("rehearsal-orders.ts");
    expect(short.length).toBe(Object.keys(orders).length);
    for (const code of short) expect(source).toContain(code.replace(/^(?=.)/gm, "    "));
    for (const order of Object.values(orders)) {
      await using sandbox = await startSandbox();
      order(sandbox);
    }
  });

  it("shows commands that the control door takes", async () => {
    expect(commands.length).toBeGreaterThan(short.length);
    await using sandbox = await startSandbox();
    for (const command of commands) {
      const [, method = "POST", path = "", body] =
        /^curl -s(?: -X (\w+))? "\$\{CONTROL\}([^"]+)"(?: -H content-type:application\/json -d '([^']+)')?$/.exec(
          command,
        ) ?? [];
      expect(path, command).not.toBe("");
      const given = body === undefined ? undefined : (JSON.parse(body) as unknown);
      const { id } = sandbox.fault({ kind: "propagation", delayMs: 1 });
      const asked = method === "POST" && given === undefined ? "GET" : method;
      const { status } = await ask(sandbox, asked, path.replace("ID", id), given);
      expect([command, status]).toEqual([command, expect.toBeOneOf([200, 201])]);
    }
  });

  it("and the README name every kind", () => {
    const kinds = ["propagation", "throttle", "outage", "error", "slow", "cut", "malformed"];
    const table = /## Rehearsals[^]*?## The console/.exec(text("../README.md"))?.[0] ?? "";
    expect([...table.matchAll(/^\| `([a-z]+)`/gm)].map(([, kind]) => kind)).toEqual(kinds);
    for (const kind of kinds) expect(table + guide).toContain(`\`${kind}\``);
    expect(block(text("../README.md").slice(text("../README.md").indexOf("## Rehearsals")), "ts")?.trim()).toBe(
      short.find((code) => code.includes("propagation") && code.includes("2000"))?.trim(),
    );
  });
});
