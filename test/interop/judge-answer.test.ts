// The judge of the clients has to be able to say no.
import { expect, test } from "vitest";
import { judgeAnswer } from "../../conformance/judge-answer.mjs";
import type { Answer, Case } from "../../conformance/types.d.mts";

const allow: Partial<Case> = { allowed: { "User.Names.0": "ada" } };
const refuse: Partial<Case> = { refused: { code: "AccessDenied", status: 403, message: "User: x is not" } };
const yes: Answer = { allowed: true, answer: { User: { Names: ["ada"] } } };
const no = { allowed: false, code: "AccessDenied", status: 403, message: "User: x is not authorized" } as const;

test("an answer as the table says has no differences", () => {
  expect(judgeAnswer(allow, yes)).toEqual({ kind: "right", differences: [] });
  expect(judgeAnswer(refuse, no)).toEqual({ kind: "right", differences: [] });
});

test.each<[string, string, Partial<Case>, Answer | undefined]>([
  ["false allow", "although AWS refuses", refuse, yes],
  ["false deny", "refused with 403 AccessDenied", allow, no],
  ["other answer", "User.Names.0 is undefined", allow, { allowed: true, answer: { User: null } }],
  ["other refusal", "the code is Throttling", refuse, { ...no, code: "Throttling" }],
  ["other refusal", "the status is 400", refuse, { ...no, status: 400 }],
  ["no answer", "the status is 500", refuse, { ...no, status: 500 }],
  ["no answer", "refused with 500", allow, { ...no, status: 500 }],
  ["no answer", "the socket hung up", refuse, { ...no, status: 0, message: "the socket hung up" }],
  ["other text", 'the text is "No"', refuse, { ...no, message: "No" }],
  ["no answer", "the client gave no answer", allow, undefined],
  ["other answer", "the case expects nothing", {}, yes],
])("a difference is told: %s: %s", (kind, text, expected, answer) => {
  const verdict = judgeAnswer(expected, answer);
  expect([verdict.kind, verdict.differences.join("; ")]).toEqual([kind, expect.stringContaining(text)]);
});
