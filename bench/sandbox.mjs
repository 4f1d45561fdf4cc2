// How fast the sandbox starts and answers AssumeRole over HTTP. Every server is a process of its own, the client is this one.
import { fileURLToPath } from "node:url";
import { openConnections } from "./kit/open-connections.mjs";
import { signAssumeRole } from "./kit/sign-assume-role.mjs";
import { startMoto } from "./kit/start-moto.mjs";
import { startServer } from "./kit/start-server.mjs";
import { median, takeTurns } from "./kit/take-turns.mjs";
import { writeWorld } from "./kit/write-world.mjs";

const SANDBOX = fileURLToPath(new URL("../packages/sandbox/dist/bin.js", import.meta.url));
const BARE = fileURLToPath(new URL("kit/serve-fixed.mjs", import.meta.url));
const STARTS = 7;

export async function bench(report) {
  const world = writeWorld();
  const startSandbox = () => startServer(process.execPath, [SANDBOX, "--json", "--world", world.file], /^\{.*\}$/);
  const startBare = (bytes) => startServer(process.execPath, [BARE, String(bytes)], /^listening on (\d+)$/);
  const moto = await startMoto();
  try {
    await benchStart(report, { startSandbox, startBare, moto });
    await benchAnswers(report, { startSandbox, startBare, moto });
  } finally {
    await moto.stop();
    world.remove();
  }
}

async function benchStart(report, { startSandbox, startBare, moto }) {
  const took = { ours: [], bare: [] };
  for (let start = 0; start < STARTS; start++) {
    const ours = await startSandbox();
    await ours.stop();
    const bare = await startBare(1);
    await bare.stop();
    took.ours.push(ours.startedMs);
    took.bare.push(bare.startedMs);
  }
  const row = { name: "sandbox started, until it listens", figure: median(took.ours), unit: "ms", better: "less" };
  report({
    ...row,
    baseline: { name: "a bare Node server", figure: median(took.bare) },
    reason: "the sandbox loads its services and builds six accounts with their keys",
  });
  report({ ...row, baseline: besideMoto(moto, moto.startedMs) });
}

async function benchAnswers(report, { startSandbox, startBare, moto }) {
  const sandbox = await startSandbox();
  const { endpoint, accounts } = JSON.parse(sandbox.line);
  const keys = accounts.find(({ name }) => name === "vendor").admin;
  const port = Number(new URL(endpoint).port);
  const [request] = await signAssumeRole({ port, keys, count: 1 });
  const [probe] = openConnections(port, 1);
  const { bodyBytes } = await probe.ask(request);
  probe.close();
  const bare = await startBare(bodyBytes);
  const ports = { ours: port, bare: Number(/\d+$/.exec(bare.line)[0]), ...(moto.port && { moto: moto.port }) };
  try {
    for (const atOnce of [1, 16]) {
      const rates = await raceServers(ports, { keys, atOnce });
      const row = {
        name: `AssumeRole over HTTP, ${atOnce === 1 ? "one caller" : `${atOnce} callers at once`}`,
        figure: rates.ours,
        unit: "/s",
        better: "more",
      };
      report({
        ...row,
        baseline: { name: `bare Node HTTP, a fixed answer of ${bodyBytes} bytes`, figure: rates.bare },
        reason:
          "the sandbox verifies the signature, evaluates both sides' policies, issues a session and logs the call",
      });
      report({ ...row, baseline: besideMoto(moto, rates.moto) });
    }
  } finally {
    await bare.stop();
    await sandbox.stop();
  }
}

/** Asks every server with requests that were signed before, over connections that stay open. */
async function raceServers(ports, { keys, atOnce }) {
  const contenders = {};
  const all = [];
  for (const [name, port] of Object.entries(ports)) {
    const requests = await signAssumeRole({ port, keys, count: 64 });
    const connections = openConnections(port, atOnce);
    all.push(...connections);
    contenders[name] = async (count) => {
      let next = 0;
      const askOn = async (connection) => {
        while (next < count) await connection.ask(requests[next++ % requests.length]);
      };
      await Promise.all(connections.map(askOn));
    };
  }
  try {
    return await takeTurns(contenders, { milliseconds: 3000, clock: "wall" });
  } finally {
    for (const connection of all) connection.close();
  }
}

/** moto checks neither signatures nor policies as it comes, and is the peer all the same. */
function besideMoto(moto, figure) {
  return { name: "moto_server", ...(moto.missing === undefined ? { figure } : { missing: moto.missing }) };
}
