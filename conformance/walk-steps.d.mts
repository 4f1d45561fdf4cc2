import type { Actors, Names, Step } from "./types.d.mts";

export function walkSteps(
  steps: readonly Step[],
  options: {
    readonly target: string;
    readonly names: Names;
    readonly admins: Actors;
    readonly strict: boolean;
    readonly advance?: (seconds: number) => Promise<void>;
    readonly pause?: (milliseconds: number) => Promise<unknown>;
  },
): Promise<{ readonly actors: Actors; readonly problems: readonly string[] }>;
