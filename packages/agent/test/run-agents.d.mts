export declare const AGENT: string;
export declare const ASKER: string;
export declare function agentCommand(directory: string, log: string, ...args: readonly string[]): [string, ...string[]];
export declare function startAgentProcess(options: {
  readonly directory: string;
  readonly log: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<number>;
export declare function linesOf(log: string): string[];
export declare function until(isSo: () => boolean | Promise<boolean>): Promise<void>;
export declare function kill(pid: number, signal: NodeJS.Signals): void;
export declare function endSpawned(log: string): void;
