// What the table must keep to: every case has a source, and a text is asserted only where somebody has seen it.
import { runsOn } from "./read-cases.mjs";

const KINDS = new Set(["model", "docs", "report", "live", "remembered"]);
const TARGETS = ["sandbox", "moto", "live"];

/** Returns what is wrong with the table, one sentence each; none when it may be believed. */
export function checkCases({ cases, steps, sources }) {
  return [
    ...Object.entries(sources).flatMap(([name, source]) => checkSource(name, source)),
    ...cases.flatMap((each) => checkCase(each, sources)),
    ...cases.flatMap((each) => checkActor(each, steps)),
    ...repeated(cases),
  ];
}

function checkSource(name, { kind, ref }) {
  if (!KINDS.has(kind)) return [`the source ${name} is of kind ${JSON.stringify(kind)}`];
  return typeof ref === "string" && ref.length > 10 ? [] : [`the source ${name} does not say where it is found`];
}

function checkCase({ name, source, text, allowed, refused, notOn = {} }, sources) {
  const problems = [];
  const found = sources[source];
  if (found === undefined) problems.push(`"${name}" has no source`);
  if ((allowed === undefined) === (refused === undefined)) problems.push(`"${name}" must be allowed or refused`);
  for (const [target, reason] of Object.entries(notOn)) {
    if (!TARGETS.includes(target)) problems.push(`"${name}" is not on ${target}, which is no target`);
    if (typeof reason !== "string" || reason.length < 10)
      problems.push(`"${name}" is not on ${target} without a reason`);
  }
  const message = refused?.message;
  if (message === undefined) return problems;
  if (found?.kind === "remembered") problems.push(`"${name}" is only remembered, and asserts a text`);
  const seen = [sources[text], found].flatMap((each) => each?.texts ?? []);
  if (!seen.some((each) => isBeginning(message, each)))
    problems.push(`"${name}" asserts a text that no source of it has`);
  return problems;
}

/** Whether `message` is how a text begins in which each `{}` stands for anything. It may end inside words only. */
function isBeginning(message, text) {
  const escaped = (part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return Array.from({ length: text.length }, (_, index) => text.slice(0, text.length - index))
    .filter((cut) => cut === text || !/\{\}?$/.test(cut))
    .some((cut) => new RegExp(`^${cut.split("{}").map(escaped).join("[^]*?")}$`).test(message));
}

function checkActor({ name, as, notOn = {} }, steps) {
  if (as === "vendor" || as === "customer") return [];
  return TARGETS.filter((target) => notOn[target] === undefined).flatMap((target) => {
    const made = steps.some((step) => step.actor === as && runsOn(step, target));
    return made ? [] : [`"${name}" runs on ${target}, where nobody is "${as}"`];
  });
}

function repeated(cases) {
  const names = cases.map(({ name }) => name);
  return [...new Set(names)]
    .filter((name) => names.filter((each) => each === name).length > 1)
    .map((name) => `"${name}" is there twice`);
}
