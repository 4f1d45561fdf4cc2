// A whole sandbox: the default world, what a world file adds, and the function that answers requests.
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { administratorAccess } from "./aws-managed-policies.js";
import { createCallLog } from "./call-log.js";
import { createConsole, isForConsole } from "./console/create-console.js";
import { isolateAnswer } from "./console/isolate-answer.js";
import { answerControl, CONTROL_PREFIX } from "./control-door.js";
import { checkAdvance } from "./check-orders.js";
import { createClock } from "./create-clock.js";
import { SandboxError } from "./errors.js";
import { findUser } from "./find.js";
import { handle } from "./handle.js";
import { createAccessPortal } from "./identity-center/create-access-portal.js";
import { openIdentityCenter } from "./identity-center/open-identity-center.js";
import type { IdentityCenterDoor } from "./identity-center/open-identity-center.js";
import { isForAccessPortal } from "./identity-center/route-request.js";
import { newAccessKeyId, newSecretAccessKey, newUniqueId } from "./identifiers.js";
import { addDefaultIssuers } from "./load-web-identity.js";
import { issueMfaDevice } from "./issue-mfa-device.js";
import type { IssuedMfaDevice } from "./issue-mfa-device.js";
import { loadWorld } from "./load-world.js";
import { tellCode } from "./mfa/tell-code.js";
import { createMetadataDoor } from "./metadata/metadata-door.js";
import type { MetadataOrder } from "./metadata/metadata-door.js";
import type { DeliveredAnswer } from "./rehearsal/disturb-answer.js";
import { moveClock } from "./rehearsal/move-clock.js";
import { liftFault, orderFault } from "./rehearsal/order-fault.js";
import { setSourceIp } from "./rehearsal/source-ip.js";
import type { FaultOrder } from "./rehearsal/types.js";
import type { Account, Clock, HttpAnswer, HttpRequest, RandomBytes, User } from "./types.js";
import type { CallRecord, World } from "./world-types.js";
import type { WorldFile } from "./world-file.js";
import { answerIssuer, ISSUER_PREFIX } from "./web-identity/answer-issuer.js";
import { issueWebIdentityToken } from "./web-identity/issue-token.js";
import type { WebIdentityTokenOrder } from "./web-identity/issue-token.js";
import { addAccount, createWorld } from "./world.js";

export interface SandboxOptions {
  /** What is added to the default world; docs/world-file.md describes it. */
  readonly world?: WorldFile | undefined;
  /** The world file's name, for errors. */
  readonly worldSource?: string | undefined;
  /** Milliseconds since 1970; the machine's clock when left out. */
  readonly now?: Clock | undefined;
  /** Cryptographic random bytes; Node's when left out. */
  readonly randomBytes?: RandomBytes | undefined;
  /**
   * How long an operation on a CloudFormation stack is in progress, in milliseconds of the sandbox's time; 0, complete at
   * once, when left out.
   */
  readonly stackDurationMs?: number | undefined;
  /** Faults that are in place from the start; docs/rehearsal.md describes them. None when left out. */
  readonly faults?: readonly FaultOrder[] | undefined;
  /** Where every call comes from: an IPv4 or IPv6 address for `aws:SourceIp`. The connection's when left out. */
  readonly sourceIp?: string | undefined;
  /** Told of the sandbox's own errors, which callers see as a 500; ignored when left out. */
  readonly reportBug?: ((error: unknown) => void) | undefined;
}

/** Long-term credentials of a user. */
export interface IssuedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SandboxAccount {
  readonly id: string;
  readonly name: string;
  /** The key of the account's `admin` user. */
  readonly admin: IssuedKey;
}

/** A fault that is in place. */
export interface PlacedFault {
  /** As `GET state` of the control door lists it. */
  readonly id: string;
  /** Takes it away; may be called again. */
  lift(): void;
}

/** The metadata of an instance or a container, as it is served. */
export interface ServedMetadata {
  /** The instance's or the task's; also how the control door lists and stops it. */
  readonly id: string;
  /**
   * For AWS_EC2_METADATA_SERVICE_ENDPOINT or AWS_CONTAINER_CREDENTIALS_FULL_URI; without a server the path alone, which is
   * empty for an instance.
   */
  readonly uri: string;
  /** For AWS_CONTAINER_AUTHORIZATION_TOKEN; `undefined` for an instance. */
  readonly authorizationToken: string | undefined;
  /** Ends it; may be called again. Credentials that were handed out stay good. */
  stop(): void;
}

/** A sandbox without a server: everything that needs no port. */
export interface SandboxCore {
  readonly accounts: readonly SandboxAccount[];
  /** 64 hexadecimal digits: the key to the control door. */
  readonly controlToken: string;
  readonly now: Clock;
  /** Returns the account by id or name. Throws `SandboxError` `invalid_option`. */
  account(idOrName: string): SandboxAccount;
  /** Issues a key to a user of the account. Throws `SandboxError` `invalid_option` when there is none of that name. */
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
  /**
   * Orders a fault. Throws `SandboxError` `invalid_option` for an order that could never strike, and without a server for
   * one that needs a connection to act on.
   */
  fault(order: FaultOrder): PlacedFault;
  /**
   * Says where calls come from, as `aws:SourceIp` has it: those with this key and with the sessions issued to it, or every
   * call. `null` takes it back. Throws `SandboxError` `invalid_option`.
   */
  setSourceIp(address: string | null, accessKeyId?: string): void;
  /** What the people of the directory would do in a browser. */
  readonly identityCenter: IdentityCenterDoor;
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
  /** Answers one request; never throws. */
  handle(request: HttpRequest): HttpAnswer;
}

const DEFAULT_ACCOUNTS = [
  { id: "111111111111", name: "vendor" },
  { id: "222222222222", name: "customer" },
  { id: "333333333333", name: "hub" },
  { id: "444444444444", name: "dev" },
  { id: "555555555555", name: "stage" },
  { id: "666666666666", name: "prod" },
] as const;

/** Returns a new sandbox. Throws `SandboxError` `invalid_world` for a world file of the wrong form, or `invalid_option`. */
export function createSandbox(options: SandboxOptions = {}): SandboxCore {
  return openSandbox(options, { overTheWire: false });
}

/** A sandbox whose answers somebody delivers, as they are to be delivered. */
export interface OpenSandbox extends SandboxCore {
  handle(request: HttpRequest): DeliveredAnswer;
}

/** As `createSandbox`; `overTheWire` says whether every answer goes out as its `delivery` says. */
export function openSandbox(options: SandboxOptions, { overTheWire }: { readonly overTheWire: boolean }): OpenSandbox {
  const clock = createClock(options.now ?? Date.now);
  const stackDurationMs = options.stackDurationMs ?? 0;
  if (!Number.isInteger(stackDurationMs) || stackDurationMs < 0 || stackDurationMs > 86_400_000) {
    throw new SandboxError("invalid_option", `stackDurationMs is ${stackDurationMs}`, {
      hint: "use whole milliseconds, at most a day",
    });
  }
  const randomBytes = options.randomBytes ?? nodeRandomBytes;
  const world = createWorld({ clock: clock.now, randomBytes, stackDurationMs });
  addDefaultIssuers(world);
  for (const account of DEFAULT_ACCOUNTS) addAdmin(world, addAccount(world, account));
  if (options.world !== undefined) loadWorld(world, options.world, options.worldSource ?? "world");
  for (const account of world.accounts.values()) {
    if (!account.users.has("admin")) addAdmin(world, account);
  }
  const accounts = [...world.accounts.values()].map(({ id, name }) => ({
    id,
    name,
    admin: issueKey(world, id, "admin"),
  }));
  const log = createCallLog(world);
  const controlToken = Buffer.from(world.randomBytes(32)).toString("hex");
  const metadata = createMetadataDoor(world, log);
  const door = { world, clock, log, metadata, token: controlToken, overTheWire };
  for (const order of options.faults ?? []) orderFault(world, order, overTheWire);
  if (options.sourceIp !== undefined) setSourceIp(world, { address: options.sourceIp });
  const handler = { world, log, reportBug: options.reportBug ?? (() => undefined) };
  const answerConsole = createConsole(handler);
  const answerPortal = createAccessPortal({ ...handler, visitConsole: answerConsole });
  const find = (idOrName: string) => {
    const found = accounts.find(({ id, name }) => id === idOrName || name === idOrName);
    if (found !== undefined) return found;
    throw new SandboxError("invalid_option", `there is no account ${idOrName}`, {
      hint: `use one of ${accounts.map(({ name }) => name).join(", ")}`,
    });
  };
  return {
    accounts,
    controlToken,
    now: clock.now,
    account: find,
    issueKey: (idOrName, userName) => issueKey(world, find(idOrName).id, userName),
    issueMfaDevice: (idOrName, userName) => issueMfaDevice(world, find(idOrName).id, userName),
    mfaCode: (serialNumber) => tellCode(world, serialNumber),
    advanceClock(milliseconds) {
      checkAdvance(milliseconds);
      moveClock(world, clock, milliseconds);
    },
    fault(order) {
      const { id } = orderFault(world, order, overTheWire);
      return {
        id,
        lift() {
          liftFault(world, id);
        },
      };
    },
    setSourceIp(address, accessKeyId) {
      setSourceIp(world, { address, accessKeyId });
    },
    identityCenter: openIdentityCenter(world),
    serveMetadata(order) {
      const { id, path: uri, authorizationToken } = metadata.serve(order);
      return {
        id,
        uri,
        authorizationToken,
        stop() {
          metadata.stop(id);
        },
      };
    },
    issueWebIdentityToken: (order) => issueWebIdentityToken(world, order),
    calls: () => [...world.calls],
    handle(request) {
      if (request.rawPath.startsWith(CONTROL_PREFIX)) return answerControl(door, request);
      if (request.rawPath.startsWith(ISSUER_PREFIX)) return answerIssuer(world, request);
      if (metadata.isFor(request)) return metadata.answer(request);
      if (isForConsole(request)) return answerConsole(request);
      if (isForAccessPortal(request)) return answerPortal(request);
      return isolateAnswer(request, handle(handler, request));
    },
  };
}

function addAdmin(world: World, account: Account): void {
  const admin: User = {
    kind: "user",
    accountId: account.id,
    name: "admin",
    path: "/",
    arn: `arn:aws:iam::${account.id}:user/admin`,
    uniqueId: newUniqueId(world, "AIDA"),
    created: new Date(world.clock()),
    tags: new Map(),
    groupNames: new Set(),
    permissionsBoundaryArn: undefined,
    inlinePolicies: new Map(),
    attachedPolicyArns: new Set([administratorAccess.arn]),
  };
  account.users.set("admin", admin);
}

function issueKey(world: World, accountId: string, userName: string): IssuedKey {
  const user = findUser(world, accountId, userName);
  if (user === undefined) {
    throw new SandboxError("invalid_option", `there is no user ${userName} in account ${accountId}`, {
      hint: "create the user through IAM or in the world file first",
    });
  }
  const accessKeyId = newAccessKeyId(world, "AKIA");
  const secretAccessKey = newSecretAccessKey(world);
  world.accessKeys.set(accessKeyId, {
    accessKeyId,
    secretAccessKey,
    accountId,
    userName: user.name,
    created: new Date(world.clock()),
    active: true,
    lastUsed: undefined,
  });
  return { accessKeyId, secretAccessKey };
}
