// The installed program behind the shells' functions: a profile with keys of its own, so that nothing is asked of AWS.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dump, isInstalled, openHome, requiresShells, runScript, TEST_SHELLS } from "./terminal/open-shell.js";

const isBuilt = existsSync(fileURLToPath(new URL("../dist/cold/main.mjs", import.meta.url)));

const CONFIG = '[profile dev]\nregion = eu-west-1\n\n[profile "it\'s $(touch ran)"]\nregion = eu-west-2\n';
const KEYS =
  "[dev]\naws_access_key_id = AKIADEV0000000000000\naws_secret_access_key = secret/dev\n\n[it's $(touch ran)]\naws_access_key_id = AKIAODD0000000000000\naws_secret_access_key = secret/odd\n";

test("the program is built when DAYPASS_REQUIRE asks for shells", () => {
  expect(isBuilt || !requiresShells).toBe(true);
});

for (const shell of TEST_SHELLS) {
  describe.skipIf(!isBuilt || !isInstalled(shell))(`in ${shell.title}`, () => {
    test("the program that is installed switches, fails and goes", () => {
      const home = openHome({
        identities: {},
        isReal: true,
        env: { DAYPASS_KEYCHAIN: "off", DAYPASS_AGENT: "off", AWS_REGION: "us-west-2" },
      });
      try {
        mkdirSync(join(home.folder, ".aws"));
        writeFileSync(join(home.folder, ".aws", "config"), CONFIG, { mode: 0o600 });
        writeFileSync(join(home.folder, ".aws", "credentials"), KEYS, { mode: 0o600 });
        const { environments, stdout, made } = runScript(shell, home, [
          dump("before"),
          shell.activate,
          "aws-as dev",
          dump("dev"),
          shell.language === "nu" ? "try { aws-as nobody-of-that-name }" : "aws-as nobody-of-that-name",
          dump("failed"),
          shell.language === "nu" ? `aws-as "it's $(touch ran)"` : `aws-as "it's "'$(touch ran)'`,
          dump("odd"),
          "aws-as -",
          shell.language === "nu" ? "print (aws-as)" : "aws-as",
          "aws-as-deactivate",
          dump("after"),
        ]);
        expect(environments["dev"]).toMatchObject({
          AWS_ACCESS_KEY_ID: "AKIADEV0000000000000",
          AWS_SECRET_ACCESS_KEY: "secret/dev",
          AWS_REGION: "eu-west-1",
          DAYPASS_LABEL: "dev",
        });
        expect(environments["failed"]).toEqual(environments["dev"]);
        expect(environments["odd"]).toMatchObject({
          AWS_ACCESS_KEY_ID: "AKIAODD0000000000000",
          AWS_REGION: "eu-west-2",
        });
        expect(environments["after"]).toEqual(environments["before"]);
        expect([stdout, made]).toEqual(["-\n", []]);
      } finally {
        home.close();
      }
    });
  });
}
