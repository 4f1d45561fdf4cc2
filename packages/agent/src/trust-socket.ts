// Node cannot ask the kernel who is at the other end of a socket (SO_PEERCRED). What keeps others out is the folder: no
// other user can enter it, so that whoever listens there is this user, or root.
import { lstat, mkdir, readFile } from "node:fs/promises";
import type { Stats } from "node:fs";
import { AgentError } from "./errors.js";
import type { SocketPaths } from "./place-socket.js";
import { settingsFile, settingsLine } from "./settings-line.js";

const OTHERS = 0o077;

/** Makes the folder of the socket, mode 0700. Throws `AgentError` `socket_untrusted` where it is open or somebody else's. */
export async function makeSocketFolder({ folder }: SocketPaths): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  judgeFolder(await lstat(folder), folder);
}

/**
 * Looks before anything is sent. Returns false where there is no socket. Throws `AgentError` `socket_untrusted` where the
 * folder or what is in it belongs to somebody else, is open to others, or is no socket.
 */
export async function trustSocket({ folder, socket }: SocketPaths): Promise<boolean> {
  const [around, found] = await Promise.all([look(folder), look(socket)]);
  if (around === undefined || found === undefined) return false;
  judgeFolder(around, folder);
  if (!found.isSocket()) throw untrusted(socket, "is no socket");
  if (found.uid !== process.getuid?.()) throw untrusted(socket, "belongs to another user");
  if ((found.mode & OTHERS) !== 0) throw untrusted(socket, "is open to other users");
  return true;
}

/**
 * Looks whether names mean the same to the agent as in this environment. Rejects with `AgentError` `other_settings`; an agent
 * that does not run is not judged.
 */
export async function judgeSettings(
  paths: SocketPaths,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (!(await trustSocket(paths))) return;
  const said = await readFile(settingsFile(paths.folder), "utf8").catch(() => undefined);
  if (said === `${settingsLine(env)}\n`) return;
  throw new AgentError(
    "other_settings",
    "the agent was started with other files or endpoints of AWS than this shell has",
    {
      hint: "stop the agent, or unset AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE and AWS_ENDPOINT_URL",
    },
  );
}

function judgeFolder(stats: Stats, folder: string): void {
  if (!stats.isDirectory()) throw untrusted(folder, "is no folder");
  if (stats.uid !== process.getuid?.()) throw untrusted(folder, "belongs to another user");
  if ((stats.mode & OTHERS) !== 0) throw untrusted(folder, "is open to other users");
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw new AgentError("socket_untrusted", `${JSON.stringify(path)} cannot be looked at`, {
      hint: "see who owns the folders above it",
      cause: error,
    });
  }
}

function untrusted(path: string, why: string): AgentError {
  return new AgentError("socket_untrusted", `${JSON.stringify(path)} ${why}, so nothing was sent there`, {
    hint: "find out who made it; the folder must be yours alone (chmod 700), then start the agent again",
  });
}
