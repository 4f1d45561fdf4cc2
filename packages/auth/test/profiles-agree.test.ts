// One corpus, three readers. DAYPASS_CORPUS says how many pairs of files: 150 here, thousands by hand.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseKnownFiles } from "@smithy/shared-ini-file-loader";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interpretProfiles } from "../dist/profiles/interpret-profiles.js";
import { corpusFile, hardFile, type CorpusFile } from "./profile-corpus.js";

const amount = Number(process.env["DAYPASS_CORPUS"] ?? 150);
/** The whole corpus: a hundredth of a second for each pair of files, and two minutes at least. */
const timeout = Math.max(120_000, amount * 10);
const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const hasBotocore = spawnSync(python, ["-c", "import botocore"]).status === 0;
if (!hasBotocore && !required) process.stderr.write("skipped: profiles as botocore reads them: it is not installed\n");

type Values = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
type Sections = Readonly<Record<string, Values>>;
interface Reading {
  readonly profiles: Sections;
  readonly sso_sessions: Sections;
  readonly services: Sections;
}

type Texts = Pick<CorpusFile, "config" | "credentials">;

const readByUs = ({ config, credentials }: Texts): Reading | undefined => {
  try {
    const { profiles, ssoSessions, services } = interpretProfiles({
      config: { path: "config", text: config },
      credentials: { path: "credentials", text: credentials },
    });
    const plain = (sections: typeof ssoSessions): Sections =>
      Object.fromEntries(
        [...sections].map(([name, { settings }]) => [
          name,
          Object.fromEntries(
            [...settings].map(([key, { value, nested }]) => [
              key,
              nested === undefined ? value : Object.fromEntries(nested),
            ]),
          ),
        ]),
      );
    return { profiles: plain(profiles), sso_sessions: plain(ssoSessions), services: plain(services) };
  } catch (error) {
    expect(error).toMatchObject({ name: "AuthError", code: "file_malformed" });
    expect(String(error)).toMatch(/(config|credentials):\d+: /);
    return undefined;
  }
};

/** The SDK knows no blocks: `s3.max_concurrent_requests`. And a section without settings is not there for it. */
const flatten = (sections: Sections): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(sections)
      .map(
        ([name, values]) =>
          [
            name,
            Object.fromEntries(
              Object.entries(values).flatMap(([key, value]) =>
                typeof value === "string"
                  ? [[key, value]]
                  : Object.entries(value).map(([below, text]) => [`${key}.${below}`, text]),
              ),
            ),
          ] as const,
      )
      .filter(([, values]) => Object.keys(values).length > 0),
  );

let folder = "";
let reader: ChildProcessWithoutNullStreams | undefined;
let answers: AsyncIterator<string> | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-profiles-"));
  if (!hasBotocore) return;
  reader = spawn(python, [fileURLToPath(new URL("./read-by-botocore.py", import.meta.url))], {
    env: { ...process.env, TMPDIR: folder, PYTHONUTF8: "1" },
  });
  answers = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
});
afterAll(() => {
  reader?.stdin.end();
  rmSync(folder, { recursive: true, force: true });
});

const readByBotocore = async ({ config, credentials }: Texts): Promise<Reading | undefined> => {
  reader?.stdin.write(`${JSON.stringify({ config, credentials })}\n`);
  const answer = JSON.parse((await answers?.next())?.value ?? "null") as Reading & { refused?: true };
  return answer.refused === true ? undefined : answer;
};

const readBySdk = async ({ config, credentials }: CorpusFile): Promise<Record<string, Record<string, unknown>>> => {
  const filepath = join(folder, "credentials");
  const configFilepath = join(folder, "config");
  writeFileSync(filepath, credentials);
  writeFileSync(configFilepath, config);
  return parseKnownFiles({ filepath, configFilepath, ignoreCache: true });
};

describe("the readers of ~/.aws", () => {
  test.skipIf(!hasBotocore && !required)(
    "agree with botocore on every file, but for [DEFAULT] and a mark",
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(corpusFile, async (file) => {
          const ours = readByUs(file);
          const theirs = await readByBotocore(file);
          if (theirs === undefined) refused += 1;
          if (file.quirks.has("DEFAULT")) return;
          if (file.quirks.has("byte order mark") && theirs === undefined) return;
          expect(ours).toEqual(theirs);
        }),
        { numRuns: amount },
      );
      if (amount > 150) process.stderr.write(`botocore refused ${refused} of ${amount}, and so did we\n`);
    },
    timeout,
  );

  test.skipIf(!hasBotocore && !required)(
    "agree with botocore on lines at which readers part ways, whole or cut anywhere",
    async () => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(hardFile, async (file) => {
          const theirs = await readByBotocore(file);
          if (theirs !== undefined) read += 1;
          expect(readByUs(file)).toEqual(theirs);
        }),
        { numRuns: amount },
      );
      expect(read).toBeGreaterThan(amount / 10);
      if (amount > 150) process.stderr.write(`botocore read ${read} of ${amount} hard ones, and so did we\n`);
    },
    timeout,
  );

  test(
    "agree with the SDK on every file without one of the oddities that are written down",
    async () => {
      const differing: Record<string, number> = {};
      let plainFiles = 0;
      await fc.assert(
        fc.asyncProperty(corpusFile, async (file) => {
          const ours = flatten(readByUs(file)?.profiles ?? {});
          const { ...theirs } = await readBySdk(file);
          for (const name of Object.keys(theirs)) {
            if (/^(sso-session|services)\./.test(name)) delete theirs[name];
          }
          if (file.quirks.size === 0) {
            plainFiles += 1;
            expect(ours).toEqual(theirs);
          } else if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
            for (const quirk of file.quirks) differing[quirk] = (differing[quirk] ?? 0) + 1;
          }
        }),
        { numRuns: amount },
      );
      expect(plainFiles).toBeGreaterThan(amount / 10);
      if (amount > 150)
        process.stderr.write(`${plainFiles} plain of ${amount}; differing: ${JSON.stringify(differing)}\n`);
    },
    timeout,
  );
});
