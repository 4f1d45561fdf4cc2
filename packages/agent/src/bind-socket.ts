// The socket is there, bound and closed to others, before anybody can find it: it is made under another name and moved
// to its own. What a crash left behind is replaced only when nobody answers there.
import { lstatSync } from "node:fs";
import { chmod, lstat, rename, rm, writeFile } from "node:fs/promises";
import { createConnection, type Server } from "node:net";
import type { Locks } from "@daypass/auth";
import { AgentError } from "./errors.js";
import type { SocketPaths } from "./place-socket.js";
import { settingsFile } from "./settings-line.js";
import { makeSocketFolder } from "./trust-socket.js";

/** What is injected: locks between processes, and the mark of this one's socket until it has its name. */
export interface BindOptions {
  readonly paths: SocketPaths;
  readonly locks: Locks;
  readonly pid: number;
  /** Of `settingsLine`: what this agent was started with. */
  readonly settings: string;
  /** Where another agent answers, this one takes its place. */
  readonly takesOver: boolean;
}

/** The socket, where it can be found. */
export interface BoundSocket {
  /** False where it was removed, or another one has its path. */
  isThere(): boolean;
  /** Takes the path away again, if it is still ours. */
  unbind(): Promise<void>;
}

/**
 * Binds the server to the socket's path, mode 0600.
 * Rejects with `AgentError` `already_running` where somebody answers there, `socket_untrusted` where something else is.
 */
export async function bindSocket(server: Server, options: BindOptions): Promise<BoundSocket> {
  const { paths, locks, pid, settings, takesOver } = options;
  await makeSocketFolder(paths);
  return locks.withLock("agent socket", async () => {
    await makeRoom(paths.socket, takesOver);
    // Short, because it must fit where the socket fits.
    const made = `${paths.socket.slice(0, -"agent.sock".length)}${pid.toString(36)}.s`;
    await rm(made, { force: true });
    await listen(server, made);
    await chmod(made, 0o600);
    const said = `${settingsFile(paths.folder)}.${pid.toString(36)}`;
    await rm(said, { force: true });
    await writeFile(said, `${settings}\n`, { mode: 0o600, flag: "wx" });
    await rename(said, settingsFile(paths.folder));
    await rename(made, paths.socket);
    const own = markOf(paths.socket);
    const isThere = () => own !== undefined && markOf(paths.socket) === own;
    return {
      isThere,
      async unbind() {
        if (isThere()) await rm(paths.socket, { force: true });
      },
    };
  });
}

/** Numbers of files are used again as soon as they are free: the moment in which it got its name tells two apart. */
function markOf(socket: string): string | undefined {
  const found = lstatSync(socket, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}/${found.ino}/${found.ctimeNs}`;
}

async function makeRoom(socket: string, takesOver: boolean): Promise<void> {
  const found = await lstat(socket).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new AgentError("socket_untrusted", `${JSON.stringify(socket)} is no socket`, {
      hint: "find out what it is, remove it, then start the agent again",
    });
  }
  // The name is moved over it: at every moment somebody answers there.
  if (takesOver) return;
  if (await isAnswered(socket)) {
    throw new AgentError("already_running", "an agent is running already", { hint: "stop it first" });
  }
  await rm(socket, { force: true });
}

/** Resolves true unless the system says that nobody listens: what cannot be known is somebody's. */
function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
