// Whose program is at the other end of a connection of this machine. Every user of it can connect to 127.0.0.1; the kernel
// says which of them did, where there is a way to ask it.
// Source: proc_pid_net(5), "/proc/net/tcp"; Linux, Documentation/networking/proc_net_tcp.rst.
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";

/**
 * `own`: this user, or root. `other`: another user. `gone`: it has hung up, and cannot be asked about any more.
 * `elsewhere`: on no socket of this system, as a browser of Windows before WSL. `unknown`: this system does not tell.
 */
export type PeerOwner = "own" | "other" | "gone" | "elsewhere" | "unknown";

export interface PeerOwnerOptions {
  readonly platform?: NodeJS.Platform;
  /** The user that this process is. Default: its own effective one. */
  readonly uid?: number | undefined;
  /** Returns the kernel's table. */
  readonly readTable?: (name: "tcp" | "tcp6") => Promise<string>;
}

/** Both ends, as our side of the connection sees them. */
export type Ends = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/** Returns whose program is at the other end. Never rejects. */
export type FindPeerOwner = (ends: Ends) => Promise<PeerOwner>;

interface Row {
  readonly local: string;
  readonly remote: string;
  readonly isEstablished: boolean;
  readonly uid: number;
  /** Sockets that a program has let go of belong to nobody: their user reads as root. */
  readonly isHeld: boolean;
}

const ESTABLISHED = "01";
/** Of an IPv4 address in the table of IPv6 (RFC 4291, "IPv4-Mapped IPv6 Address"). */
const MAPPED = /^0{16}(?:FFFF0000|0000FFFF)/;

const readRows = (table: string): readonly Row[] =>
  table.split("\n").flatMap((line) => {
    const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || inode === undefined || !/^\d+$/.test(inode)) return [];
    return [
      {
        local: local.replace(MAPPED, ""),
        remote: remote.replace(MAPPED, ""),
        isEstablished: state === ESTABLISHED,
        uid: Number(uid),
        isHeld: inode !== "0",
      },
    ];
  });

/** As the kernel prints it: the address as one number of this machine's byte order, the port as it is read. */
const nameEnd = (address: string | undefined, port: number | undefined): string | undefined => {
  const bytes = (address ?? "").split(".").map(Number);
  if (port === undefined || bytes.length !== 4) return undefined;
  const hex = Buffer.from(endianness() === "LE" ? bytes.toReversed() : bytes).toString("hex");
  return `${hex}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
};

const judgeRows = (rows: readonly Row[], ours: string, theirs: string, uid: number): PeerOwner => {
  const peers = rows.filter(({ local, remote }) => local === theirs && remote === ours);
  if (peers.some(({ isEstablished, isHeld }) => !isEstablished || !isHeld)) return "gone";
  if (peers.some((peer) => peer.uid !== uid && peer.uid !== 0)) return "other";
  if (peers.length > 0) return "own";
  const isConnected = rows.some(({ local, remote, isEstablished }) => {
    return local === ours && remote === theirs && isEstablished;
  });
  return isConnected ? "elsewhere" : "gone";
};

/** Returns the asking. On other systems than Linux it knows nobody. */
export const createFindPeerOwner = (options: PeerOwnerOptions = {}): FindPeerOwner => {
  const { platform = process.platform, uid = process.geteuid?.() } = options;
  const { readTable = (name) => readFile(`/proc/net/${name}`, "latin1") } = options;
  return async ({ localAddress, localPort, remoteAddress, remotePort }) => {
    const [ours, theirs] = [nameEnd(localAddress, localPort), nameEnd(remoteAddress, remotePort)];
    if (platform !== "linux" || uid === undefined || ours === undefined || theirs === undefined) return "unknown";
    const look = async (): Promise<PeerOwner> => {
      // A client of IPv6 is in the other table, and a kernel without IPv6 has none.
      const tables = await Promise.all([readTable("tcp"), readTable("tcp6").catch(() => "")]);
      return judgeRows(tables.flatMap(readRows), ours, theirs, uid);
    };
    try {
      const first = await look();
      // Whoever hangs up while the table is read is in no row of it. Still connected at the second look, they were there
      // all through the first, and no row of this system is theirs.
      return first === "elsewhere" ? await look() : first;
    } catch {
      return "unknown";
    }
  };
};
