// A store that answers with something else than was asked: a database that ignores case, a cache of the wrong tenant, a row that
// somebody edited. A3, B1-10; Vault's cache by role name, CVE-2025-11621.
import type { Integration } from "@daypass/cross-account";
import { numbered } from "../attack-table.js";

type Lie = (asked: Integration, other: Integration) => unknown;

const change =
  (fields: Readonly<Record<string, unknown>>): Lie =>
  (asked) => ({ ...asked, ...fields });
/** Told wherever an integration is read. */
const lies: readonly (readonly [words: string, lie: Lie])[] = [
  ["another customer's integration", (_, other) => other],
  ["null", () => null],
  ["a text", () => "active"],
  ["an empty object", () => ({})],
  ["an integration with a field more", change({ admin: true })],
  ["an integration of a state that is none", change({ state: "trusted" })],
  ["an active integration without a role", change({ role: null })],
  ["an active integration without a proof", change({ verification: null })],
  ["an integration whose role is a text", change({ role: "arn:aws:iam::222222222222:role/x" })],
  ["an integration without an external ID", change({ externalId: undefined })],
  ["an integration with an empty external ID", change({ externalId: "" })],
  ["an integration whose external ID has a line", change({ externalId: "a\nb" })],
  ["an integration without a customer", change({ customerId: undefined })],
  ["an integration whose customer is a list", change({ customerId: ["customer-a"] })],
  ["an integration whose customer has an ESC", change({ customerId: "customer-a\u001B[2J" })],
  ["an integration of a version of text", change({ version: "2" })],
  ["an integration of version zero", change({ version: 0 })],
  ["an integration that was made at no time", change({ created: new Date(Number.NaN) })],
  ["an integration that was made in a text", change({ created: "2026-11-20" })],
  ["an integration with half a rotation", change({ rotation: { phase: "offered" } })],
  ["an integration with half a key", change({ legacyKey: { accessKeyId: "AKIAIOSFODNN7EXAMPLE" } })],
  ["an integration in an account of words", change({ declaredAccountId: "mine" })],
];

/** Told where one customer's integrations, or one integration, was asked for: right in form, and not what was asked. */
const mixUps: readonly (readonly [words: string, lie: Lie])[] = [
  ["the customer in capitals", change({ customerId: "CUSTOMER-A" })],
  ["the customer with a blank", change({ customerId: "customer-a " })],
  ["another id", change({ integrationId: "id-b", customerId: "customer-b" })],
];

export const storeDoors = [
  "getIntegration",
  "assumeCustomerRole",
  "listIntegrations of a customer",
  "verifyIntegration",
] as const;
export type StoreDoor = (typeof storeDoors)[number];

export const lyingStores = numbered(
  "B1-10",
  storeDoors.flatMap((door, at) =>
    [
      ...lies,
      // Ids are what was asked for at some doors, customers at the others.
      ...mixUps.filter(([words]) => words === "another id" || door === "assumeCustomerRole" || door.startsWith("list")),
    ].map(([words, lie]) => ({
      attack: `the store answers ${door} with ${words}`,
      door,
      lie,
      expected: { code: "store_corrupt" },
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  201,
);
