// Which process wrote a file, so that a later one can tell whether that process still lives. A process number alone is
// not enough: numbers are given out again, containers count their own, and a home may be shared between machines.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

/** `unknown`: it runs, or ran, where this process cannot look: another machine or another container. */
export type ProcessState = "alive" | "dead" | "unknown";

/** A process: its number, its start, and where numbers mean this. Each part is empty where the system does not tell. */
interface ProcessIdentity {
  readonly pid: number;
  /** Linux: clock ticks since boot. Elsewhere a hash of what `ps` says. */
  readonly started: string;
  readonly boot: string;
  /** The inode of the PID namespace: a container's numbers are not ours. */
  readonly namespace: string;
  readonly machine: string;
}

const FORM = /^(\d{1,10})-([0-9a-f]*)-([0-9a-f]*)-([0-9]*)-([0-9a-f]+)$/;

/** Returns one word for a process, fit for a file name: number, start, boot, namespace and machine, joined by `-`. */
export async function identifyProcess(pid: number): Promise<string> {
  const [stat, boot, namespace, machine] = await Promise.all([readStat(pid), bootId(), pidNamespace(), machineId()]);
  return [pid, stat?.started ?? (await startByPs(pid)), boot, namespace, machine].join("-");
}

/** Returns the number in a word of `identifyProcess`, or `undefined` where it is not such a word. */
export function pidOf(word: string): number | undefined {
  return parse(word)?.pid;
}

/**
 * Returns whether the process that a word of `identifyProcess` names still lives. A stopped process lives. What cannot
 * be seen from here is `unknown`, and so is what is no such word: never `dead` without proof.
 */
export async function findProcess(word: string): Promise<ProcessState> {
  const sought = parse(word);
  if (sought === undefined) return "unknown";
  const [boot, namespace, machine] = await Promise.all([bootId(), pidNamespace(), machineId()]);
  if (sought.boot !== boot) return sought.machine === machine ? "dead" : "unknown";
  // Without a boot id the same number and start could be another machine's.
  if (boot === "" && sought.machine !== machine) return "unknown";
  if (sought.namespace !== namespace) return "unknown";
  const stat = await readStat(sought.pid);
  if (stat !== undefined) return stat.ended || stat.started !== sought.started ? "dead" : "alive";
  if (!numberIsTaken(sought.pid)) return "dead";
  // Taken, and /proc does not show it: no /proc here, or it hides other users' processes (hidepid in proc(5)).
  const started = await startByPs(sought.pid);
  return started !== "" && sought.started !== "" && started !== sought.started ? "dead" : "alive";
}

function parse(word: string): ProcessIdentity | undefined {
  const [, pid, started, boot, namespace, machine] = FORM.exec(word) ?? [];
  if (pid === undefined || started === undefined || boot === undefined) return undefined;
  if (namespace === undefined || machine === undefined) return undefined;
  return { pid: Number(pid), started, boot, namespace, machine };
}

/** proc_pid_stat(5): state is the 3rd field, num_threads the 20th, starttime the 22nd; the 2nd may hold anything. */
async function readStat(pid: number): Promise<{ started: string; ended: boolean } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  if (state === undefined || started === undefined) return undefined;
  // The first thread of a killed process can be a zombie while another one still finishes a system call.
  return { started, ended: (state === "Z" || state === "X") && Number(threads) <= 1 };
}

function numberIsTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** POSIX `ps`: where there is no /proc. Language and time zone are pinned, so that the same start reads the same. */
async function startByPs(pid: number): Promise<string> {
  const env = { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" };
  const answer = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], { env }).catch(() => undefined);
  const start = answer?.stdout.trim() ?? "";
  return start === "" ? "" : hash(start, 12);
}

async function bootId(): Promise<string> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return text.replace(/[^0-9a-f]/g, "").slice(0, 16);
}

async function pidNamespace(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "");
  return link.replace(/\D/g, "");
}

/** machine-id(5) is copied with disk images, and names change: only where both are the same it is the same machine. */
async function machineId(): Promise<string> {
  return hash(`${await readFile("/etc/machine-id", "utf8").catch(() => "")}\n${hostname()}`, 12);
}

function hash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
