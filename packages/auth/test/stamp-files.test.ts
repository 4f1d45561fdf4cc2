// Whether files are as they were, by what the file system says of them.
import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { neverPrompt, openHome, type Home } from "@daypass/auth";

let folder = "";
let home: Home;
const config = () => join(folder, "config");
const set = (name: string) => `[profile a]\nregion = ${name}\n`;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stamp-"));
  writeFileSync(config(), set("eu-west-1"), { mode: 0o600 });
  home = await openHome({
    toolName: "daypass",
    homeDir: folder,
    env: { AWS_CONFIG_FILE: config(), AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") },
    prompt: neverPrompt("it is a test"),
    keychain: "off",
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("nothing changes while nothing is changed, and reading is no change", async () => {
  const before = await home.stamp();
  await home.identities();
  expect(await home.stamp()).toBe(before);
});

const CHANGES: readonly (readonly [string, () => unknown])[] = [
  ["written", () => writeFileSync(config(), set("eu-west-22"))],
  ["removed", () => rmSync(config())],
  ["made", () => writeFileSync(join(folder, "credentials"), "", { mode: 0o600 })],
  [
    "replaced by one of the same length and time",
    () => {
      const { atime, mtime } = statSync(config());
      writeFileSync(`${config()}.new`, set("eu-west-2"), { mode: 0o600 });
      utimesSync(`${config()}.new`, atime, mtime);
      renameSync(`${config()}.new`, config());
    },
  ],
  [
    "written in place with the same length, and its time set back",
    () => {
      const { atime, mtime } = statSync(config());
      writeFileSync(config(), set("eu-west-2"));
      utimesSync(config(), atime, mtime);
    },
  ],
  ["that of the hubs is written", () => home.config.update((before) => ({ ...before, ssoSessions: [] }))],
];
test.each(CHANGES)("another stamp after a file is %s", async (_what, change) => {
  const before = await home.stamp();
  await change();
  expect(await home.stamp()).not.toBe(before);
});
