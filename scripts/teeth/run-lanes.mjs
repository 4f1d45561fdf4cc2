// Hands orders to a few lanes and collects their reports. A lane that hangs or dies is replaced, and its order has none.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const LANE = fileURLToPath(new URL("lane.mjs", import.meta.url));

/**
 * Runs every order and calls `done(order, report)` as they end; `report` is `undefined` when the lane crashed or was
 * silent for `timeoutMs` milliseconds. Resolves when all are done and every lane has ended.
 */
export async function runLanes({ root, orders, lanes, timeoutMs, done }) {
  const queue = [...orders];
  await Promise.all(
    Array.from({ length: Math.min(lanes, orders.length) }, async () => {
      let lane;
      for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
        lane ??= await startLane(root);
        const report = await ask(lane, order, timeoutMs);
        if (report === undefined) {
          killLane(lane);
          lane = undefined;
        }
        done(order, report);
      }
      if (lane !== undefined) await closeLane(lane);
    }),
  );
}

async function startLane(root) {
  // A group of its own: vitest's workers are processes too, and have to end with the lane.
  const env = { ...process.env, DAYPASS_TWIN: "", DAYPASS_REPORT: undefined, NO_COLOR: "1" };
  const lane = fork(LANE, { cwd: root, env, stdio: ["ignore", "ignore", "ignore", "ipc"], detached: true });
  const died = once(lane, "exit").then(([code]) => Promise.reject(new Error(`vitest did not start (exit ${code})`)));
  await Promise.race([once(lane, "message"), died]);
  died.catch(() => {});
  return lane;
}

function ask(lane, { file, pattern, twin }, timeoutMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(undefined), timeoutMs);
    const end = (report) => {
      clearTimeout(timer);
      lane.off("message", end);
      lane.off("exit", died);
      resolve(report);
    };
    const died = () => end(undefined);
    lane.on("message", end);
    lane.on("exit", died);
    lane.send({ file, pattern, twin });
  });
}

async function closeLane(lane) {
  if (!lane.connected) return;
  const timer = setTimeout(() => killLane(lane), 10_000);
  lane.send({});
  await once(lane, "exit");
  clearTimeout(timer);
}

function killLane(lane) {
  try {
    process.kill(-lane.pid, "SIGKILL");
  } catch {
    // It ended in the meantime.
  }
}
