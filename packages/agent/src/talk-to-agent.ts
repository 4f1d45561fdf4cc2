// One conversation with the agent, from this process's side. Nothing is sent before it is sure who can be listening.
import { createConnection } from "node:net";
import { AuthError, type Prompt, type Question } from "@daypass/auth";
import { reviveFailure } from "./describe-failure.js";
import { AgentError } from "./errors.js";
import type { SocketPaths } from "./place-socket.js";
import { createLineReader } from "./read-lines.js";
import { trustSocket } from "./trust-socket.js";
import { readFromAgent, writeLine, type FromAgent, type WireQuestion } from "./wire.js";

/** The last thing that the agent says. */
export type LastWord = Exclude<
  FromAgent,
  { ask: unknown } | { withdraw: unknown } | { tell: unknown } | { error: unknown }
>;

/** An agent that says nothing at all for so long, in milliseconds, to a question that needs no AWS and no person. */
const SILENT_AFTER_MS = 5000;

/**
 * Says one thing to the agent and returns its last word; its questions go to `prompt` meanwhile. Rejects with
 * `AgentError` `agent_unavailable`, `socket_untrusted` or `protocol`, or with what the agent rejects with.
 */
export async function talkToAgent(
  paths: SocketPaths,
  opening: Readonly<Record<string, unknown>>,
  options: { readonly prompt: Prompt; readonly isQuick: boolean },
): Promise<LastWord> {
  if (!(await trustSocket(paths))) throw unavailable();
  return new Promise((resolve, reject) => {
    const socket = createConnection(paths.socket);
    const lines = createLineReader();
    const questions = new Map<number, AbortController>();
    const timer = options.isQuick ? setTimeout(() => fail(unavailable()), SILENT_AFTER_MS) : undefined;

    const end = (settle: () => void) => {
      clearTimeout(timer);
      for (const controller of questions.values()) controller.abort();
      socket.destroy();
      settle();
    };
    const fail = (error: Error) => end(() => reject(error));
    const ask = async (question: WireQuestion) => {
      const { id } = question;
      const controller = new AbortController();
      questions.set(id, controller);
      let reply: Readonly<Record<string, unknown>>;
      try {
        reply = { id, answer: await options.prompt.ask(toQuestion(question), { signal: controller.signal }) };
      } catch (error) {
        const isCancelled = error instanceof AuthError && error.code === "cancelled";
        reply = { id, failed: isCancelled ? "cancelled" : "prompt_unavailable" };
      }
      // Withdrawn: the agent waits for no answer any more.
      if (questions.delete(id) && !controller.signal.aborted && !socket.destroyed) socket.write(writeLine(reply));
    };
    const take = (line: string): void => {
      const message = readFromAgent(line);
      if (message === undefined) fail(strange());
      else if ("ask" in message) void ask(message.ask);
      else if ("withdraw" in message) questions.get(message.withdraw)?.abort();
      else if ("tell" in message) options.prompt.tell(message.tell);
      else if ("error" in message) fail(reviveFailure(message.error));
      else end(() => resolve(message));
    };
    socket.once("connect", () => socket.write(writeLine(opening)));
    socket.on("data", (bytes: Buffer) => {
      const read = lines.take(bytes);
      if (read === undefined) fail(strange());
      else for (const line of read) if (!socket.destroyed) take(line);
    });
    socket.once("error", (error) => fail(unavailable(error)));
    socket.once("close", () => fail(unavailable()));
  });
}

function toQuestion({ kind, message, choices }: WireQuestion): Question {
  if (choices === undefined) return { kind, message };
  return {
    kind,
    message,
    choices: choices.map(({ value, label, hint }) => ({ value, label, ...(hint !== undefined && { hint }) })),
  };
}

function unavailable(cause?: unknown): AgentError {
  return new AgentError("agent_unavailable", "no agent answers", { hint: "start it, or go on without it", cause });
}

function strange(): AgentError {
  return new AgentError("protocol", "the agent speaks another language", {
    hint: "it is of another version: stop it, and it starts anew by itself",
  });
}
