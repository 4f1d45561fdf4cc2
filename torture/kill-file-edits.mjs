// kill -9, a full disk and a failing one at every system call of writing a profile: taking the lock, reading, writing the
// copy, the rename, giving the lock back.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProfileEditor } from "../packages/auth/dist/files/edit-profiles.js";
import { createFileLocks } from "../packages/auth/dist/locks/file-locks.js";
import { inParallel } from "./kit/points.mjs";
import { createRandom } from "./kit/random.mjs";

const WRITER = fileURLToPath(new URL("../packages/auth/test/edit-worker.mjs", import.meta.url));
/** Calls that change files, or on whose answer a change depends. */
const CALLS =
  "openat,open,write,pwrite64,read,pread64,fsync,fdatasync,ftruncate,unlink,chmod,fchmod,rename,link,mkdir,close,utimensat,statx,readlink,getdents64";
const FAULTS = ["signal=KILL", "error=ENOSPC", "error=EIO"];
const OLD = "# mine\r\n[mine]\r\naws_access_key_id=AKIA\r\n\n[other]\nx = 1";

export const trial = {
  name: "kill-file-edits",
  claim:
    "a credentials file is the old one or the new one, byte for byte and closed to others, after kill -9 or a disk error at any system call of writing it, and the next writer goes on",
  wouldShow: "a cut or empty file, a lost profile, a lock that nobody gives back, a copy with keys in it that stays",
  unit: "faults",
  amounts: { test: 48, short: 160, long: 2_000 },
  needs: ["strace"],

  async run({ amount, seed, folder }) {
    const count = lay(join(folder, "count"));
    const { log } = await runTraced(count, traceTo(join(folder, "log")), join(folder, "log"));
    const after = readFileSync(join(count, ".aws", "credentials"), "utf8");
    const target = lay(join(folder, "target"));
    const own = await runTraced(
      target,
      ["-P", credentialsOf(target), ...traceTo(join(folder, "own"))],
      join(folder, "own"),
    );
    const withFaults = (list) => list.flatMap((point) => FAULTS.map((fault) => [point, fault]));
    // Calls on the file itself are counted by themselves: there are few of them, so they come first, and their numbers do
    // not hang on how often threads wake each other.
    const first = withFaults(pointsOf(own.log).map((point) => [...point, true]));
    const points = withFaults(pointsOf(log));
    const random = createRandom(seed, "kill-file-edits");
    const shuffled = points.map((each) => [random.int(2 ** 40), each]).sort(([left], [right]) => left - right);
    const wrong = [];
    let died = 0;
    const chosen = Array.from(
      { length: amount },
      (_, n) => first[n] ?? shuffled[(n - first.length) % shuffled.length][1],
    );
    await inParallel(chosen, async ([[call, number, isOwn], fault], n) => {
      const home = lay(join(folder, `home-${n}`));
      const inject = `inject=${call}:${fault}:when=${number}`;
      const { said } = await runTraced(home, [
        ...(isOwn ? ["-P", credentialsOf(home)] : []),
        "-o",
        "/dev/null",
        "-e",
        `trace=${call}`,
        "-e",
        inject,
      ]);
      if (said === "") died++;
      for (const line of await check(home, after, said, fault)) wrong.push(`${call} ${number}, ${fault}: ${line}`);
      rmSync(home, { recursive: true });
    });
    return { tried: chosen.length, wrong, figures: { "points in all": first.length + points.length, died } };
  },
};

const credentialsOf = (home) => join(home, ".aws", "credentials");
const traceTo = (log) => ["-o", log, "-e", `trace=${CALLS}`];

function lay(home) {
  mkdirSync(join(home, ".aws"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, ".aws", "credentials"), OLD, { mode: 0o600 });
  return home;
}

/** The writer is loaded first and traced only then, so that what is counted is its work; one thread does that work. */
async function runTraced(home, options, log) {
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
  const child = spawn(process.execPath, [WRITER, home, "ask"], { env, stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close");
  let said = "";
  const ready = once(child.stdout, "data");
  child.stdout.on("data", (chunk) => (said += chunk));
  await ready;
  const tracer = spawn("strace", ["-f", ...options, "-p", String(child.pid)], { stdio: ["ignore", "ignore", "pipe"] });
  const traced = once(tracer, "close");
  await Promise.race([once(tracer.stderr, "data"), traced]);
  tracer.stderr.resume();
  child.stdin.end("go\n");
  // An error on a pipe of Node's own can leave it waiting for ever: then it is killed like the others.
  const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await closed;
  clearTimeout(patience);
  await traced;
  return { said: said.replace("ready\n", "").trim(), log: log === undefined ? "" : readFileSync(log, "utf8") };
}

/** strace counts for each thread by itself, so the longest count of any thread is how far there is to go. */
function pointsOf(log) {
  const counts = new Map();
  for (const line of log.split("\n")) {
    const [, thread, call] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (call === undefined) continue;
    const key = `${thread} ${call}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = new Map();
  for (const [key, count] of counts) {
    const call = key.split(" ")[1];
    most.set(call, Math.max(most.get(call) ?? 0, count));
  }
  return [...most].flatMap(([call, count]) => Array.from({ length: count }, (_, index) => [call, index + 1]));
}

async function check(home, after, said, fault) {
  const wrong = [];
  const path = join(home, ".aws", "credentials");
  const text = readFileSync(path, "utf8");
  if (text !== OLD && text !== after)
    wrong.push(`the file is neither the old nor the new one: ${JSON.stringify(text)}`);
  if (said === "written" && text !== after) wrong.push("it was said to be written, and is not");
  if ((statSync(path).mode & 0o077) !== 0) wrong.push("others can read the file");
  const copies = readdirSync(join(home, ".aws")).filter((name) => name.endsWith(".tmp"));
  if (fault !== "signal=KILL" && said !== "" && copies.length > 1) wrong.push("more than one copy is left");
  let waits = 0;
  const sleep = async () => {
    if (++waits > 40) throw new Error("still waiting");
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const editor = createProfileEditor({
    configFile: join(home, ".aws", "config"),
    credentialsFile: path,
    toolName: "daypass",
    locks: createFileLocks({ directory: join(home, "locks") }),
    sleep,
  });
  await editor.writeCredentials("mine", { accessKeyId: "AKIA9", secretAccessKey: "s" }, { force: true });
  await editor.remove("mine");
  if (readFileSync(path, "utf8") !== OLD) wrong.push("what was set aside did not come back");
  const left = [...readdirSync(join(home, ".aws")), ...readdirSync(join(home, "locks"))];
  if (left.length !== 1) wrong.push(`something is left: ${left.join(", ")}`);
  return wrong;
}
