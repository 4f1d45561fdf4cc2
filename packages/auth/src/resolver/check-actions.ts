// Whether an identity may do what a tool needs: asked of AWS's own simulator, and said to be unknown where that is not
// allowed. A guess would be worse than no answer.
import type { ContextEntry, EvaluationResult, IAMClient } from "@aws-sdk/client-iam";
import type { AwsCredentialsProvider, ClientSettings, RequestHandler, SessionQuestion } from "../types.js";

export interface ActionAnswer {
  readonly action: string;
  /**
   * `allowed` and `denied` are the simulator's words on the identity's policies, for all resources:
   * policies of single resources, session policies and conditions on the request may still decide otherwise. `unknown`: it
   * could not be asked, or said no for want of what only the request itself will tell.
   */
  readonly answer: "allowed" | "denied" | "unknown";
  readonly why: string;
}

export interface ActionCheck {
  /** Whose policies were looked at. Absent: AWS did not say who we are. */
  readonly arn?: string;
  readonly actions: readonly ActionAnswer[];
}

export interface ActionCheckOptions {
  readonly actions: readonly string[];
  readonly credentials: AwsCredentialsProvider;
  /** What the credentials are the answer to: a user's session by a code is one to the policies as well. */
  readonly question: SessionQuestion;
  readonly iam: ClientSettings;
  readonly sts: ClientSettings;
  readonly requestHandler?: RequestHandler | undefined;
}

const ASSUMED_ROLE = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([\w+=,.@-]{1,64})\/[\w+=,.@-]{2,64}$/;
const USER = /^arn:[\w-]+:iam::\d{12}:user\/[\x21-\x7e]+$/;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "Error");

const unknown = (actions: readonly string[], why: string): readonly ActionAnswer[] =>
  actions.map((action) => ({ action, answer: "unknown", why }));

const clientOf = async ({ credentials, iam, requestHandler }: ActionCheckOptions): Promise<IAMClient> => {
  const { IAMClient } = await import("@aws-sdk/client-iam");
  return new IAMClient({
    ...iam,
    credentials,
    maxAttempts: 2,
    ...(requestHandler !== undefined && { requestHandler }),
  });
};

const callerArn = async ({ credentials, sts, requestHandler }: ActionCheckOptions): Promise<string | undefined> => {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const handler = requestHandler !== undefined && { requestHandler };
  const client = new STSClient({ ...sts, credentials, maxAttempts: 2, ...handler });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  return Arn;
};

/** The simulator takes a user or a role, with its path; a session's ARN has none. */
const policySource = async (client: IAMClient, arn: string): Promise<{ arn: string } | { why: string }> => {
  if (USER.test(arn)) return { arn };
  const [, roleName] = ASSUMED_ROLE.exec(arn) ?? [];
  if (roleName === undefined) return { why: "the simulator knows users and roles only" };
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: roleName }));
    return Role?.Arn === undefined ? { why: "AWS named no role" } : { arn: Role.Arn };
  } catch (error) {
    return { why: `the role's ARN could not be read (iam:GetRole: ${nameOf(error)})` };
  }
};

/** IAM API Reference, "SimulatePrincipalPolicy": the lists have no stated limit; a hundred is well within one request. */
const PER_REQUEST = 100;

/**
 * What is known of the requests that the tool will make. IAM User Guide, "AWS global condition context keys":
 * aws:MultiFactorAuthPresent is true in a user's session by a code, and in no session of a role.
 */
const contextOf = ({ kind, ...asked }: SessionQuestion): ContextEntry[] =>
  kind === "session_token" && asked["mfaSerial"] !== undefined
    ? [{ ContextKeyName: "aws:MultiFactorAuthPresent", ContextKeyType: "boolean", ContextKeyValues: ["true"] }]
    : [];

/** Absent where they were not given: then there was no code, and a no for that is a no. */
const TOLD: ReadonlySet<string> = new Set(["aws:multifactorauthpresent", "aws:multifactorauthage"]);

/** A no that may hang on a key nobody could tell is no no: with the key, the request may well be allowed. */
const judge = ({ EvalDecision: decision, MissingContextValues: keys = [] }: EvaluationResult) => {
  const missing = keys.filter((key) => !TOLD.has(key.toLowerCase()));
  const why = `the simulator says ${decision}`;
  if (decision === "allowed") return { answer: "allowed", why } as const;
  if (missing.length === 0) return { answer: "denied", why } as const;
  return { answer: "unknown", why: `${why}, without knowing ${missing.toSorted().join(", ")}` } as const;
};

const simulate = async (
  client: IAMClient,
  arn: string,
  { actions, question }: Pick<ActionCheckOptions, "actions" | "question">,
): Promise<readonly ActionAnswer[]> => {
  const { paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
  const ContextEntries = contextOf(question);
  const answers = new Map<string, ActionAnswer>();
  for (let start = 0; start < actions.length; start += PER_REQUEST) {
    const ActionNames = actions.slice(start, start + PER_REQUEST);
    const input = { PolicySourceArn: arn, ActionNames, ContextEntries };
    for await (const page of paginateSimulatePrincipalPolicy({ client }, input)) {
      for (const result of page.EvaluationResults ?? []) {
        const { EvalActionName: action, EvalDecision: decision } = result;
        if (action === undefined || decision === undefined) continue;
        answers.set(action.toLowerCase(), { action, ...judge(result) });
      }
    }
  }
  const none = { answer: "unknown", why: "the simulator did not answer for it" } as const;
  return actions.map((action) => ({ ...(answers.get(action.toLowerCase()) ?? none), action }));
};

/**
 * Returns for each action whether the identity may do it, as far as AWS's policy simulator can tell. Never throws for what
 * AWS refuses: then the answer is `unknown`, with the reason.
 */
export const checkActions = async (options: ActionCheckOptions): Promise<ActionCheck> => {
  const { actions } = options;
  let arn: string | undefined;
  try {
    arn = await callerArn(options);
  } catch (error) {
    return { actions: unknown(actions, `AWS did not say who we are (${nameOf(error)})`) };
  }
  if (arn === undefined) return { actions: unknown(actions, "AWS did not say who we are") };
  const client = await clientOf(options);
  const source = await policySource(client, arn);
  if ("why" in source) return { arn, actions: unknown(actions, source.why) };
  try {
    return { arn, actions: await simulate(client, source.arn, options) };
  } catch (error) {
    return {
      arn,
      actions: unknown(actions, `it may not ask the simulator (iam:SimulatePrincipalPolicy: ${nameOf(error)})`),
    };
  }
};
