import type { Actors, Answer, Keys, Names } from "./types.d.mts";

export function cleanUp(options: {
  readonly names: Names;
  readonly planned: readonly { readonly account: string; readonly kind: string; readonly name: string }[];
  readonly admins: Actors;
  readonly rounds: number;
  pause(round: number): Promise<void>;
  readonly call?: (name: string, input: Readonly<Record<string, unknown>>, keys: Keys) => Promise<Answer>;
}): Promise<string[]>;
