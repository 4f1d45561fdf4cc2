// Anything at all is sent to the agent's socket while it holds a session that nobody of these may have.
import { mkdirSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createAgentClient, startAgent } from "@daypass/agent";
import { neverPrompt, openHome } from "@daypass/auth";
import { collectGarbage } from "./kit/collect-garbage.mjs";
import { createRandom } from "./kit/random.mjs";

const HELD = "held-by-the-agent";
const CANARY = "canary-of-what-is-held";
const AT_ONCE = 16;
const MOST_GROWTH = 48 * 1024 * 1024;
const HOUR = 3_600_000;
const PIECES = [
  "{",
  "}",
  '"v":1',
  '"op":"credentials"',
  '"op":"status"',
  `"identity":"${HELD}`,
  '"canAsk":true',
  '"id":1,"answer":"123456"',
  ",",
  ":",
  "\n",
  "\r\n",
  "\0",
  "credential-process ",
  `credential-process ${HELD}\u200b`,
  "GET ",
  "POST ",
  "/credential-process?identity=",
  `GET /credential-process?identity=${HELD} HTTP/1.1\r\n`,
  " HTTP/1.1\r\n",
  "Host: evil.example\r\n",
  "Origin: null\r\n",
  "Host : localhost\r\n",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

export const trial = {
  name: "fuzz-agent-socket",
  claim:
    "whatever is sent to the agent, only a whole request gets credentials, and the agent goes on and does not grow",
  wouldShow: "a byte of the session that is held, an agent that answers no more, a heap that grows",
  unit: "requests",
  amounts: { test: 1_000, short: 10_000, long: 1_000_000 },
  needs: [],

  async run({ amount, seed, folder }) {
    const random = createRandom(seed, "fuzz-agent-socket");
    const directory = join(folder, "person");
    mkdirSync(directory, { mode: 0o700 });
    const prompt = neverPrompt("this is a trial");
    const home = await openHome({
      toolName: "daypass",
      directory,
      homeDir: directory,
      env: {},
      prompt,
      keychain: "off",
    });
    const agent = await startAgent({
      directory,
      locks: home.context.locks,
      answer: async ({ identity }) => ({
        credentials: {
          accessKeyId: "ASIAIOSFODNN7EXAMPLE",
          secretAccessKey: identity === HELD ? CANARY : "of-another",
          sessionToken: "token",
          expiration: new Date(Date.now() + HOUR),
        },
      }),
      unlock: null,
      hardened: null,
      idleMs: 24 * HOUR,
      lifetimeMs: 24 * HOUR,
    });
    const client = createAgentClient({ directory, prompt });
    const wrong = [];
    await client.credentials({ identity: HELD });
    let heapBefore;
    let tried = 0;
    while (tried < amount) {
      const batch = Array.from({ length: Math.min(AT_ONCE, amount - tried) }, () => makeRequest(random));
      const said = await Promise.all(batch.map((bytes) => send(agent.socketPath, bytes)));
      for (const [n, text] of said.entries()) {
        if (text.includes(CANARY)) wrong.push(`got what is held: ${JSON.stringify(batch[n].toString("latin1"))}`);
      }
      tried += batch.length;
      // Half of them warm up whatever is filled once and never again.
      if (heapBefore === undefined && tried >= amount / 2) heapBefore = await heapUsed();
    }
    const grown = (await heapUsed()) - (heapBefore ?? 0);
    if (grown > MOST_GROWTH) wrong.push(`the heap grew by ${grown} bytes`);
    const { credentials } = await client.credentials({ identity: HELD });
    if (credentials.secretAccessKey !== CANARY) wrong.push("the agent lost what it held");
    await agent.stop();
    return { tried, wrong, figures: { "heap grew by, KiB": Math.round(grown / 1024) } };
  },
};

function makeRequest(random) {
  const count = 1 + random.int(9);
  const pieces = Array.from({ length: count }, () =>
    random.int(3) === 0
      ? Buffer.from(Array.from({ length: random.int(48) }, () => random.int(256)))
      : Buffer.from(PIECES[random.int(PIECES.length)]),
  );
  const bytes = Buffer.concat(pieces);
  return isWhole(bytes.toString("utf8")) ? Buffer.from("nothing\n") : bytes;
}

/** The few that chance makes whole requests for what is held are none of the attacks. */
function isWhole(text) {
  return text.startsWith(`credential-process ${HELD}\n`) && text.indexOf("\n") === text.length - 1;
}

function send(path, bytes) {
  return new Promise((resolve) => {
    let text = "";
    const socket = createConnection(path);
    socket.once("connect", () => socket.end(bytes));
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(text));
  });
}

async function heapUsed() {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
