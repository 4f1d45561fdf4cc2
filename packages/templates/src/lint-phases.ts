// What belongs to the setup and what stays: rights that should have ended, and the one right by whose loss the end of the
// setup is proved.
import { arnsMeet, readFilledArn } from "./compare-patterns.js";
import { finding, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintStatement, LintView } from "./lint-view.js";
import type { Action } from "./read-actions.js";

/** What the setup policy alone grants, on the role itself: refused once the setup has ended. */
const CANARY = "iam:ListRoleTags";

/** Finds `setup_rights_ongoing`, `canary_granted` and `empty_set`. */
export function lintPhases(view: LintView): readonly Draft[] {
  const ongoing = view.statements.filter(({ phase, effect }) => phase === "ongoing" && effect === "Allow");
  return [
    ...findEmpty(view),
    ...(view.kind === "role" ? ongoing.flatMap(findLasting) : []),
    ...(view.kind === "role" && view.setup.length > 0 ? ongoing.flatMap((each) => findCanary(each, view)) : []),
  ];
}

function findEmpty({ statements, ongoing, setup }: LintView): readonly Draft[] {
  const allows = (phase: string): boolean => statements.some((each) => each.phase === phase && each.effect === "Allow");
  const nothing = { sid: "", phase: "ongoing" } as const;
  if (!allows("ongoing")) {
    const message =
      ongoing.length === 0 ? "nothing is asked for once the setup has ended" : "the ongoing set allows nothing";
    const severity = allows("setup") ? "warning" : "error";
    return [
      finding(severity, "empty_set", nothing, message, "name in `ongoing` what the service needs to do its work"),
    ];
  }
  if (setup.length === 0 || allows("setup")) return [];
  const message = "the setup set allows nothing, and what it denies would be allowed once the setup has ended";
  return [finding("warning", "empty_set", { sid: "", phase: "setup" }, message, "move what is denied to `ongoing`")];
}

/** What one makes once, by the last words of the action's name. */
const STANDING =
  /^(?:Create|Delete|Register|Deregister|Attach|Detach)(?:\w*?)(?:Policy|PolicyVersion|Role|User|Group|Bucket|Stack|StackSet|StackInstances|Key|Alias|Topic|Queue|Table|Trail|Vpc|Subnet|Gateway|Function|Rule|Cluster|DBInstance|InstanceProfile|Subscription|SubscriptionFilter|EventSourceMapping|Domain|LogGroup|Repository|Project|Pipeline|DeliveryStream|(?<!Log)Stream|LoadBalancer|TargetGroup|Listener|AccessPoint|StateMachine|Secret|Provider|Endpoint|RouteTable|Detector|Recorder|EventDataStore)$/;
const SWITCHING =
  /^(?:s3:PutBucket(?!Tagging)|s3:Put\w+Configuration|ec2:(?:Create|Delete)FlowLogs|kms:ScheduleKeyDeletion|logs:PutSubscriptionFilter|events:PutRule|events:PutTargets)/;
/** Permissions management that is daily work: sharing a copy, using a key. */
const DAILY: ReadonlySet<string> = new Set([
  "ec2:ModifyImageAttribute",
  "ec2:ModifySnapshotAttribute",
  "kms:CreateGrant",
  "kms:RetireGrant",
  "kms:RevokeGrant",
  "s3:PutObjectAcl",
  "s3:PutObjectVersionAcl",
]);

function findLasting(statement: LintStatement): readonly Draft[] {
  const lasting = statement.patterns.flatMap(({ actions, isWildcard, written }) => {
    const found = actions.filter(isSetup);
    return found.length === 0 ? [] : [isWildcard ? written : (found[0]?.name ?? written)];
  });
  if (lasting.length === 0) return [];
  const message = `${writeNames(lasting)} ${lasting.length === 1 ? "looks" : "look"} like setup, and would never end`;
  const fix = "move it to `setup`, or accept the finding and say what it is needed for";
  return [finding("warning", "setup_rights_ongoing", statement, message, fix)];
}

function isSetup({ name, level }: Action): boolean {
  if (level === "read" || DAILY.has(name)) return false;
  return level === "permissions" || STANDING.test(name.slice(name.indexOf(":") + 1)) || SWITCHING.test(name);
}

function findCanary(statement: LintStatement, { path, serviceName }: LintView): readonly Draft[] {
  const own = readFilledArn(`arn:*:iam::*:role${path}${serviceName}-*`);
  const granted = statement.patterns.filter(({ actions }) =>
    actions.some((action) => action.name === CANARY && reachOf(statement, action).length > 0),
  );
  if (granted.length === 0 || !statement.resources.some((resource) => arnsMeet(resource, own))) return [];
  return [
    finding(
      "error",
      "canary_granted",
      statement,
      `${writeNames(granted.map(({ written }) => written))} allows ${CANARY} on the role itself, so that the end of the setup could not be proved`,
      `leave ${CANARY} out, or name resources outside role${path}`,
    ),
  ];
}
