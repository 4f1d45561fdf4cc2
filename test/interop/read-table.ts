// One table of cases for every client. Here it is read, and its placeholders are filled in for one client.
import { readFileSync } from "node:fs";

/** What a client does once: a call of AWS, or a presigned link that is opened. */
export interface Case {
  /** The cases of one group run in order. */
  readonly group: string;
  readonly name: string;
  /** The name of an actor. */
  readonly as: string;
  /** `sts:AssumeRole` */
  readonly call?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** The object whose link is made and opened. */
  readonly presigned?: { readonly Bucket: string; readonly Key: string };
  /** What is changed in the link before it is opened: from, to. */
  readonly tamper?: readonly [string, string];
  /** Values at dotted paths of the answer. */
  readonly allowed?: Readonly<Record<string, unknown>>;
  /** A message is the beginning of AWS's text; where it is left out, only code and status are known. */
  readonly refused?: { readonly code?: string; readonly status: number; readonly message?: string };
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A step that brings the sandbox into the state of the cases: a call, a moved clock, or spoilt credentials. */
export interface Step {
  readonly as?: string;
  readonly call?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** The name under which the credentials of the answer are known from here on. */
  readonly actor?: string;
  /** Moves the sandbox's clock, and with it the signing time of the steps that follow. */
  readonly advanceSeconds?: number;
  /** Whose credentials are copied, with one part changed. */
  readonly from?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: "flip";
  /** `flip`, `drop`, or the actor whose token it becomes. */
  readonly sessionToken?: string;
}

interface TrustTable {
  readonly callers: Readonly<Record<string, { readonly account: string; readonly policy: unknown }>>;
  readonly roles: Readonly<Record<string, { readonly account: string; readonly trust: unknown }>>;
  readonly cases: readonly {
    readonly name: string;
    readonly caller: string;
    readonly role: string;
    readonly externalId?: string;
    readonly sessionName?: string;
    readonly aws: "allow" | "deny";
  }[];
}

const ADMINS: Readonly<Record<string, string>> = { "111111111111": "vendor", "222222222222": "customer" };
const trust = read("trust") as TrustTable;

/** Every case, in the order in which it runs. */
export const CASES: readonly Case[] = [
  ...trust.cases.map(trustCase),
  ...["identity", "assume-role", "iam", "s3"].flatMap((group) =>
    (read(group) as Omit<Case, "group">[]).map((each) => ({ ...each, group })),
  ),
];

/** Every step before the cases. Policies may stand as objects: clients want text. */
export const STEPS: readonly Step[] = [...trustSteps(), ...(read("setup") as Step[])];

/** Returns a value with `{client}` and `{key of ACTOR}` filled in, and policy documents turned into text. */
export function fillIn<T>(value: T, client: string, actors: Readonly<Record<string, Keys>>): T {
  const fill = (inner: unknown): unknown => {
    if (typeof inner === "string") {
      return inner
        .replaceAll("{client}", client)
        .replaceAll(/\{key of ([^}]+)\}/g, (whole, name: string) => actors[name]?.accessKeyId ?? whole);
    }
    if (Array.isArray(inner)) return inner.map(fill);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, fill(item)]));
  };
  const asText = (key: string, inner: unknown): unknown =>
    /^(?:.*PolicyDocument|Policy)$/.test(key) && typeof inner === "object" ? JSON.stringify(inner) : inner;
  const filled = fill(value) as T & { input?: object };
  if (filled.input === undefined) return filled;
  const input = Object.entries(filled.input).map(([key, inner]: [string, unknown]) => [key, asText(key, inner)]);
  return { ...filled, input: Object.fromEntries(input) as object };
}

function trustCase({ name, caller, role, externalId, sessionName, aws }: TrustTable["cases"][number]): Case {
  const account = trust.roles[role]?.account ?? "111111111111";
  const RoleArn = `arn:aws:iam::${account}:role/${role}`;
  const input = {
    RoleArn,
    RoleSessionName: sessionName ?? "interop",
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  };
  const user = `arn:aws:iam::${trust.callers[caller]?.account ?? ""}:user/${caller}`;
  const message = `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  const arn = `arn:aws:sts::${account}:assumed-role/${role}/${input.RoleSessionName}`;
  const outcome: Pick<Case, "allowed" | "refused"> =
    aws === "allow"
      ? { allowed: { "AssumedRoleUser.Arn": arn } }
      : { refused: { code: "AccessDenied", status: 403, message } };
  return { group: "trust", name: `trust: ${name}`, as: caller, call: "sts:AssumeRole", input, ...outcome };
}

function trustSteps(): Step[] {
  const document = (Statement: unknown) => ({ Version: "2012-10-17", Statement });
  const users = Object.entries(trust.callers).flatMap(([UserName, { account, policy }]): Step[] => {
    const as = ADMINS[account] ?? "";
    const put = { UserName, PolicyName: "Sts", PolicyDocument: document(policy) };
    return [
      { as, call: "iam:CreateUser", input: { UserName } },
      ...(policy === null ? [] : [{ as, call: "iam:PutUserPolicy", input: put }]),
      { as, call: "iam:CreateAccessKey", input: { UserName }, actor: UserName },
    ];
  });
  const roles = Object.entries(trust.roles).map(([RoleName, role]): Step => {
    const input = { RoleName, AssumeRolePolicyDocument: document(role.trust) };
    return { as: ADMINS[role.account] ?? "", call: "iam:CreateRole", input };
  });
  return [...users, ...roles];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), "utf8"));
}
