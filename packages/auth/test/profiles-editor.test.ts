import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createProfileEditor } from "../dist/files/edit-profiles.js";
import { parseIni } from "../dist/files/parse-ini.js";
import { createFileLocks } from "../dist/locks/file-locks.js";

const WORKER = fileURLToPath(new URL("edit-worker.mjs", import.meta.url));
const KEYS = {
  accessKeyId: "ASIA1",
  secretAccessKey: "s3cr3t",
  sessionToken: "tok",
  expiration: new Date("2026-01-02T03:04:05Z"),
  accountId: "012345678901",
};
const OWN =
  "# written by daypass; do not edit; keys: aws_access_key_id aws_secret_access_key aws_session_token aws_account_id; expires: 2026-01-02T03:04:05.000Z\n[dev]\naws_access_key_id = ASIA1\naws_secret_access_key = s3cr3t\naws_session_token = tok\naws_account_id = 012345678901\n";

let folder: string;
let credentialsFile: string;
let configFile: string;
const recorded: unknown[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-profiles-"));
  [credentialsFile, configFile] = [join(folder, ".aws", "credentials"), join(folder, ".aws", "config")];
  recorded.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const editorFor = (toolName = "daypass") =>
  createProfileEditor({
    configFile,
    credentialsFile,
    toolName,
    locks: createFileLocks({ directory: join(folder, "locks") }),
    record: async (event) => void recorded.push(event),
    now: () => Date.parse("2026-01-01"),
  });
const credentials = () => readFileSync(credentialsFile, "utf8");
const config = () => readFileSync(configFile, "utf8");
function lay(path: string, text: string) {
  mkdirSync(join(folder, ".aws"), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (error as { code: string }).code,
  );

describe("credentials of a profile", () => {
  test.each(["p #1", "p ;1"])(
    "are not written under a name that gives another section to the SDK: %s",
    async (name) => {
      const before = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = x\n";
      lay(credentialsFile, before);
      expect(await refusal(editorFor().writeCredentials(name, KEYS))).toBe("invalid_option");
      expect(await refusal(editorFor().writeSettings(name, { region: "eu-west-1" }))).toBe("invalid_option");
      expect(credentials()).toBe(before);
    },
  );

  test("are written into a file and folder for this user alone, marked as ours, recorded, and taken out without a trace", async () => {
    const editor = editorFor();
    expect(await editor.writeCredentials("dev", KEYS)).toEqual({
      path: credentialsFile,
      changed: true,
      tightenedFrom: undefined,
    });
    expect(credentials()).toBe(OWN);
    expect([statSync(credentialsFile).mode & 0o777, statSync(join(folder, ".aws")).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect(recorded).toEqual([
      {
        type: "profile.written",
        time: new Date("2026-01-01"),
        name: "dev",
        accessKeyId: "ASIA1",
        accountId: "012345678901",
        expiration: KEYS.expiration,
      },
    ]);
    expect(JSON.stringify(recorded)).not.toMatch(/s3cr3t|tok"/);
    expect((await editor.writeCredentials("dev", KEYS)).changed).toBe(false);
    await editor.remove("dev");
    expect(credentials()).toBe("");
    expect(recorded.length).toBe(2);
  });

  test("replace ours before, and nothing else: keys that are no longer there go", async () => {
    lay(credentialsFile, `# top\r\n[other]\r\naws_access_key_id=AKIA\r\n${OWN}\n; end\n[last]\nx=1`);
    await editorFor().writeCredentials("dev", { accessKeyId: "AKIA2", secretAccessKey: "s2" });
    expect(credentials()).toBe(
      "# top\r\n[other]\r\naws_access_key_id=AKIA\r\n# written by daypass; do not edit; keys: aws_access_key_id aws_secret_access_key\n[dev]\naws_access_key_id = AKIA2\naws_secret_access_key = s2\n\n; end\n[last]\nx=1",
    );
  });

  test("do not replace somebody else's, nor another tool's; with force theirs is set aside and comes back byte for byte", async () => {
    for (const theirs of [
      "[dev]\naws_access_key_id=AKIA\n  # mine\naws_secret_access_key=x",
      "[a]\r\nx=1\r\n  [dev]  \r\nk:v ; odd\r\n s =\r\n   n = 1\r\n# after\r\n[b]\r\nz=1\r\n",
      "# written by other; do not edit; keys: k\n[dev]\nk = v\n",
    ]) {
      lay(credentialsFile, theirs);
      const editor = editorFor();
      if (theirs.includes("  [dev]")) {
        // Indented below a key it is a part of that key's value to the AWS CLI.
        await editor.writeCredentials("dev", KEYS);
      } else {
        expect(await refusal(editor.writeCredentials("dev", KEYS))).toBe("foreign_section");
        expect(credentials()).toBe(theirs);
        await editor.writeCredentials("dev", KEYS, { force: true });
        await editor.writeCredentials("dev", { ...KEYS, accessKeyId: "ASIA2" });
        expect(parseIni(credentials(), "").sections.filter(({ header }) => header === "dev").length).toBe(1);
        expect(credentials()).toContain("ASIA2");
      }
      await editor.remove("dev");
      expect(credentials()).toBe(theirs);
    }
  });

  test("of any file come back byte for byte after force and removal", async () => {
    const piece = fc.constantFrom(
      "[dev]\n",
      "[a]\r\n",
      "k = v\n",
      "aws_access_key_id=AKIA\n",
      "  nested = 1\n",
      "# note\n",
      "\n",
      "[dev] ; mine\r\n",
      "s3 =\r\n  a = b",
      "\t",
      "x",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        const text = pieces.join("");
        lay(credentialsFile, text);
        const editor = editorFor();
        const code = await refusal(editor.writeCredentials("dev", KEYS, { force: true }));
        if (code !== "none") {
          expect([code, credentials()]).toEqual(["file_malformed", text]);
          return;
        }
        await editor.remove("dev");
        const had = parseIni(text, "").sections.some(({ header }) => header === "dev");
        expect([text, had ? text : `${text}\n`, had ? text : `${text}\r\n`]).toContain(credentials());
      }),
      { numRuns: 150 },
    );
  });

  test("leave keys that somebody added to our section with them", async () => {
    lay(credentialsFile, OWN + "region = eu-west-1\n");
    await editorFor().remove("dev");
    expect(credentials()).toBe("[dev]\nregion = eu-west-1\n");
    lay(credentialsFile, "[dev]\naws_access_key_id=AKIA\n");
    await editorFor().writeCredentials("dev", KEYS, { force: true });
    writeFileSync(credentialsFile, `${credentials()}region = eu-west-1\n`);
    await editorFor().remove("dev");
    expect(credentials()).toBe("[dev]\naws_access_key_id=AKIA\nregion = eu-west-1\n");
  });

  test("come back too where our section was deleted by hand, and stay aside where somebody wrote a new one", async () => {
    lay(credentialsFile, "[dev]\nk = 1\n");
    await editorFor().writeCredentials("dev", KEYS, { force: true });
    const aside = credentials().split("# written")[0]!;
    writeFileSync(credentialsFile, aside);
    await editorFor().remove("dev");
    expect(credentials()).toBe("[dev]\nk = 1\n");
    writeFileSync(credentialsFile, `${aside}[dev]\nk = 2\n`);
    await editorFor().remove("dev");
    expect(credentials()).toBe(`${aside}[dev]\nk = 2\n`);
  });

  test("with a line end or a bracket in them, as a hostile server could send them, are refused and nothing is written", async () => {
    lay(credentialsFile, "[a]\nk = v\n");
    for (const secretAccessKey of ["x\n[default]\ncredential_process=evil", "x\r\n", "x]", "[x"])
      expect(await refusal(editorFor().writeCredentials("dev", { ...KEYS, secretAccessKey }))).toBe("invalid_option");
    for (const name of ["a]\n[default", "a\nb", "", "__proto__", "DEFAULT", 'a"b'])
      expect(
        await editorFor()
          .writeSettings("x", {})
          .then(() => refusal(Promise.resolve().then(() => editorFor().writeCredentials(name, KEYS)))),
      ).toBe("invalid_option");
    expect(credentials()).toBe("[a]\nk = v\n");
  });

  test("are not written into a file that the AWS CLI could not read, nor where the record cannot be written", async () => {
    for (const text of ["no section\n", "[a]\nbroken\n", "[dev]\n[dev]\n"]) {
      lay(credentialsFile, text);
      expect(await refusal(editorFor().writeCredentials("dev", KEYS, { force: true }))).toBe("file_malformed");
      expect(credentials()).toBe(text);
    }
    lay(credentialsFile, "[a]\n");
    const editor = createProfileEditor({
      configFile,
      credentialsFile,
      toolName: "daypass",
      locks: createFileLocks({ directory: join(folder, "locks") }),
      record: () => Promise.reject(new Error("full")),
    });
    expect(await refusal(editor.writeCredentials("dev", KEYS))).toBe("audit_unavailable");
    expect(credentials()).toBe("[a]\n");
  });

  test("close a file that others could read, and that is told", async () => {
    lay(credentialsFile, "");
    chmodSync(credentialsFile, 0o644);
    expect((await editorFor().writeCredentials("dev", KEYS)).tightenedFrom).toBe(0o644);
    expect(statSync(credentialsFile).mode & 0o777).toBe(0o600);
  });
});

describe("settings of a profile or sign-in", () => {
  test("are ours as a whole where nobody had any, and listed", async () => {
    const editor = editorFor();
    await editor.writeSettings("a b", { region: "eu-west-1" });
    await editor.writeSettings(
      { ssoSession: "corp" },
      { sso_region: "eu-west-1", sso_start_url: "https://x.test/start#/" },
    );
    await editor.writeSettings("default", { output: "json" });
    await editor.writeSettings("default", { region: "us-east-1" });
    expect(config()).toContain('[profile "a b"]\nregion = eu-west-1\n');
    expect(config()).toContain("[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x.test/start#/\n");
    expect(config()).toMatch(/\[default\]\nregion = us-east-1\n$/);
    await editor.writeCredentials("dev", KEYS);
    expect(
      (await editor.list()).map(({ target, file, keys, isWhole, expiration }) => [
        target,
        file,
        keys.length,
        isWhole,
        expiration,
      ]),
    ).toEqual([
      ["dev", "credentials", 4, true, KEYS.expiration],
      ["a b", "config", 1, true, undefined],
      [{ ssoSession: "corp" }, "config", 2, true, undefined],
      ["default", "config", 1, true, undefined],
    ]);
    for (const target of ["a b", { ssoSession: "corp" }, "default", "dev"]) await editor.remove(target);
    expect([config(), credentials()]).toEqual(["", ""]);
  });

  test("in somebody's own section need force; only our keys are ours, and what was there comes back", async () => {
    const theirs = "[profile dev]\n  Region=old ; why\n  s3 =\n    # c\n    a = b\n  role_arn = r\n[z]";
    lay(configFile, theirs);
    const editor = editorFor();
    expect(await refusal(editor.writeSettings("dev", { region: "new" }))).toBe("foreign_section");
    expect((await editor.writeSettings("dev", { role_arn: "r" })).changed).toBe(false);
    await editor.writeSettings("dev", { region: "new", s3: "x", output: "json" }, { force: true });
    const [section] = parseIni(config(), "").sections;
    expect(section?.entries.map(({ key, value }) => [key, value])).toEqual([
      ["region", "new"],
      ["s3", "x"],
      ["role_arn", "r"],
      ["output", "json"],
    ]);
    expect(await editor.list()).toMatchObject([{ target: "dev", keys: ["region", "s3", "output"], isWhole: false }]);
    await editor.writeSettings("dev", { region: "newer" });
    expect(await refusal(editor.writeSettings("dev", { role_arn: "mine" }))).toBe("foreign_section");
    expect(config()).toContain("  region = newer\n");
    await editor.remove("dev");
    expect(config()).toBe(theirs);
  });

  test("that somebody changed since are theirs and stay", async () => {
    lay(configFile, "[profile dev]\nregion = old\n");
    await editorFor().writeSettings("dev", { region: "ours" }, { force: true });
    writeFileSync(configFile, config().replace("region = ours", "region = theirs"));
    await editorFor().remove("dev");
    expect(config().replaceAll(/^#.*\n/gm, "")).toBe("[profile dev]\nregion = theirs\n");
  });

  test("are not taken out where there is nothing of ours, and no file is made for that", async () => {
    await editorFor().remove("dev");
    expect(existsSync(join(folder, ".aws"))).toBe(false);
    lay(configFile, "[profile dev]\nregion = x\n");
    expect((await editorFor().remove("dev")).map(({ changed }) => changed)).toEqual([false, false]);
    expect(recorded).toEqual([]);
  });
});

describe("several writers", () => {
  test("eight processes with six updates each lose none", async () => {
    lay(credentialsFile, "# kept\n[own]\naws_access_key_id = AKIA\n");
    const children = Array.from({ length: 8 }, (_, n) =>
      spawn(process.execPath, [WORKER, folder, "write", `p${n}`, "6"], { stdio: "inherit" }),
    );
    await Promise.all(children.map((child) => once(child, "close")));
    expect(children.map(({ exitCode }) => exitCode)).toEqual(children.map(() => 0));
    const { sections } = parseIni(credentials(), "");
    const wanted = ["own", ...children.flatMap((_, n) => [0, 1, 2, 3, 4].map((k) => `p${n}-${k}`))];
    expect(sections.map(({ header }) => header).sort()).toEqual(wanted.sort());
    for (const { header, entries } of sections) if (header.endsWith("-1")) expect(entries[0]?.value).toBe("ASIA6");
    expect(readdirSync(join(folder, ".aws"))).toEqual(["credentials"]);
  });

  const python = process.env["DAYPASS_PYTHON"] ?? "python3";
  const hasCli = spawnSync(python, ["-m", "awscli", "--version"]).status === 0;
  test.skipIf(!hasCli)(
    "the AWS CLI, which takes no lock and writes in place, loses no section of its own to us, nor we to it",
    async () => {
      const env = { ...process.env, AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: credentialsFile };
      lay(credentialsFile, "# kept\n[own]\naws_access_key_id = AKIA\n");
      const editor = createProfileEditor({
        configFile,
        credentialsFile,
        toolName: "daypass",
        locks: createFileLocks({ directory: join(folder, "locks") }),
      });
      for (let round = 0; round < 4; round++) {
        const cli = spawn(
          python,
          ["-m", "awscli", "configure", "set", "aws_access_key_id", `AKIA${round}`, "--profile", `cli-${round}`],
          { env, stdio: "inherit" },
        );
        await Promise.all([once(cli, "close"), editor.writeCredentials(`ours-${round}`, KEYS)]);
        expect((await editor.writeCredentials(`ours-${round}`, KEYS)).changed).toBe(false);
      }
      const headers = parseIni(credentials(), "").sections.map(({ header }) => header);
      expect(headers.sort()).toEqual([
        "cli-0",
        "cli-1",
        "cli-2",
        "cli-3",
        "ours-0",
        "ours-1",
        "ours-2",
        "ours-3",
        "own",
      ]);
      expect(credentials()).toContain("# kept\n");
    },
  );
});
