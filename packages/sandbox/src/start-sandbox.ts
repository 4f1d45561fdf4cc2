// A sandbox on a port of this machine: what tests, the demo and the program start.
import { checkStartOptions } from "./check-orders.js";
import { CONSOLE_PREFIX } from "./console/create-console.js";
import { CONTROL_PREFIX } from "./control-door.js";
import { openSandbox } from "./create-sandbox.js";
import type { IssuedKey, PlacedFault, SandboxAccount, SandboxOptions } from "./create-sandbox.js";
import { listen } from "./listen.js";
import type { FaultOrder } from "./rehearsal/types.js";
import type { CallRecord } from "./world-types.js";

export interface StartOptions extends SandboxOptions {
  /** 1 to 65535; any free port when left out or 0. */
  readonly port?: number | undefined;
}

/** A running sandbox. `await using` stops it at the end of the block. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: the value for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** The console's page. */
  readonly console: string;
  /** The control door, its key included: whoever has this address rules the sandbox. */
  readonly control: string;
  readonly accounts: readonly SandboxAccount[];
  /** Returns the account by id or name. Throws `SandboxError` `invalid_option`. */
  account(idOrName: string): SandboxAccount;
  /** Issues a further key to a user of the account. Throws `SandboxError` `invalid_option`. */
  issueKey(idOrName: string, userName: string): IssuedKey;
  /** Moves the sandbox's time; a negative number moves it back. */
  advanceClock(milliseconds: number): void;
  /** Orders a fault. Throws `SandboxError` `invalid_option` for an order that could never strike. */
  fault(order: FaultOrder): PlacedFault;
  /**
   * Says where calls come from, as `aws:SourceIp` has it: those with this key and with the sessions issued to it, or every
   * call. `null` takes it back. Throws `SandboxError` `invalid_option`.
   */
  setSourceIp(address: string | null, accessKeyId?: string): void;
  /** Returns the calls so far, oldest first; the last 10,000 at least. */
  calls(): readonly CallRecord[];
  /** Stops at once, cutting open connections. May be called again. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1. Throws `SandboxError` `cannot_listen`, `invalid_option` or `invalid_world`. */
export async function startSandbox(options: StartOptions = {}): Promise<Sandbox> {
  checkStartOptions(options);
  const port = options.port ?? 0;
  const core = openSandbox(options, { overTheWire: true });
  const server = await listen({
    port,
    answer: core.handle,
    now: core.now,
    reportBug: options.reportBug ?? (() => undefined),
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  return {
    endpoint,
    console: `${endpoint}${CONSOLE_PREFIX}`,
    control: `${endpoint}${CONTROL_PREFIX}${core.controlToken}/`,
    accounts: core.accounts,
    account: core.account,
    issueKey: core.issueKey,
    advanceClock: core.advanceClock,
    fault: core.fault,
    setSourceIp: core.setSourceIp,
    calls: core.calls,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
