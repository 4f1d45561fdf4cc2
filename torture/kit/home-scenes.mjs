// Writes one file of a person's directory, in the process that will be killed: `config FOLDER` and others. Each scene has
// what it begins with, what it does, and what must be true afterwards, also after a second try.
import { join } from "node:path";
import { createAuditLog } from "../../packages/auth/dist/audit/audit-log.js";
import { readAuditLog, verifyAuditLog } from "../../packages/auth/dist/audit/read-audit-log.js";
import { openPersonConfig } from "../../packages/auth/dist/hubs/person-config.js";
import { createFileLocks } from "../../packages/auth/dist/locks/file-locks.js";
import { createUsedSteps } from "../../packages/auth/dist/mfa/used-steps.js";
import { openSecretStore } from "../../packages/auth/dist/secrets/open-secret-store.js";
import { openCacheFile, readObject } from "../../packages/auth/dist/sso/token-file.js";

const prompt = { isAvailable: false, ask: async () => undefined, tell: () => undefined };
const DEVICE = "arn:aws:iam::111122223333:mfa/phone";
const STEP_MS = 30_000;

const locksOf = (folder) => createFileLocks({ directory: join(folder, "locks") });
const configOf = (folder) => openPersonConfig({ directory: folder, locks: locksOf(folder) });
const session = (name) => ({ name, startUrl: "https://d-1234567890.awsapps.com/start", region: "us-east-1" });
const recordOf = (folder) => createAuditLog({ file: join(folder, "audit.jsonl"), locks: locksOf(folder) });
const event = (name) => ({ type: "session.intent", time: new Date(0), name });
const tokenOf = (folder) => openCacheFile(join(folder, "cache"), "token.json");
const secretsOf = (folder) =>
  openSecretStore({
    directory: folder,
    keychain: "off",
    plain: true,
    locks: locksOf(folder),
    prompt,
    record: async () => undefined,
  });
/** Codes of one step: whoever must wait for the next one fails. */
const spend = (folder, step) =>
  createUsedSteps({
    directory: folder,
    locks: locksOf(folder),
    prompt,
    now: () => step * STEP_MS,
    sleep: () => Promise.reject(new Error("spent")),
  }).spend(DEVICE, () => "123456");

const oldOrNew = (found, isDone) => {
  if (found === "new" || (found === "old" && !isDone)) return undefined;
  return found === "old" ? "what was acknowledged is not there" : `it is neither the old nor the new: ${found}`;
};

export const SCENES = {
  config: {
    begin: async (folder) => void (await configOf(folder).update((c) => ({ ...c, ssoSessions: [session("old")] }))),
    act: (folder) => configOf(folder).update((c) => ({ ...c, ssoSessions: [session("new")] })),
    check: async (folder, isDone) => oldOrNew((await configOf(folder).read()).ssoSessions[0]?.name, isDone),
  },
  secrets: {
    begin: async (folder) => {
      const store = await secretsOf(folder);
      await store.set("kept", "kept");
      await store.set("changed", "old");
    },
    act: async (folder) => (await secretsOf(folder)).set("changed", "new"),
    check: async (folder, isDone) => {
      const store = await secretsOf(folder);
      if ((await store.get("kept")) !== "kept") return "another secret is gone";
      return oldOrNew(await store.get("changed"), isDone);
    },
  },
  "first secret": {
    begin: async () => undefined,
    act: async (folder) => (await secretsOf(folder)).set("first", "new"),
    check: async (folder, isDone) => oldOrNew((await (await secretsOf(folder)).get("first")) ?? "old", isDone),
  },
  token: {
    begin: (folder) => tokenOf(folder).write({ accessToken: "old" }),
    act: (folder) => tokenOf(folder).write({ accessToken: "new" }),
    check: async (folder, isDone) =>
      oldOrNew(readObject((await tokenOf(folder).read()) ?? "")?.["accessToken"], isDone),
  },
  codes: {
    begin: (folder) => spend(folder, 1),
    act: (folder) => spend(folder, 2),
    // A code that was handed out is never made again; one that nobody got may be.
    check: async (folder, isDone) => {
      const again = await spend(folder, 2).then(
        () => "old",
        () => "new",
      );
      return oldOrNew(again, isDone);
    },
  },
  record: {
    begin: (folder) => recordOf(folder)(event("old")),
    act: (folder) => recordOf(folder)(event("new")),
    check: async (folder, isDone) => {
      await recordOf(folder)(event("next"));
      const file = join(folder, "audit.jsonl");
      const { findings } = await verifyAuditLog(file);
      // A line that was begun is set aside, and that is noted: nobody was told that it stood.
      const names = (await readAuditLog(file)).flatMap(({ name }) => name ?? []);
      if (names[0] !== "old" || names.at(-1) !== "next") return `the record has ${names.join(", ")}`;
      if (findings.length > 0) return `the record is broken: ${JSON.stringify(findings)}`;
      return oldOrNew(names.length === 3 ? names[1] : "old", isDone);
    },
  },
};

const [scene, folder] = process.argv.slice(2);
if (folder !== undefined && Object.hasOwn(SCENES, scene)) {
  await SCENES[scene].act(folder);
  process.stdout.write("done\n");
}
