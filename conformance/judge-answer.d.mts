import type { Answer, Case, Verdict } from "./types.d.mts";

export function judgeAnswer(expected: Partial<Case>, answer: Answer | undefined): Verdict;
