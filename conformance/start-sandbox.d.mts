import type { Sandbox } from "./types.d.mts";

export function startSandbox(): Promise<Sandbox>;
