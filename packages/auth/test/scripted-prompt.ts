// A person who answers as it was agreed, and is asked nothing more.
import type { Prompt, Question } from "../dist/types.js";

export interface ScriptedPrompt extends Prompt {
  readonly asked: Question[];
  readonly told: string[];
}

export function scriptedPrompt(...answers: readonly string[]): ScriptedPrompt {
  const left = [...answers];
  const asked: Question[] = [];
  const told: string[] = [];
  return {
    isAvailable: true,
    asked,
    told,
    async ask(question) {
      asked.push(question);
      for (;;) {
        const answer = left.shift();
        if (answer === undefined) throw new Error(`asked once more than agreed: ${question.message}`);
        if (question.check?.(answer) === undefined) return answer;
      }
    },
    tell: (message) => void told.push(message),
  };
}
