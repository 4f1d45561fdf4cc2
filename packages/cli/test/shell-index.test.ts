import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { namesOf } from "../dist/names.js";
import { becomeIdentity, labelOf, leaveIdentity } from "../dist/shells/change-environment.js";
import { renderSwitch } from "../dist/shells/render-switch.js";
import { writeShellIndex } from "../dist/shells/write-shell-index.js";

const names = namesOf("daypass");
let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "daypass-index-")), ".daypass", "shells");
});
afterEach(() => rmSync(join(directory, "..", ".."), { recursive: true, force: true }));

test("the list has a line for each identity, is the person's alone, and leaves nothing beside it", async () => {
  await writeShellIndex(directory, [{ name: "old", profile: "p" }]);
  await writeShellIndex(directory, [
    { name: "prod/admin", profile: "daypass-prod-admin", region: "eu-west-1" },
    { name: "it's $(touch ran)", profile: "p" },
  ]);
  expect(readFileSync(join(directory, "identities"), "utf8")).toBe(
    "prod/admin\tdaypass-prod-admin\teu-west-1\tprod/admin\nit's $(touch ran)\tp\t-\tit_s___touch_ran_\n",
  );
  expect(readdirSync(directory)).toEqual(["identities"]);
  expect(statSync(join(directory, "identities")).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test.each([
  { name: "a\tb", profile: "p" },
  { name: "a\nroot\tother", profile: "p" },
  { name: "", profile: "p" },
  { name: "a", profile: "p\r" },
  { name: "a", profile: "p", region: "eu\u001b[2J" },
  { name: "a", profile: "" },
])("an entry that would make two, or hold a control character, is refused: %j", async (entry) => {
  await writeShellIndex(directory, [{ name: "kept", profile: "p" }]);
  await expect(writeShellIndex(directory, [{ name: "ok", profile: "p" }, entry])).rejects.toThrow(
    "holds a control character",
  );
  expect(readFileSync(join(directory, "identities"), "utf8")).toBe("kept\tp\t-\tkept\n");
});

test.each([
  ["prod/admin", "prod/admin"],
  ["%n$(x)`y`!\\é\u001b[2J", "_n__x__y______2J"],
  ["", "_"],
  ["a".repeat(500), "a".repeat(128)],
])("the label of %j is %j", (identity, label) => {
  expect(labelOf(identity)).toBe(label);
});

const KEYS = { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t", expiration: new Date(1_000) };

test("whoever one becomes, every variable of the other ways is taken away first", () => {
  const keys = becomeIdentity({ names, identity: "a", access: KEYS, region: "eu-west-1" });
  const unset = keys.flatMap((change) => ("unset" in change ? [change.unset] : []));
  expect(unset).toContain("AWS_PROFILE");
  expect(unset).toContain("AWS_SECURITY_TOKEN");
  expect(keys.findLastIndex((change) => "unset" in change)).toBe(unset.length - 1);
  expect(Object.fromEntries(keys.flatMap((one) => ("set" in one ? [[one.set, one.value]] : [])))).toEqual({
    AWS_ACCESS_KEY_ID: "ASIA",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_SESSION_TOKEN: "t",
    AWS_CREDENTIAL_EXPIRATION: "1970-01-01T00:00:01Z",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    DAYPASS_EXPIRES_AT: "1",
    DAYPASS_IDENTITY: "a",
    DAYPASS_LABEL: "a",
  });
  const profile = becomeIdentity({ names, identity: "a", access: { profile: "p" } });
  const gone = profile.flatMap((change) => ("unset" in change ? [change.unset] : []));
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "DAYPASS_EXPIRES_AT",
  ]) {
    expect(gone).toContain(name);
  }
  expect(gone).not.toContain("AWS_REGION");
});

test("to be nobody, all of them go", () => {
  expect(leaveIdentity(names)).toHaveLength(22);
});

test("what a switch reads begins with a mark that does nothing", () => {
  expect(renderSwitch("zsh", [{ unset: "A" }])).toBe(": aws-as 1;\nunset A;\n");
  expect(renderSwitch("fish", [])).toBe(": aws-as 1;\n");
  expect(renderSwitch("pwsh", [])).toBe("$null = 'aws-as 1';\n");
  expect(renderSwitch("nu", [{ unset: "A" }])).toBe(': aws-as 1;\n{"A":null}\n');
});

test("csh, which would lose it, is given no line break", () => {
  expect(() => renderSwitch("tcsh", [{ set: "A", value: "a\nb" }])).toThrow("line break");
});
