// One of several programs with the same sign-in. Arguments: ENDPOINT HOME PERSON(yes|no). Says `open URL` when it would
// open a browser, `wait` when it waits for another process, and at last `token …` or `refused CODE`.
import { join } from "node:path";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSsoTokens } from "../dist/sso/sso-tokens.js";

const [endpoint, home, person] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const kept = new Map();
const tokens = createSsoTokens({
  session: {
    name: "corp",
    startUrl: "https://d-1234567890.awsapps.com/start",
    region: "us-east-1",
    scopes: ["sso:account:access"],
  },
  cacheDirectory: join(home, ".aws", "sso", "cache"),
  locks: createFileLocks({ directory: join(home, "locks") }),
  secrets: {
    kind: "memory",
    get: async (name) => kept.get(name),
    set: async (name, secret) => void kept.set(name, secret),
    delete: async (name) => void kept.delete(name),
    names: async () => [...kept.keys()],
  },
  prompt: {
    isAvailable: person === "yes",
    ask: async () => "yes",
    tell: (message) => message.startsWith("waiting") && say("wait"),
  },
  openBrowser: async (url) => say(`open ${url}`),
  now: Date.now,
  settingsFor: (_service, region) => ({ region, endpoint }),
  mode: "browser",
});
await tokens.getAccessToken().then(
  (accessToken) => say(`token ${accessToken}`),
  (/** @type {unknown} */ error) => say(`refused ${String(Reflect.get(Object(error), "code"))}: ${error.message}`),
);
