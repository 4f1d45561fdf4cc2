// The device flow's last step: the client asks, again and again, whether the person has said yes.
import type { World } from "../world-types.js";
import { issueFirstTokens, openGrant, requireScope } from "./issue-tokens.js";
import type { IssuedTokens } from "./issue-tokens.js";
import { requireText } from "./read-body.js";
import { oidcRefusal } from "./refusals.js";
import type { Client, DeviceRequest, TokenOrder } from "./types.js";

/** RFC 8628, section 3.5: `slow_down` adds five seconds "for this and all subsequent requests". */
const SLOW_DOWN_SECONDS = 5;
/** Timers of clients may be early by as much, in milliseconds. */
const TOLERANCE_MS = 50;

/**
 * Returns the first tokens once somebody said yes; the code is spent then. Throws `AuthorizationPendingException`,
 * `SlowDownException`, `AccessDeniedException` after a no, `ExpiredTokenException` after ten minutes, and
 * `InvalidGrantException` for a code that is not this client's.
 */
export function exchangeDeviceCode(world: World, client: Client, order: TokenOrder): IssuedTokens {
  const { devices } = world.identityCenter;
  const device = devices.get(requireText(order.deviceCode, "deviceCode"));
  if (device === undefined || device.clientId !== client.id) {
    throw oidcRefusal("InvalidGrantException", "the device code is not valid");
  }
  if (world.clock() >= device.expiresAt) {
    throw oidcRefusal("ExpiredTokenException", "the device code has expired");
  }
  requireScope(order.scope, client.scopes);
  switch (device.verdict.kind) {
    case "pending":
      requirePatience(device, world.clock());
      throw oidcRefusal("AuthorizationPendingException", "nobody has decided yet");
    case "denied":
      devices.delete(device.deviceCode);
      throw oidcRefusal("AccessDeniedException", "the person has refused");
    case "allowed":
      devices.delete(device.deviceCode);
      return issueFirstTokens(world, client, openGrant(world, client, device.verdict.person, client.scopes));
  }
}

function requirePatience(device: DeviceRequest, now: number): void {
  const askedAt = device.askedAt;
  device.askedAt = now;
  if (askedAt === undefined || now - askedAt >= device.intervalSeconds * 1000 - TOLERANCE_MS) return;
  device.intervalSeconds += SLOW_DOWN_SECONDS;
  throw oidcRefusal("SlowDownException", "ask less often");
}
