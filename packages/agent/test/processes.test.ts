// Real processes: herds, kills, squatters, other users, and a look into the agent from outside.
import { execFile, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAgentClient, placeSocket, startAgent } from "@daypass/agent";
import { neverPrompt } from "@daypass/auth";
import { isAlive, makePlace, type Place } from "./agent-processes.js";
import { AGENT, ASKER, kill } from "./run-agents.mjs";
import { locksOf, rejectionOf, sessionOf, until } from "./agent-world.js";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write("skipped: other users' tries, which only root can make\n");

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.end());

const client = () => createAgentClient({ directory: place.directory, prompt: neverPrompt("nobody is here"), env: {} });
const count = (word: string) => place.lines().filter((line) => line.startsWith(`${word} `)).length;

describe("many processes", () => {
  test("twenty processes start one agent, and ask one question", { timeout: 240_000 }, async () => {
    const command = JSON.stringify([process.execPath, AGENT, place.directory, place.log, "ask"]);
    const all = Array.from({ length: 20 }, () =>
      run(process.execPath, [ASKER, place.directory, place.log, "123456", "prod", command]),
    );
    const tokens = (await Promise.all(all)).map(({ stdout }) => stdout);
    expect(new Set(tokens)).toEqual(new Set(["token-123456\n"]));
    expect([count("spawn"), count("prompt"), count("answer")]).toEqual([1, 1, 1]);
  });

  test("an asker that is killed in the middle of a question loses nothing for the others", async () => {
    await place.start(["ask"]);
    const asker = spawn(process.execPath, [ASKER, place.directory, place.log, "hang", "prod"], { stdio: "ignore" });
    await until(() => count("prompt") === 1);
    const next = run(process.execPath, [ASKER, place.directory, place.log, "654321", "prod"]);
    const waiting = run(process.execPath, [ASKER, place.directory, place.log, "-", "prod"]);
    for (;;) {
      const { waiting } = await client().status();
      if (waiting === 3) break;
    }
    asker.kill("SIGKILL");
    expect((await next).stdout).toBe("token-654321\n");
    expect((await waiting).stdout).toBe("token-654321\n");
    expect([count("prompt"), count("answer")]).toEqual([2, 1]);
  });

  test("a second agent does not start", async () => {
    await place.start(["plain"]);
    await place.start(["plain"]);
    expect(place.lines()).toContain("failed already_running");
    expect((await client().credentials({ identity: "prod" })).credentials.sessionToken).toBe("token-none");
  });
});

describe("the socket", () => {
  const agentHere = async (directory: string, locks = locksOf(directory)) =>
    startAgent({
      directory,
      locks: await locks,
      answer: async ({ identity }) => ({ credentials: sessionOf(identity, Date.now() + 60_000) }),
      unlock: null,
      hardened: null,
      idleMs: 60_000,
      lifetimeMs: 60_000,
    });

  test("it is for its owner alone, in a folder that is", async () => {
    const agent = await agentHere(place.directory);
    expect(statSync(agent.socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(place.directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(place.directory).filter((name) => name.endsWith(".s"))).toEqual([]);
    await agent.stop();
    expect(existsSync(agent.socketPath)).toBe(false);
  });

  test("where an agent answers another is refused, and the first goes on", async () => {
    const agent = await agentHere(place.directory);
    expect((await rejectionOf(agentHere(place.directory))).code).toBe("already_running");
    expect(await client().isRunning()).toBe(true);
    await agent.stop();
  });

  test("after a kill the next one binds, a hundred times", async () => {
    // What a killed agent leaves behind: a socket that nobody listens at.
    const locks = locksOf(place.directory);
    for (let round = 0; round < 100; round++) {
      const leave = `require("net").createServer().listen(${JSON.stringify(place.socket)},()=>process.kill(process.pid,9))`;
      if (round % 10 === 0) {
        rmSync(place.socket, { force: true });
        spawnSync(process.execPath, ["-e", leave]);
        expect(statSync(place.socket).isSocket()).toBe(true);
      } else {
        await abandonSocket(place.socket);
      }
      const agent = await agentHere(place.directory, locks);
      expect(await client().isRunning()).toBe(true);
      await agent.stop();
    }
  });

  test("a directory whose path is too long has its socket in a short place, that two can agree on", async () => {
    const directory = join(place.directory, "a".repeat(60), "b".repeat(60));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const paths = placeSocket({ directory });
    expect(Buffer.byteLength(paths.socket)).toBeLessThanOrEqual(103);
    expect(placeSocket({ directory, runtimeDirectory: "/run/user/1" }).folder).toMatch(/^\/run\/user\/1\//);
    expect(placeSocket({ directory: `${directory}x` }).socket).not.toBe(paths.socket);
    const agent = await agentHere(directory, locksOf(place.directory));
    const asked = createAgentClient({ directory, prompt: neverPrompt("nobody is here") });
    expect((await asked.credentials({ identity: "prod" })).credentials.accessKeyId).toMatch(/^ASIA/);
    await agent.stop();
    rmSync(paths.folder, { recursive: true });
  });

  test("a folder that others can enter is not used, by either side", async () => {
    chmodSync(place.directory, 0o755);
    expect((await rejectionOf(agentHere(place.directory, locksOf(mkdtempSync(join(tmpdir(), "locks-")))))).code).toBe(
      "socket_untrusted",
    );
    writeFileSync(place.socket, "");
    expect((await rejectionOf(client().credentials({ identity: "prod" }))).code).toBe("socket_untrusted");
  });

  describe("somebody else is there first", () => {
    test.each([
      ["a file", () => writeFileSync(place.socket, "mine")],
      ["a folder", () => mkdirSync(place.socket)],
      ["a link", () => symlinkSync("/dev/null", place.socket)],
    ])("%s is neither asked nor removed", async (_name, put) => {
      put();
      expect((await rejectionOf(client().credentials({ identity: "prod" }))).code).toBe("socket_untrusted");
      expect((await rejectionOf(agentHere(place.directory))).code).toBe("socket_untrusted");
      expect(existsSync(place.socket)).toBe(true);
    });

    test("a socket that is open to others gets not one byte", async () => {
      const got = await squat(place.socket, () => chmodSync(place.socket, 0o666));
      expect(got).toEqual({ code: "socket_untrusted", bytes: 0 });
    });

    test("a link to a socket gets not one byte", async () => {
      const elsewhere = `${place.socket}.real`;
      const got = await squat(elsewhere, () => {
        chmodSync(elsewhere, 0o600);
        symlinkSync(elsewhere, place.socket);
      });
      expect(got).toEqual({ code: "socket_untrusted", bytes: 0 });
    });

    test.skipIf(!isRoot)("a socket of another user gets not one byte", async () => {
      const got = await squat(place.socket, () => {
        chmodSync(place.socket, 0o600);
        spawnSync("chown", ["nobody", place.socket]);
      });
      expect(got).toEqual({ code: "socket_untrusted", bytes: 0 });
    });

    test.skipIf(!isRoot)("a folder of another user gets not one byte", async () => {
      const got = await squat(place.socket, () => {
        chmodSync(place.socket, 0o600);
        spawnSync("chown", ["nobody", place.directory]);
      });
      expect(got).toEqual({ code: "socket_untrusted", bytes: 0 });
    });

    async function squat(at: string, prepare: () => void): Promise<{ code: string; bytes: number }> {
      let bytes = 0;
      const server = createServer((socket) => socket.on("data", (chunk) => (bytes += chunk.length)));
      await new Promise<void>((resolve) => void server.listen(at, resolve));
      prepare();
      const { code } = await rejectionOf(client().credentials({ identity: "prod" }));
      server.close();
      return { code, bytes };
    }
  });

  test.skipIf(!isRoot)("another user cannot connect", async () => {
    const agent = await agentHere(place.directory);
    // Not even where the folder above is his to enter.
    const connect = `require("net").connect(${JSON.stringify(agent.socketPath)}).on("error",(e)=>console.log(e.code)).on("connect",()=>{console.log("in");process.exit()})`;
    const tried = spawnSync(
      "setpriv",
      ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, "-e", connect],
      { encoding: "utf8", cwd: "/", env: { PATH: process.env["PATH"] ?? "" } },
    );
    expect(`${tried.stdout}${tried.stderr}`).toMatch(/EACCES|Permission denied/);
    expect(tried.stdout).not.toContain("in\n");
    await agent.stop();
  });
});

describe("a look from outside", () => {
  const CANARY = "canary/wJalrXUtnFEMI+K7MDENG";
  const SECRETS = {
    AWS_ACCESS_KEY_ID: "AKIAOUTSIDE",
    AWS_SECRET_ACCESS_KEY: "env-canary-1",
    AWS_SESSION_TOKEN: "env-canary-2",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "env-canary-3",
    MY_PASSWORD: "env-canary-4",
    NODE_OPTIONS: "--trace-warnings",
  };

  test("neither arguments, title nor environment of the agent hold a secret, and it leaves no core", async () => {
    const pid = await place.start(["plain"], SECRETS);
    await client().credentials({ identity: "prod" });
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "latin1");
    for (const name of ["cmdline", "environ", "status", "comm"]) expect(read(name)).not.toMatch(/canary/);
    expect(read("environ")).not.toContain("NODE_OPTIONS");
    expect(read("limits")).toMatch(/Max core file size\s+0\s+0\s/);
    expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/Umask:\s+0077/);
    // A session of its own: no terminal ends it or can be read by it.
    expect(Number(read("stat").split(") ")[1]?.split(" ")[3])).toBe(pid);
  });

  // Most systems pipe cores to a program, for which the limit does not count.
  test.skipIf(!existsSync("/proc/self/coredump_filter"))(
    "a core of it would have none of its memory",
    { timeout: 60_000 },
    async () => {
      const pid = await place.start(["plain"]);
      expect(Number.parseInt(readFileSync(`/proc/${pid}/coredump_filter`, "utf8"), 16)).toBe(0);
    },
  );

  test.skipIf(!existsSync("/proc/self/coredump_filter"))(
    "the core of a process that was emptied has no secret in it",
    () => {
      const program = (isEmptied: boolean) =>
        `const secret = ["core", "canary", process.pid].join("-"); const held = Buffer.from(secret);
       import("@daypass/agent").then(({ emptyCores }) => {
         if (${isEmptied}) emptyCores();
         console.log(secret);
         process.kill(process.pid, "SIGABRT");
         return held;
       });`;
      const [full, empty] = [false, true].map((isEmptied) => {
        const folder = mkdtempSync(join(place.directory, "core-"));
        // The program is found from here, and the core is left where it runs.
        const entry = new URL("../dist/index.js", import.meta.url).href;
        const text = program(isEmptied).replace('"@daypass/agent"', JSON.stringify(entry));
        const args = ["-c", 'ulimit -c unlimited; exec "$0" -e "$1"', process.execPath, text];
        const { stdout } = spawnSync("sh", args, { cwd: folder, encoding: "utf8" });
        const [core] = readdirSync(folder);
        const secret = stdout.trim();
        // Not read here: a core may be longer than any text or buffer.
        const found = core !== undefined && spawnSync("grep", ["-qaF", secret, join(folder, core)]).status === 0;
        rmSync(folder, { recursive: true, force: true });
        return { secret, isThere: core !== undefined, found };
      });
      expect(empty?.secret).toMatch(/^core-canary-\d+$/);
      // Where the system puts cores elsewhere there is nothing to look into.
      if (full?.isThere !== true || empty?.isThere !== true) return;
      expect([full.found, empty.found]).toEqual([true, false]);
    },
  );

  test("SIGUSR1 opens no inspector", async () => {
    const pid = await place.start(["plain"]);
    kill(pid, "SIGUSR1");
    kill(pid, "SIGUSR2");
    expect((await client().credentials({ identity: "prod" })).credentials.secretAccessKey).toBe(CANARY);
    expect(listenersOf(pid)).toEqual([]);
  });

  test.each(["SIGABRT", "SIGQUIT"] as const)("%s leaves no file with a secret", async (signal) => {
    const pid = await place.start(["plain"]);
    await client().credentials({ identity: "prod" });
    const before = new Set(readdirSync("/"));
    kill(pid, signal);
    await until(() => !isAlive(pid));
    expect(readdirSync("/").filter((name) => !before.has(name))).toEqual([]);
    for (const file of readdirSync(place.directory, { recursive: true, encoding: "utf8" })) {
      const path = join(place.directory, file);
      if (statSync(path).isFile()) expect(readFileSync(path, "latin1")).not.toContain(CANARY);
    }
  });

  test("asked to end by the system it takes its socket away", async () => {
    const pid = await place.start(["plain"]);
    kill(pid, "SIGTERM");
    await until(() => !isAlive(pid));
    expect(existsSync(place.socket)).toBe(false);
  });

  test.each([
    ["an inspector", ["--inspect=127.0.0.1:0"], {}],
    ["snapshots of the heap by signal", ["--heapsnapshot-signal=SIGUSR2"], {}],
    ["reports by signal", ["--report-on-signal"], {}],
    ["code loaded first", ["--require=node:fs"], {}],
    ["options of the environment", [], { NODE_OPTIONS: "--no-warnings" }],
    ["a secret in the environment", [], { AWS_SECRET_ACCESS_KEY: "env-canary-1" }],
  ])("a process with %s refuses to be an agent", (_name, flags, env) => {
    const program = `import("@daypass/agent").then(({ hardenProcess }) => hardenProcess({ title: "x" })).then(() => console.log("open"), (error) => console.log(error.code, error.message))`;
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", program], {
      cwd: new URL("..", import.meta.url),
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "", ...env },
    });
    expect(stdout).toContain("unsafe_process");
    expect(stdout + stderr).not.toContain("canary");
  });
});

/** The TCP ports at which a process listens. Linux, proc(5). */
function listenersOf(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const { stdout } = spawnSync("readlink", [`/proc/${pid}/fd/${fd}`], { encoding: "utf8" });
      return /^socket:\[(\d+)\]/.exec(stdout)?.[1] ?? [];
    }),
  );
  return ["tcp", "tcp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""))
      .map((fields) => fields[1] ?? ""),
  );
}

/** Leaves a socket at the path that nobody listens at, without a process that is killed for it. */
async function abandonSocket(path: string): Promise<void> {
  const made = `${path}.x`;
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(made, resolve));
  renameSync(made, path);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  const refused = await new Promise<string>((resolve) => {
    createConnection(path).once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
  expect(refused).toBe("ECONNREFUSED");
}
