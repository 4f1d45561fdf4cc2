// An agent in this process with clocks that stand still until they are moved, and clients that answer from a script.
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { createAgentClient, startAgent } from "@daypass/agent";
import type { Agent, AgentClient, AgentOptions, AnswerRequest } from "@daypass/agent";
import { SETTING_VARIABLES } from "@daypass/agent/settings";
import { neverPrompt, openHome, type Locks, type Prompt, type Question } from "@daypass/auth";

export const START = Date.parse("2026-03-01T12:00:00Z");
export const HOUR = 3_600_000;
export const CANARY = "canary/wJalrXUtnFEMI+K7MDENG";

/** The locks of a directory, by the door that a program has. */
export async function locksOf(directory: string): Promise<Locks> {
  const prompt = neverPrompt("nobody is here");
  const home = await openHome({ toolName: "daypass", directory, homeDir: directory, env: {}, prompt, keychain: "off" });
  return home.context.locks;
}

export interface World {
  readonly directory: string;
  readonly agent: Agent;
  readonly socket: string;
  /** What `answer` was asked. */
  readonly asked: { identity: string; renew?: boolean }[];
  client(prompt?: Prompt): AgentClient;
  /** Moves both clocks. */
  pass(ms: number): void;
  /** The machine sleeps: only the wall clock goes on. */
  sleep(ms: number): void;
  /** What the agent does every so often. */
  tick(): Promise<void>;
  now(): number;
  close(): Promise<void>;
}

/** This process's environment means what the agent's does, for SDKs that run here. Until the test file ends. */
export function withoutSettings(): void {
  for (const name of SETTING_VARIABLES) vi.stubEnv(name, undefined);
}

/** Starts one. `answer` gives credentials of an hour unless the test has its own. */
export async function startWorld(over: Partial<AgentOptions> = {}): Promise<World> {
  const directory = over.directory ?? mkdtempSync(join(tmpdir(), "agent-"));
  let wall = START;
  let uptime = 1000;
  let work: () => void = () => undefined;
  const asked: { identity: string; renew?: boolean }[] = [];
  const answer: AnswerRequest =
    over.answer ?? (async ({ identity }) => ({ credentials: sessionOf(identity, wall + HOUR), region: "eu-west-1" }));
  const agent = await startAgent({
    locks: await locksOf(directory),
    unlock: null,
    hardened: null,
    env: {},
    idleMs: 12 * HOUR,
    lifetimeMs: 100 * HOUR,
    now: () => wall,
    uptime: () => uptime,
    repeat: (_everyMs, given) => {
      work = given;
      return () => undefined;
    },
    ...over,
    directory,
    answer: (request, prompt) => {
      asked.push({ identity: request.identity, ...(request.renew === true && { renew: true }) });
      return answer(request, prompt);
    },
  });
  return {
    directory,
    agent,
    socket: agent.socketPath,
    asked,
    client: (prompt = neverPrompt("nobody is here")) => createAgentClient({ directory, prompt, env: {} }),
    pass(ms) {
      wall += ms;
      uptime += ms;
    },
    sleep(ms) {
      wall += ms;
    },
    async tick() {
      work();
      await turns();
    },
    now: () => wall,
    async close() {
      await agent.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function sessionOf(name: string, expiration: number) {
  return {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: CANARY,
    sessionToken: `token-of-${Buffer.from(name).toString("base64url")}`,
    expiration: new Date(expiration),
    accountId: "111122223333",
  };
}

/** A person at a terminal. `reply` says what is typed, or throws. */
export function personWho(reply: (question: Question, signal?: AbortSignal) => Promise<string>): Prompt & {
  readonly questions: Question[];
  readonly told: string[];
} {
  const questions: Question[] = [];
  const told: string[] = [];
  return {
    isAvailable: true,
    questions,
    told,
    ask(question, options = {}) {
      questions.push(question);
      return reply(question, options.signal);
    },
    tell: (message) => void told.push(message),
  };
}

/** Sends bytes and returns everything that comes back until the other side closes. */
export function exchange(
  socket: string,
  bytes: string | Uint8Array,
  options: { half?: boolean } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const connection = createConnection({ path: socket, allowHalfOpen: true });
    connection.once("connect", () => (options.half === true ? connection.end(bytes) : connection.write(bytes)));
    connection.on("data", (chunk: Buffer) => chunks.push(chunk));
    connection.on("error", () => undefined);
    connection.on("end", () => connection.destroy());
    connection.once("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
  });
}

/** Lets everything that can happen without time happen. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 25_000 && !isSo(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  if (!isSo()) throw new Error("it never came to be");
}

/** The error that a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && "code" in error && "hint" in error) {
      return { code: String(error.code), message: error.message, hint: String(error.hint) };
    }
    throw error;
  }
  throw new Error("it was not rejected");
}
