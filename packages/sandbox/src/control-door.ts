// The door for whoever started the sandbox: time, faults, calls. Its address holds the only key to it.
import * as v from "valibot";
import type { CallLog } from "./call-log.js";
import { farthestMs } from "./check-orders.js";
import type { MovableClock } from "./create-clock.js";
import { SandboxError } from "./errors.js";
import { tellCode } from "./mfa/tell-code.js";
import type { MetadataDoor } from "./metadata/metadata-door.js";
import { moveClock } from "./rehearsal/move-clock.js";
import { liftFault, listFaults, orderFault } from "./rehearsal/order-fault.js";
import { setSourceIp } from "./rehearsal/source-ip.js";
import { listPending } from "./rehearsal/pending-changes.js";
import type { HttpAnswer, HttpRequest } from "./types.js";
import { issueWebIdentityToken } from "./web-identity/issue-token.js";
import type { World } from "./world-types.js";
import { sameSignature } from "./wire/verify-signature.js";

export const CONTROL_PREFIX = "/_sandbox/";

export interface ControlDoor {
  readonly world: World;
  readonly clock: MovableClock;
  readonly log: CallLog;
  readonly metadata: MetadataDoor;
  /** 256 random bits as 64 hexadecimal digits. */
  readonly token: string;
  readonly overTheWire: boolean;
}

const clockBody = v.strictObject({
  advanceSeconds: v.pipe(v.number(), v.finite(), v.minValue(-farthestMs / 1000), v.maxValue(farthestMs / 1000)),
});

const mfaCodeBody = v.strictObject({ serialNumber: v.string() });

/** Answers a request below `/_sandbox/`. Without the token everything is 404, as if there were no door. */
export function answerControl(door: ControlDoor, request: HttpRequest): HttpAnswer {
  const [token = "", ...rest] = request.rawPath.slice(CONTROL_PREFIX.length).split("/");
  if (!sameSignature(door.token, token)) return json(404, { error: "there is nothing here" });
  // Browsers send these, and no browser has business here: not even a page that learnt the address. Sec-Fetch-Mode alone
  // is what Node's own fetch sends.
  const fromBrowser = ["origin", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user"].some((name) =>
    request.headers.has(name),
  );
  if (fromBrowser) return json(403, { error: "the control door is not for browsers" });
  const [resource, id, ...more] = rest;
  switch (more.length === 0 ? `${request.method} ${resource ?? ""}${id === undefined ? "" : "/ID"}` : "") {
    case "GET state":
      return json(200, state(door));
    case "POST clock":
      return withBody(request, clockBody, ({ advanceSeconds }) => {
        moveClock(door.world, door.clock, advanceSeconds * 1000);
        return json(200, { now: new Date(door.clock.now()).toISOString() });
      });
    case "POST source-ip":
      return withBody(request, v.unknown(), (order) => {
        setSourceIp(door.world, order);
        return json(200, {});
      });
    case "POST metadata":
      return withBody(request, v.unknown(), (order) => {
        const { id, path, authorizationToken } = door.metadata.serve(order);
        return json(201, { id, uri: `http://${request.headers.get("host") ?? ""}${path}`, authorizationToken });
      });
    case "DELETE metadata/ID":
      return door.metadata.stop(id ?? "") ? json(200, {}) : json(404, { error: "no metadata of this id is served" });
    case "POST web-identity-tokens":
      return withBody(request, v.unknown(), (order) => json(201, { token: issueWebIdentityToken(door.world, order) }));
    case "POST mfa-code":
      return withBody(request, mfaCodeBody, ({ serialNumber }) =>
        json(200, { code: tellCode(door.world, serialNumber) }),
      );
    case "POST faults":
      return withBody(request, v.unknown(), (order) =>
        json(201, { id: orderFault(door.world, order, door.overTheWire).id }),
      );
    case "DELETE faults/ID":
      return liftFault(door.world, id ?? "") ? json(200, {}) : json(404, { error: "there is no fault of this id" });
    case "GET calls":
      return calls(door, request);
    default:
      return json(404, {
        error:
          "there are GET state, POST clock, POST source-ip, POST mfa-code, POST web-identity-tokens, POST metadata, DELETE metadata/ID, POST faults, DELETE faults/ID and GET calls?after=N here",
      });
  }
}

function state({ world, clock }: ControlDoor): object {
  return {
    now: new Date(clock.now()).toISOString(),
    accounts: [...world.accounts.values()].map(({ id, name }) => ({ id, name })),
    faults: listFaults(world),
    pending: listPending(world),
    sourceIp: { everywhere: world.sourceIps.everywhere, byKey: Object.fromEntries(world.sourceIps.byKey) },
  };
}

function calls({ log }: ControlDoor, request: HttpRequest): HttpAnswer {
  const after = request.query.get("after") ?? "0";
  if (!/^\d{1,12}$/.test(after)) return json(400, { error: "after must be a whole number" });
  return json(200, log.after(Number(after)));
}

function withBody<S extends v.GenericSchema>(
  request: HttpRequest,
  schema: S,
  act: (body: v.InferOutput<S>) => HttpAnswer,
): HttpAnswer {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return json(415, { error: "the body must be application/json" });
  }
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return json(400, { error: "the body is not JSON" });
  }
  const result = v.safeParse(schema, body);
  if (!result.success) {
    const [issue] = result.issues;
    return json(400, { error: `${v.getDotPath(issue) ?? "the body"}: ${issue.message}` });
  }
  try {
    return act(result.output);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return json(400, { error: error.message, hint: error.hint });
  }
}

function json(status: number, body: object): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: `${JSON.stringify(body)}\n`,
  };
}
