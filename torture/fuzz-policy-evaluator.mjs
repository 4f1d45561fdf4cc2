// The evaluator against a second one that was written as slowly and plainly as AWS's documentation.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { ok } from "node:assert/strict";
import { evaluate, parsePolicy, PolicyError } from "@daypass/policy";
import * as fc from "fast-check";
import { checkProperties, requireClean } from "./fuzz/check-properties.mjs";
import { createTape } from "./fuzz/create-tape.mjs";
import { makeQuestion } from "./fuzz/make-question.mjs";
import { decideNaively } from "./fuzz/naive-evaluator.mjs";

export const trial = {
  name: "fuzz-policy-evaluator",
  claim:
    "every question gets the answer of a second evaluator written from AWS's pages, and no Deny added and no Allow removed ever allows",
  wouldShow:
    "as a question with its documents to which the two evaluators answer differently, or one that is allowed only once something was denied",
  unit: "questions",
  amounts: { test: 8_000, short: 60_000, long: 1_000_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 40);
    const tape = fc.uint8Array({ minLength: 60, maxLength: 400 }).map((bytes) => String.fromCharCode(...bytes));
    const guided = guideInputs({
      amount: amount - properties,
      seed,
      seeds: ["", "\u0001\u0002\u0003"],
      fresh: (random) => random.tape(60 + random.below(400)),
      test: checkTape,
      show: (text) => makeQuestion(createTape(text)),
    });
    return checkProperties({ seed, amount: properties, properties: [[tape, checkTape]] }).and(guided);
  },
};

function checkTape(text) {
  const { request, layers, extra, at } = makeQuestion(createTape(text));
  const policies = policiesOf(layers);
  if (policies === undefined) return;
  const decision = evaluate(request, policies);
  requireClean();
  const naive = decideNaively(request, layers);
  ok(decision.outcome === naive, `evaluated ${decision.outcome}, naively ${naive}`);
  ok(decision.allowed === (naive === "allow"), "allowed is not what outcome says");
  if (decision.allowed || at % 4 !== 0) return;
  const denied = withDeny(layers, extra, at);
  ok(!allows(request, denied), "a Deny that was added allows");
  ok(!allows(request, withoutAllow(layers, at)), "an Allow that was removed allows");
}

function allows(request, layers) {
  const policies = policiesOf(layers);
  return policies !== undefined && evaluate(request, policies).allowed;
}

/** Returns the parsed documents; `undefined` when one of them is refused. */
function policiesOf({ identity, boundary, session, serviceControl, resource, trust }) {
  let count = 0;
  const named = (kind) => (document) => ({ name: String(count++), policy: parsePolicy(document, kind) });
  try {
    return {
      identity: identity.map(named("identity")),
      permissionsBoundary: boundary && named("permissions-boundary")(boundary),
      session: session.map(named("session")),
      serviceControl: serviceControl.map((level) => level.map(named("service-control"))),
      resource: resource && named(trust ? "trust" : "resource")(resource),
    };
  } catch (error) {
    if (error instanceof PolicyError && error.code !== "invalid_request") return undefined;
    throw error;
  }
}

/** Adds to a document that is there: a layer that was not there would limit by being there. */
function withDeny(layers, extra, at) {
  const add = (document) => ({ ...document, Statement: [...document.Statement, extra] });
  const { boundary, session, resource, trust } = layers;
  const places = ["identity"];
  if (boundary !== undefined) places.push("boundary");
  if (session.length > 0) places.push("session");
  if (resource !== undefined) places.push("resource");
  const place = places[at % places.length];
  if (place === "boundary") return { ...layers, boundary: add(boundary) };
  if (place !== "resource") return { ...layers, [place]: layers[place].map(add) };
  const { Resource, NotResource, ...rest } = extra;
  const named = { ...rest, Principal: { AWS: "111122223333" } };
  const whole = trust ? named : { ...named, ...(Resource === undefined ? { NotResource } : { Resource }) };
  return { ...layers, resource: { ...resource, Statement: [...resource.Statement, whole] } };
}

function withoutAllow(layers, at) {
  const strip = (document) => {
    const allows = document.Statement.filter(({ Effect }) => Effect === "Allow");
    if (allows.length === 0 || document.Statement.length === 1) return document;
    const gone = allows[at % allows.length];
    return { ...document, Statement: document.Statement.filter((one) => one !== gone) };
  };
  const { identity, boundary, session, resource } = layers;
  return {
    ...layers,
    identity: identity.map(strip),
    boundary: boundary && strip(boundary),
    session: session.map(strip),
    resource: resource && strip(resource),
  };
}
