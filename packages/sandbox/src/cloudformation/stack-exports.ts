// Exports and who imports them (AWS CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack").
import type { Stack, StackOutput } from "./types.js";
import type { World } from "../world-types.js";

export interface StackExport {
  readonly exporter: Stack;
  readonly name: string;
  readonly value: string;
}

type Place = Pick<Stack, "accountId" | "region">;

/** Returns the exports of an account in a region, by name. */
export function exportsOf(world: World, place: Place): ReadonlyMap<string, StackExport> {
  const exported = new Map<string, StackExport>();
  for (const exporter of liveStacks(world, place)) {
    for (const { exportName: name, value } of exporter.deployment.outputs) {
      if (name !== undefined) exported.set(name, { exporter, name, value });
    }
  }
  return exported;
}

/** Returns the names of the stacks that use this export of `exporter`. */
function importersOf(world: World, exporter: Stack, name: string): readonly string[] {
  return liveStacks(world, exporter)
    .filter((stack) => stack !== exporter && stack.deployment.imports.has(name))
    .map((stack) => stack.name);
}

/** Returns why these outputs cannot be the stack's: a name that is taken, or a used export that would go or change. */
export function exportConflict(world: World, stack: Stack, outputs: readonly StackOutput[]): string | undefined {
  const exported = exportsOf(world, stack);
  for (const { exportName } of outputs) {
    const holder = exportName === undefined ? undefined : exported.get(exportName)?.exporter;
    if (holder !== undefined && holder !== stack) {
      return `Export with name ${exportName} is already exported by stack ${holder.name}. Rollback requested by user.`;
    }
  }
  for (const { exportName: name, value } of stack.deployment.outputs) {
    if (name === undefined) continue;
    const after = outputs.find(({ exportName }) => exportName === name);
    if (after?.value === value) continue;
    const importers = importersOf(world, stack, name);
    if (importers.length === 0) continue;
    return `Export ${name} cannot be ${after === undefined ? "deleted" : "updated"} as it is in use by ${inWords(importers)}`;
  }
  return undefined;
}

/** Returns why the stack cannot be deleted; `undefined` when no other stack uses its exports. */
export function deletionConflict(world: World, stack: Stack): string | undefined {
  for (const { exportName } of stack.deployment.outputs) {
    const importers = exportName === undefined ? [] : importersOf(world, stack, exportName);
    if (importers.length > 0) {
      return `Delete canceled. Cannot delete export ${exportName} as it is in use by ${inWords(importers)}.`;
    }
  }
  return undefined;
}

function liveStacks(world: World, { accountId, region }: Place): readonly Stack[] {
  return [...world.stacks.values()].filter(
    (stack) => stack.deleted === undefined && stack.accountId === accountId && stack.region === region,
  );
}

/** `a`, `a and b`, `a, b and c`. */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
