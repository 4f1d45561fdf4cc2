// Where calls come from, as `aws:SourceIp` in policies has it: what the sandbox was told, or else the connection. Never
// what a request says about itself, in X-Forwarded-For or elsewhere.
import { isIP } from "node:net";
import * as v from "valibot";
import { checkForm } from "../check-form.js";
import { SandboxError } from "../errors.js";
import type { Caller } from "../types.js";
import type { World } from "../world-types.js";

/** An IPv4 or IPv6 address without a zone; no range. */
const address = v.pipe(
  v.string(),
  v.check((text) => isIP(text) !== 0 && !text.includes("%"), "an IPv4 or IPv6 address"),
);

/** What says where calls come from: `null` is where the connection does. */
const sourceIpSchema = v.strictObject({
  address: v.nullable(address),
  accessKeyId: v.optional(v.pipe(v.string(), v.regex(/^[A-Z0-9]{16,128}$/))),
});

/**
 * Says where the calls come from that are made with this key and with the sessions issued to it; every call without a key.
 * Throws `SandboxError` `invalid_option` for what is no address, and for a key that the sandbox never issued.
 */
export function setSourceIp(world: Pick<World, "sourceIps" | "accessKeys" | "sessions">, given: unknown): void {
  const order = checkForm(sourceIpSchema, given, "the source IP");
  const { sourceIps } = world;
  const { accessKeyId } = order;
  if (accessKeyId === undefined) {
    sourceIps.everywhere = order.address ?? undefined;
    return;
  }
  if (!world.accessKeys.has(accessKeyId) && !world.sessions.has(accessKeyId)) {
    throw new SandboxError("invalid_option", "there is no access key of this id", {
      hint: "use the id of a user's key, or of a session's credentials",
    });
  }
  if (order.address === null) sourceIps.byKey.delete(accessKeyId);
  else sourceIps.byKey.set(accessKeyId, order.address);
}

/** Returns where the caller's calls come from; `connection` is the address of the connection. */
export function sourceIpOf(world: Pick<World, "sourceIps">, caller: Caller | undefined, connection: string): string {
  const { everywhere, byKey } = world.sourceIps;
  const known = byKey.size === 0 ? undefined : keysOf(caller).find((accessKeyId) => byKey.has(accessKeyId));
  return (known === undefined ? undefined : byKey.get(known)) ?? everywhere ?? connection;
}

/** Returns the caller's access key id, then that of the key that it was issued to, and so on. */
export function keysOf(caller: Caller | undefined): readonly string[] {
  if (caller?.kind === "user") return [caller.accessKey.accessKeyId];
  return caller?.kind === "session" ? [caller.session.accessKeyId, ...caller.session.issuedTo] : [];
}
