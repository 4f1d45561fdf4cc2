// Instance and container metadata, to be ordered: which role is served, where, and whether a request is for it.
import * as v from "valibot";
import type { CallLog } from "../call-log.js";
import { checkForm } from "../check-form.js";
import { SandboxError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import { claimedService } from "../wire/read-signature.js";
import type { World } from "../world-types.js";
import { answerContainer, CONTAINER_PREFIX } from "./answer-container.js";
import type { Container } from "./answer-container.js";
import { answerInstance, INSTANCE_PREFIX } from "./answer-instance.js";
import type { Instance } from "./answer-instance.js";
import { isLocalProgram } from "./check-visitor.js";
import { findServedRole } from "./role-credentials.js";
import type { ServedRole } from "./role-credentials.js";

/** Whose credentials are to be served, and to whom. */
export interface MetadataOrder {
  /** Its trust policy must name `ec2.amazonaws.com` for an instance, `ecs-tasks.amazonaws.com` for a container. */
  readonly roleArn: string;
  /** `instance`: the EC2 instance metadata service, one at a time. `container`: an endpoint as ECS tasks have it. */
  readonly to: "instance" | "container";
  /** Where the instance or the task runs; `us-east-1` when left out. */
  readonly region?: string | undefined;
  /** An instance's only: whether version 1 of the service, which needs no token, answers too. No when left out. */
  readonly allowV1?: boolean | undefined;
}

/** What is served, without the endpoint that it is served at. */
export interface ServedPath {
  readonly id: string;
  /** Empty for an instance, whose endpoint is the sandbox's own. */
  readonly path: string;
  /** What the container's programs send as `Authorization`; `undefined` for an instance. */
  readonly authorizationToken: string | undefined;
}

const orderSchema = v.strictObject({
  roleArn: v.pipe(v.string(), v.regex(/^arn:aws:iam::\d{12}:role\/[\x21-\x7e]+$/)),
  to: v.picklist(["instance", "container"]),
  region: v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/)), "us-east-1"),
  allowV1: v.optional(v.boolean()),
});

export interface MetadataDoor {
  /** Throws `SandboxError` `invalid_option`, also for a role that does not exist and for a second instance. */
  serve(order: unknown): ServedPath;
  /** Returns whether something of that id was served. */
  stop(id: string): boolean;
  /** Whether the request is for an endpoint that is served now. */
  isFor(request: HttpRequest): boolean;
  answer(request: HttpRequest): HttpAnswer;
}

/** Returns the metadata endpoints of one sandbox: none until they are ordered. */
export function createMetadataDoor(world: World, log: CallLog): MetadataDoor {
  const containers = new Map<string, Container>();
  let instance: Instance | undefined;
  return {
    serve(given) {
      const { to, allowV1, ...order } = checkForm(orderSchema, given, "a metadata order");
      if (findServedRole(world, order) === undefined)
        throw wrong(`there is no role ${order.roleArn}`, "create it first");
      if (to === "container") {
        if (allowV1 !== undefined) throw wrong("allowV1 is for an instance only", "leave it out for a container");
        const id = Buffer.from(world.randomBytes(16)).toString("hex");
        const authorizationToken = Buffer.from(world.randomBytes(32)).toString("base64url");
        containers.set(id, { served: taskRole(order, id), authorizationToken });
        return { id, path: `${CONTAINER_PREFIX}${id}`, authorizationToken };
      }
      if (instance !== undefined) {
        throw wrong("an instance is served already", "stop it first: a machine is one instance at a time");
      }
      const id = `i-${Buffer.from(world.randomBytes(9)).toString("hex").slice(0, 17)}`;
      const served = {
        ...order,
        service: "ec2.amazonaws.com",
        sessionName: id,
        context: {},
        session: undefined,
      } as const;
      instance = { served, instanceId: id, allowV1: allowV1 ?? false, tokens: new Map() };
      return { id, path: "", authorizationToken: undefined };
    },
    stop(id) {
      if (instance?.instanceId !== id) return containers.delete(id);
      instance = undefined;
      return true;
    },
    isFor(request) {
      if (request.rawPath.startsWith(CONTAINER_PREFIX)) return true;
      // A bucket may be called "latest": signed calls are S3's, and so is everything while there is no instance.
      return (
        instance !== undefined && request.rawPath.startsWith(INSTANCE_PREFIX) && claimedService(request) === undefined
      );
    },
    answer(request) {
      const container = containers.get(request.rawPath.slice(CONTAINER_PREFIX.length));
      const isContainer = request.rawPath.startsWith(CONTAINER_PREFIX);
      const answer = !isLocalProgram(request)
        ? { status: 403, headers: { "content-type": "text/plain" }, body: "for programs on this machine only" }
        : isContainer || instance === undefined
          ? answerContainer(world, container, request)
          : answerInstance(world, instance, request);
      record(
        isContainer ? "container-metadata" : "instance-metadata",
        isContainer ? container : instance,
        answer,
        request,
      );
      return answer;
    },
  };

  function record(
    service: string,
    found: Instance | Container | undefined,
    { status }: HttpAnswer,
    request: HttpRequest,
  ) {
    log.record({
      time: new Date(world.clock()),
      requestId: newRequestId(world),
      sourceIp: request.remoteAddress,
      service,
      action: request.method,
      principalArn: undefined,
      accountId: undefined,
      resource: found?.served.roleArn,
      status,
      errorCode: undefined,
      faults: [],
    });
  }
}

/** Amazon ECS Developer Guide, "Amazon ECS task IAM role": the trust policy may ask for the account and the task. */
function taskRole(order: { readonly roleArn: string; readonly region: string }, taskId: string): ServedRole {
  const accountId = order.roleArn.split(":")[4] ?? "";
  return {
    ...order,
    service: "ecs-tasks.amazonaws.com",
    sessionName: taskId,
    context: {
      "aws:SourceAccount": accountId,
      "aws:SourceArn": `arn:aws:ecs:${order.region}:${accountId}:task/sandbox/${taskId}`,
    },
    session: undefined,
  };
}

function wrong(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_option", message, { hint });
}
