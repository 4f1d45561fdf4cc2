// Puts a world file into the world: first everything that has a name, then what refers to names.
import * as v from "valibot";
import { connectAccount, createEntities } from "./load-accounts.js";
import { loadIdentityCenter } from "./identity-center/load-identity-center.js";
import { loadBuckets } from "./load-buckets.js";
import { loadOidcProviders, loadTokenIssuers } from "./load-web-identity.js";
import { loadOrganization } from "./load-organization.js";
import type { World } from "./world-types.js";
import { within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import { worldFileSchema } from "./world-file.js";
import type { CompleteWorldFile } from "./world-file.js";

/**
 * Adds the file's accounts, users, roles, policies, providers, issuers, organisation and buckets to the world. `source` is the file's name,
 * for errors. Throws `SandboxError` `invalid_world` naming the place; the world is then half filled and to be thrown away.
 */
export function loadWorld(world: World, file: unknown, source: string): void {
  const top: Place = { source, path: "" };
  const complete = check(file, top);
  const places = complete.accounts.map((_, index) => within(within(top, "accounts"), index));
  // Roles may trust each other in any order, so all exist before the first trust policy is bound.
  const connects = complete.accounts.map((account, index) => {
    const place = places[index] ?? top;
    return { created: createEntities(world, account, place), account, place };
  });
  loadTokenIssuers(world, complete.tokenIssuers, within(top, "tokenIssuers"));
  for (const { account, place } of connects) loadOidcProviders(world, account, place);
  for (const { created, account, place } of connects) connectAccount(world, created, account, place);
  if (complete.organization !== undefined) {
    loadOrganization(world, complete.organization, within(top, "organization"));
  }
  loadBuckets(world, complete.buckets, within(top, "buckets"));
  if (complete.identityCenter !== undefined) {
    loadIdentityCenter(world, complete.identityCenter, within(top, "identityCenter"));
  }
}

function check(file: unknown, top: Place): CompleteWorldFile {
  const result = v.safeParse(worldFileSchema, file);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = (issue.path ?? []).reduce(
    (at: Place, step) => within(at, typeof step.key === "number" ? step.key : String(step.key)),
    top,
  );
  throw worldError(place, describe(issue), "docs/world-file.md of @daypass/sandbox shows every member with an example");
}

function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "is not a member that a world file knows";
  if (issue.received === "undefined") return "is missing";
  // Messages of our own are phrases; valibot's begin with a capital letter.
  if (!/^[A-Z]/.test(issue.message)) return issue.message;
  const expected = issue.expected === "Object" ? "an object" : `a ${issue.expected ?? "something else"}`;
  return `must be ${expected}, is ${issue.received}`;
}
