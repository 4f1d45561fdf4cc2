// One call and the faults that are ordered for it: before it is looked at, once its action is known, and on its answer.
import type { HttpAnswer } from "../types.js";
import type { Call, World } from "../world-types.js";
import { disturbAnswer, WEB_PAGE } from "./disturb-answer.js";
import type { DeliveredAnswer } from "./disturb-answer.js";
import { findRefusal, serviceUnavailable } from "./find-refusal.js";
import { matchFaults } from "./match-fault.js";
import { countStrike } from "./order-fault.js";
import type { AwsError } from "../errors.js";
import type { FaultKind } from "./types.js";

export interface RehearsedCall {
  /** Naming the action strikes the call with the errors that are ordered for it: it throws `AwsError`. */
  readonly noted: Call["noted"];
  /** The kinds of the faults that struck so far. */
  readonly faults: readonly FaultKind[];
  /** Tells whose call it turned out to be. */
  calledBy(accountId: string | undefined): void;
  /** Returns what goes out in the place of an answer while there is an outage; `undefined` when there is none. */
  outage(render: (error: AwsError) => HttpAnswer): DeliveredAnswer | undefined;
  /** Returns the answer as it goes out. */
  disturb(answer: HttpAnswer): DeliveredAnswer;
}

const NO_ANSWER = { status: 0, headers: {}, body: "" };

/** Returns the faults' view of a new call. `region` is the one that the call is signed for, proven or not. */
export function rehearseCall(world: World, service: string, region: string): RehearsedCall {
  const faults: FaultKind[] = [];
  let action: string | undefined;
  let accountId: string | undefined;
  const facts = () => ({ service, region, action, accountId });
  return {
    faults,
    noted: {
      resource: undefined,
      get action() {
        return action;
      },
      set action(named) {
        action = named;
        if (named === undefined) return;
        const refusal = findRefusal(world, facts());
        if (refusal === undefined) return;
        faults.push(refusal.kind);
        throw refusal.error;
      },
    },
    calledBy(id) {
      accountId = id;
    },
    outage(render) {
      const [fault] = matchFaults(world, facts(), "outage");
      if (fault === undefined) return undefined;
      countStrike(world, fault);
      faults.push("outage");
      switch (fault.order.mode) {
        case "unavailable":
          return render(serviceUnavailable(service));
        case "html":
          return { status: 500, headers: { "content-type": "text/html; charset=utf-8" }, body: WEB_PAGE };
        case "reset":
          return { ...NO_ANSWER, delivery: { delayMs: 0, end: "lost", afterBytes: 0 } };
        case "hang":
          return { ...NO_ANSWER, delivery: { delayMs: 0, end: "hang", afterBytes: 0 } };
      }
    },
    disturb(answer) {
      if (world.faults.length === 0) return answer;
      const disturbed = disturbAnswer(world, facts(), answer);
      faults.push(...disturbed.kinds);
      return disturbed.answer;
    },
  };
}
