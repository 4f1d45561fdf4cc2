// The socket is there, bound and closed to others, before anybody can find it: it is made under another name and moved
// to its own. What a crash left behind is replaced only when nobody answers there.
import { chmod, lstat, rename, rm } from "node:fs/promises";
import { createConnection, type Server } from "node:net";
import type { Locks } from "@daypass/auth";
import { AgentError } from "./errors.js";
import type { SocketPaths } from "./place-socket.js";
import { makeSocketFolder } from "./trust-socket.js";

/** What is injected: locks between processes, and the mark of this one's socket until it has its name. */
export interface BindOptions {
  readonly paths: SocketPaths;
  readonly locks: Locks;
  readonly pid: number;
}

/**
 * Binds the server to the socket's path, mode 0600. Returns what takes the path away again, if it is still ours.
 * Rejects with `AgentError` `already_running` where somebody answers there, `socket_untrusted` where something else is.
 */
export async function bindSocket(server: Server, { paths, locks, pid }: BindOptions): Promise<() => Promise<void>> {
  await makeSocketFolder(paths);
  return locks.withLock("agent socket", async () => {
    await makeRoom(paths.socket);
    // Short, because it must fit where the socket fits.
    const made = `${paths.socket.slice(0, -"agent.sock".length)}${pid.toString(36)}.s`;
    await rm(made, { force: true });
    await listen(server, made);
    await chmod(made, 0o600);
    const { ino } = await lstat(made);
    await rename(made, paths.socket);
    return async () => {
      const found = await lstat(paths.socket).catch(() => undefined);
      if (found?.ino === ino) await rm(paths.socket, { force: true });
    };
  });
}

async function makeRoom(socket: string): Promise<void> {
  const found = await lstat(socket).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new AgentError("socket_untrusted", `${JSON.stringify(socket)} is no socket`, {
      hint: "find out what it is, remove it, then start the agent again",
    });
  }
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
