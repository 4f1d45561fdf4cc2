// The device flow's first and second step: a client gets its codes, and a person of the directory says yes or no.
import * as v from "valibot";
import type { HttpAnswer } from "../types.js";
import type { Call, World } from "../world-types.js";
import { answerJson } from "./answer-json.js";
import { DEVICE_CODE, requireClient, requireGrantType } from "./clients.js";
import { keepWithin } from "./keep-within.js";
import { newSecret, newUserCode, readUserCode } from "./new-secret.js";
import { readBody } from "./read-body.js";
import { oidcRefusal } from "./refusals.js";
import { isStartUrl, portalAddress } from "./start-url.js";
import type { DeviceRequest, Verdict } from "./types.js";

const EXPIRES_IN_SECONDS = 600;
/** IAM Identity Center OIDC API Reference, "StartDeviceAuthorization", example: "interval": 1. */
const INTERVAL_SECONDS = 1;
const MAX_DEVICES = 1000;

const order = v.strictObject({ clientId: v.string(), clientSecret: v.string(), startUrl: v.string() });

/** StartDeviceAuthorization: returns the codes, where to type one of them, and how often to ask with the other. */
export function startDeviceAuthorization({ world, request, requestId, now }: Call): HttpAnswer {
  const input = readBody(request, order);
  const client = requireClient(world, input);
  requireGrantType(client, DEVICE_CODE);
  if (!isStartUrl(world, request, input.startUrl)) {
    throw oidcRefusal("InvalidRequestException", "startUrl is the start URL of no instance");
  }
  const { devices } = world.identityCenter;
  const device: DeviceRequest = {
    deviceCode: newSecret(world),
    userCode: newUserCode(world),
    clientId: client.id,
    expiresAt: now.getTime() + EXPIRES_IN_SECONDS * 1000,
    verdict: { kind: "pending" },
    intervalSeconds: INTERVAL_SECONDS,
    askedAt: undefined,
  };
  keepWithin(devices, MAX_DEVICES, ({ expiresAt }) => expiresAt <= now.getTime());
  devices.set(device.deviceCode, device);
  const verificationUri = portalAddress(request, "/device");
  return answerJson(requestId, {
    deviceCode: device.deviceCode,
    userCode: device.userCode,
    verificationUri,
    verificationUriComplete: `${verificationUri}?user_code=${device.userCode}`,
    expiresIn: EXPIRES_IN_SECONDS,
    interval: INTERVAL_SECONDS,
  });
}

/** Returns the request with this user code that still waits for somebody's word. */
export function findPendingDevice(world: World, userCode: string): DeviceRequest | undefined {
  const code = readUserCode(userCode);
  const found = [...world.identityCenter.devices.values()].find((device) => device.userCode === code);
  return found?.verdict.kind === "pending" && world.clock() < found.expiresAt ? found : undefined;
}

/** Keeps what a person decided. Returns `false` when nothing waits for it, or nobody of the directory decided. */
export function decideDevice(world: World, userCode: string, verdict: Verdict): boolean {
  const device = findPendingDevice(world, userCode);
  if (device === undefined) return false;
  if (verdict.kind === "allowed" && world.identityCenter.instance?.people.has(verdict.person) !== true) return false;
  device.verdict = verdict;
  return true;
}
