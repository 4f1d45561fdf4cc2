// Answers that come late, in part, or as something else.
import type { HttpAnswer } from "../types.js";
import type { World } from "../world-types.js";
import { matchFaults } from "./match-fault.js";
import type { CallFacts, FaultOf } from "./match-fault.js";
import { countStrike } from "./order-fault.js";
import type { Delivery, FaultKind, Milliseconds } from "./types.js";

/** An answer, and what is to happen to it on its way out. */
export interface DeliveredAnswer extends HttpAnswer {
  readonly delivery?: Delivery | undefined;
}

/** Seen in the place of an answer by whoever talks to a proxy or a load balancer and not to AWS. */
export const WEB_PAGE =
  "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n";

/** Returns the answer as it is to go out, and the kinds of the faults that struck it. */
export function disturbAnswer(
  world: World,
  call: CallFacts,
  answer: HttpAnswer,
): { readonly answer: DeliveredAnswer; readonly kinds: readonly FaultKind[] } {
  const kinds: FaultKind[] = [];
  let disturbed: DeliveredAnswer = answer;
  const [malformed] = matchFaults(world, call, "malformed");
  if (malformed !== undefined) {
    countStrike(world, malformed);
    kinds.push("malformed");
    disturbed = malform(answer, malformed.order.form);
  }
  const [cut] = matchFaults(world, call, "cut");
  const afterCut = cut === undefined ? undefined : cutShort(disturbed, cut);
  if (cut !== undefined && afterCut !== undefined) {
    countStrike(world, cut);
    kinds.push("cut");
    disturbed = afterCut;
  }
  const [slow] = matchFaults(world, call, "slow");
  if (slow !== undefined) {
    countStrike(world, slow);
    kinds.push("slow");
    const delivery = disturbed.delivery ?? { end: "whole", afterBytes: 0 };
    disturbed = { ...disturbed, delivery: { ...delivery, delayMs: drawMs(world, slow.order.delayMs) } };
  }
  return { answer: disturbed, kinds };
}

/** Returns the milliseconds, or a number from their range, every one as likely as any other. */
export function drawMs(world: Pick<World, "randomBytes">, milliseconds: Milliseconds): number {
  if (typeof milliseconds === "number") return milliseconds;
  const { fromMs, toMs } = milliseconds;
  const share = Buffer.from(world.randomBytes(6)).readUIntBE(0, 6) / 2 ** 48;
  return fromMs + Math.floor(share * (toMs - fromMs + 1));
}

function malform(answer: HttpAnswer, form: FaultOf<"malformed">["order"]["form"]): HttpAnswer {
  const { "content-length": _length, ...headers } = answer.headers;
  switch (form) {
    case "empty":
      return { status: 200, headers, body: "" };
    case "html":
      return { status: 200, headers: { ...headers, "content-type": "text/html; charset=utf-8" }, body: WEB_PAGE };
    case "root":
      return { status: 200, headers: { ...headers, "content-type": "text/xml" }, body: "<Unexpected/>\n" };
    case "content-type":
      return { ...answer, headers: { ...answer.headers, "content-type": "application/octet-stream" } };
  }
}

/** Returns `undefined` for an answer without a body whose body should be short: there is nothing to cut. */
function cutShort(answer: DeliveredAnswer, { order }: FaultOf<"cut">): DeliveredAnswer | undefined {
  const body = Buffer.from(answer.body);
  const afterBytes = Math.max(0, Math.min(order.afterBytes, body.length - 1));
  if (order.how !== "short") return { ...answer, delivery: { delayMs: 0, end: order.how, afterBytes } };
  if (body.length === 0) return undefined;
  const { "content-length": _length, ...headers } = answer.headers;
  return { ...answer, headers, body: body.subarray(0, afterBytes) };
}
