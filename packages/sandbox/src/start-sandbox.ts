// A sandbox on a port of this machine: what tests, the demo and the program start.
import { checkStartOptions } from "./check-orders.js";
import { CONSOLE_PREFIX } from "./console/create-console.js";
import { CONTROL_PREFIX } from "./control-door.js";
import { openSandbox } from "./create-sandbox.js";
import type { IssuedKey, PlacedFault, SandboxAccount, SandboxOptions, ServedMetadata } from "./create-sandbox.js";
import type { IssuedMfaDevice } from "./issue-mfa-device.js";
import type { IdentityCenterDoor } from "./identity-center/open-identity-center.js";
import { listen } from "./listen.js";
import type { MetadataOrder } from "./metadata/metadata-door.js";
import type { FaultOrder } from "./rehearsal/types.js";
import type { WebIdentityTokenOrder } from "./web-identity/issue-token.js";
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
  /** Gives a user a virtual MFA device that is enabled at once. Throws `SandboxError` `invalid_option`. */
  issueMfaDevice(idOrName: string, userName: string): IssuedMfaDevice;
  /**
   * Returns the six digits that an MFA device shows now; asking spends nothing. Throws `SandboxError` `invalid_option` when
   * there is no such device, and when the code was used: there is a new one every 30 seconds of the sandbox's time.
   */
  mfaCode(serialNumber: string): string;
  /** Moves the sandbox's time; a negative number moves it back. */
  advanceClock(milliseconds: number): void;
  /** Orders a fault. Throws `SandboxError` `invalid_option` for an order that could never strike. */
  fault(order: FaultOrder): PlacedFault;
  /**
   * Says where calls come from, as `aws:SourceIp` has it: those with this key and with the sessions issued to it, or every
   * call. `null` takes it back. Throws `SandboxError` `invalid_option`.
   */
  setSourceIp(address: string | null, accessKeyId?: string): void;
  /** What the people of the directory would do in a browser. */
  readonly identityCenter: IdentityCenterDoor;
  /** Identity Center's start URL on this sandbox, where the access portal is. */
  readonly startUrl: string;
  /**
   * Returns a signed web identity token, as a job in a CI system has one. Throws `SandboxError` `invalid_option`, also for
   * an issuer that the sandbox does not have.
   */
  issueWebIdentityToken(order: WebIdentityTokenOrder): string;
  /**
   * Serves a role's credentials as an EC2 instance or an ECS task has them. Throws `SandboxError` `invalid_option`, also
   * for a role that does not exist and for a second instance.
   */
  serveMetadata(order: MetadataOrder): ServedMetadata;
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
    issueMfaDevice: core.issueMfaDevice,
    mfaCode: core.mfaCode,
    advanceClock: core.advanceClock,
    fault: core.fault,
    setSourceIp: core.setSourceIp,
    identityCenter: core.identityCenter,
    startUrl: `${endpoint}/start`,
    issueWebIdentityToken: core.issueWebIdentityToken,
    serveMetadata(order) {
      const served = core.serveMetadata(order);
      return { ...served, uri: `${endpoint}${served.uri}` };
    },
    calls: core.calls,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
