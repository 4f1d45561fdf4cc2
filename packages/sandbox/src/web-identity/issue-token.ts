// Issues web identity tokens, as a CI system or an identity provider does for a job or a person.
import * as v from "valibot";
import { checkForm } from "../check-form.js";
import { SandboxError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import type { World } from "../world-types.js";
import { signToken } from "./sign-token.js";

/** What a token is to say. */
export interface WebIdentityTokenOrder {
  /** The URL of an issuer that the sandbox has: GitHub's, GitLab's, or one of the world file. */
  readonly issuer: string;
  /** `sub`: whom the token is about, for example `repo:octo/app:ref:refs/heads/main`. */
  readonly subject: string;
  /** `aud`: for whom the token is made, for example `sts.amazonaws.com`. */
  readonly audience: string | readonly string[];
  /** Further claims. They win over what the sandbox fills in, and `null` leaves a claim out: for tokens that are wrong. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** How long the token is good; 600 when left out, at most a day. */
  readonly durationSeconds?: number | undefined;
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const orderSchema = v.strictObject({
  issuer: text,
  subject: text,
  audience: v.union([text, v.pipe(v.array(text), v.minLength(1))]),
  claims: v.optional(v.record(v.string(), v.unknown())),
  durationSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400)), 600),
});

/** Returns a signed token. Throws `SandboxError` `invalid_option`, also for an issuer that the sandbox does not have. */
export function issueWebIdentityToken(world: World, given: unknown): string {
  const order = checkForm(orderSchema, given, "a web identity token");
  const issuer = world.tokenIssuers.get(order.issuer);
  if (issuer === undefined) {
    throw new SandboxError("invalid_option", `there is no token issuer ${order.issuer}`, {
      hint: `use one of ${[...world.tokenIssuers.keys()].join(", ")}, or list it under tokenIssuers in the world file`,
    });
  }
  const now = Math.floor(world.clock() / 1000);
  const claims: Readonly<Record<string, unknown>> = {
    iss: issuer.url,
    sub: order.subject,
    aud: order.audience,
    iat: now,
    nbf: now,
    exp: now + order.durationSeconds,
    jti: newRequestId(world),
    ...order.claims,
  };
  return signToken(issuer, Object.fromEntries(Object.entries(claims).filter(([, claim]) => claim !== null)));
}
