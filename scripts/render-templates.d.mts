import type { RoleDescription } from "@daypass/templates";

/** The vendor of the examples. */
export const ROLE: RoleDescription;
/** Returns name → text of every rendered document. */
export function renderAll(): ReadonlyMap<string, string>;
