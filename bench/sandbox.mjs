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
const STARTS = 5;
/** So many requests until V8 has compiled what answers them. */
const WARM_UP = 5000;
/** For servers that look at no signature. */
const ANY_KEYS = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "any" };

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

/** From nothing to the first answer: a server that listens may have most of its loading still before it. */
async function benchStart(report, { startSandbox, startBare, moto }) {
  const took = { ours: [], bare: [] };
  for (let start = 0; start < STARTS; start++) {
    const ours = await startSandbox();
    took.ours.push(ours.startedMs + (await firstAnswer(readSandbox(ours))));
    await ours.stop();
    const bare = await startBare(1);
    took.bare.push(bare.startedMs + (await firstAnswer({ port: portOf(bare), keys: ANY_KEYS })));
    await bare.stop();
  }
  const row = {
    name: "start, until the first AssumeRole is answered",
    figure: median(took.ours),
    unit: "ms",
    better: "less",
  };
  report({
    ...row,
    baseline: { name: "a bare Node server", figure: median(took.bare) },
    reason: "the sandbox loads its services and builds six accounts with their keys",
  });
  const motoMs = moto.missing ? undefined : moto.startedMs + (await firstAnswer({ port: moto.port, keys: ANY_KEYS }));
  const reason = "moto is started once, and on a busy machine a single start says little";
  report({ ...row, baseline: besideMoto(moto, motoMs), reason });
}

async function firstAnswer({ port, keys }) {
  const [request] = await signAssumeRole({ port, keys, count: 1 });
  const [connection] = openConnections(port, 1);
  const start = performance.now();
  await connection.ask(request);
  const took = performance.now() - start;
  connection.close();
  return took;
}

/** Returns where the sandbox listens, and the key of the vendor's administrator. */
function readSandbox({ line }) {
  const { endpoint, accounts } = JSON.parse(line);
  return { port: Number(new URL(endpoint).port), keys: accounts.find(({ name }) => name === "vendor").admin };
}

const portOf = ({ line }) => Number(/\d+$/.exec(line)[0]);

async function benchAnswers(report, { startSandbox, startBare, moto }) {
  const sandbox = await startSandbox();
  const { port, keys } = readSandbox(sandbox);
  const [request] = await signAssumeRole({ port, keys, count: 1 });
  const [probe] = openConnections(port, 1);
  const { bodyBytes } = await probe.ask(request);
  probe.close();
  const bare = await startBare(bodyBytes);
  const ports = { ours: port, bare: portOf(bare), ...(moto.port && { moto: moto.port }) };
  try {
    for (const warm of [ports.ours, ports.bare])
      await askServers({ warm }, { keys, atOnce: 4 }, ({ warm }) => warm(WARM_UP));
    for (const atOnce of [1, 16]) {
      const rates = await askServers(ports, { keys, atOnce }, (contenders) =>
        takeTurns(contenders, { milliseconds: 2000, clock: "wall" }),
      );
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

/**
 * Returns what `work` makes of functions that ask each server so many times, with requests that were signed before, over
 * connections that stay open.
 */
async function askServers(ports, { keys, atOnce }, work) {
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
    return await work(contenders);
  } finally {
    for (const connection of all) connection.close();
  }
}

/** moto checks neither signatures nor policies as it comes, and is the peer all the same. */
function besideMoto(moto, figure) {
  return { name: "moto_server", ...(moto.missing === undefined ? { figure } : { missing: moto.missing }) };
}
