// Where the socket is. A path of a unix socket must be short: 108 bytes with the closing NUL on Linux (unix(7)), 104 on
// macOS (sys/un.h); longer ones are cut or refused, so that they are never tried.
import { createHash } from "node:crypto";
import { basename, isAbsolute, join } from "node:path";
import { AgentError } from "./errors.js";

/** Where the agent belongs. */
export interface SocketPlace {
  /** The person's directory. */
  readonly directory: string;
  /** XDG_RUNTIME_DIR of the process, for a directory whose path is too long. Default: none, then `/tmp`. */
  readonly runtimeDirectory?: string | undefined;
  /** Default: the process's user. */
  readonly uid?: number;
}

/** The folder of the socket, mode 0700, and the socket in it, mode 0600. */
export interface SocketPaths {
  readonly folder: string;
  readonly socket: string;
}

const LONGEST_PATH = 103;
const SOCKET = "agent.sock";

/**
 * Returns where the agent's socket is: in the directory itself, or in a short folder named after it. Throws `AgentError`
 * `unsupported_platform` where sockets have no owner, `invalid_option` for a directory that cannot be one.
 */
export function placeSocket(place: SocketPlace): SocketPaths {
  const uid = place.uid ?? process.getuid?.();
  if (uid === undefined) {
    throw new AgentError("unsupported_platform", "there is no agent on this platform yet", {
      hint: "switch the agent off; everything else works without it",
    });
  }
  const { directory, runtimeDirectory } = place;
  if (!isAbsolute(directory) || /[\0\n\r]/.test(directory)) {
    throw new AgentError("invalid_option", "`directory` is no absolute path in one line", {
      hint: "give the person's own directory",
    });
  }
  const short = `${basename(directory)
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, 16)}-${uid}-${hash(directory)}`;
  const folders = [directory, ...(isUsable(runtimeDirectory) ? [join(runtimeDirectory, short)] : []), `/tmp/${short}`];
  const folder = folders.find((path) => Buffer.byteLength(join(path, SOCKET)) <= LONGEST_PATH) ?? `/tmp/${short}`;
  return { folder, socket: join(folder, SOCKET) };
}

function isUsable(path: string | undefined): path is string {
  return path !== undefined && isAbsolute(path) && !/[\0\n\r]/.test(path);
}

function hash(directory: string): string {
  return createHash("sha256").update(directory).digest("hex").slice(0, 16);
}
