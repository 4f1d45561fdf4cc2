import type { Plugin } from "vitest/config";

export declare function twin(path: string | undefined): Plugin;
export declare function brokenSource(source: string, find: string, replace: string, file: string): string;
export declare function builtPath(file: string): string;
