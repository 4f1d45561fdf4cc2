// One of many processes that want a role of a hub at once. It asks "the person" by creating a file: what is there was a
// question, so that questions of all processes can be counted. Its cache is a directory, as ours on disk is.
import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { openPersonConfig } from "../dist/hubs/person-config.js";
import { createHubRoleSource } from "../dist/hubs/hub-sources.js";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";

const [directory, endpoint, secretsText, name, mode] = process.argv.slice(2);
const locks = createFileLocks({ directory: join(directory, "locks") });
const stored = JSON.parse(secretsText);
const sessions = join(directory, "sessions");
await mkdir(sessions, { recursive: true });

const cache = {
  async get(key) {
    const text = await readFile(join(sessions, key), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const kept = JSON.parse(text);
    const expiration = new Date(kept.credentials.expiration);
    return { ...kept, credentials: { ...kept.credentials, expiration }, obtained: new Date(kept.obtained) };
  },
  async set(key, session) {
    await writeFile(join(sessions, `${key}.${process.pid}`), JSON.stringify(session));
    await rename(join(sessions, `${key}.${process.pid}`), join(sessions, key));
  },
  delete: async () => undefined,
  list: async () => [],
  clear: async () => undefined,
};
const prompt = {
  isAvailable: true,
  tell: () => undefined,
  async ask() {
    await appendFile(join(directory, "questions"), `${process.pid}\n`);
    // Asked, and killed before the answer: the next must ask.
    if (mode === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
    return readFile(join(directory, "code"), "utf8");
  },
};
const record = async () => undefined;
const keeper = createSessionKeeper({ cache, locks, record, prompt });
const secrets = { kind: "memory", get: async (key) => stored[key] };
const setting = {
  config: openPersonConfig({ directory, locks }),
  settingsFor: () => ({ region: "eu-west-1", endpoint }),
  codesFor: () => () => prompt.ask(),
  sessionNameParts: ["alice", "daypass"],
};
const source = await createHubRoleSource({ keeper, locks, secrets, prompt, now: Date.now }, setting, name);
const { accessKeyId } = await source.get();
process.stdout.write(`${accessKeyId}\n`);
