// The judge of the clients has to be able to say no.
import { expect, test } from "vitest";
import { judgeAnswer, type Answer } from "./judge-answer.js";
import type { Case } from "./read-table.js";

const base = { group: "g", name: "n", as: "reader", call: "sts:AssumeRole" };
const allow: Case = { ...base, allowed: { "User.Names.0": "ada" } };
const refuse: Case = { ...base, refused: { code: "AccessDenied", status: 403, message: "User: x is not" } };
const yes: Answer = { allowed: true, answer: { User: { Names: ["ada"] } } };
const no: Answer = { allowed: false, code: "AccessDenied", status: 403, message: "User: x is not authorized" };

test("an answer as the table says has no differences", () => {
  expect(judgeAnswer(allow, yes)).toEqual([]);
  expect(judgeAnswer(refuse, no)).toEqual([]);
});

test.each<[string, Case, Answer | undefined]>([
  ["although AWS refuses", refuse, yes],
  ["refused with 403 AccessDenied", allow, no],
  ["User.Names.0 is undefined", allow, { allowed: true, answer: { User: null } }],
  ["the code is Throttling", refuse, { ...no, code: "Throttling" }],
  ["the status is 400", refuse, { ...no, status: 400 }],
  ['the text is "No"', refuse, { ...no, message: "No" }],
  ["the client gave no answer", allow, undefined],
  ["the case expects nothing", base, yes],
])("a difference is told: %s", (text, expected, answer) => {
  expect(judgeAnswer(expected, answer).join("; ")).toContain(text);
});
