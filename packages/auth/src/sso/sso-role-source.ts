// Credentials of an account and a permission set's role, by the sign-in of a person.
import { AuthError } from "../errors.js";
import type {
  CredentialsSource,
  ObtainedSession,
  SessionQuestion,
  SettingsFor,
  SourceContext,
  SsoSession,
} from "../types.js";
import { createPortal } from "./ask-portal.js";
import { explainSsoFailure, isDeadToken, readSsoFailure } from "./explain-sso-failure.js";
import type { SignInLook, SsoTokens } from "./sso-types.js";

export interface SsoRoleSourceOptions {
  readonly session: SsoSession;
  /** Twelve digits, as text: they may begin with zeros. */
  readonly accountId: string;
  /** The permission set's name. */
  readonly roleName: string;
  readonly settingsFor: SettingsFor;
  readonly tokens: SsoTokens;
  readonly description: string;
  /** How long one question to the portal may take, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
}

const checkRole = (accountId: string, roleName: string): void => {
  if (!/^\d{12}$/.test(accountId)) {
    throw new AuthError("invalid_profile", "sso_account_id is not an account's number", {
      hint: "set sso_account_id to twelve digits",
    });
  }
  if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) {
    throw new AuthError("invalid_profile", "sso_role_name is not a role's name", {
      hint: "set sso_role_name to the permission set's name, such as AdministratorAccess",
    });
  }
};

const incomplete = (): AuthError =>
  new AuthError("aws_unavailable", "IAM Identity Center answered without whole credentials", {
    hint: "check the network and its proxy, then try again",
  });

/** Returns the question of a role: everything that decides the answer, the token not among it. */
const ssoRoleQuestion = (
  { session, accountId, roleName }: Pick<SsoRoleSourceOptions, "session" | "accountId" | "roleName">,
  endpoint: string | undefined,
): SessionQuestion => ({
  kind: "sso_role",
  sessionName: session.name ?? null,
  startUrl: session.startUrl,
  region: session.region,
  endpoint: endpoint ?? null,
  accountId,
  roleName,
});

/**
 * Returns the source. Its `get` rejects with `access_denied` naming account and role where they are not assigned,
 * `sign_in_required` where the sign-in is over and nobody can be asked, and `aws_unavailable`.
 * How long the credentials live is set in the permission set: no duration can be asked for.
 */
export const createSsoRoleSource = (context: SourceContext, options: SsoRoleSourceOptions): CredentialsSource => {
  const { session, accountId, roleName, settingsFor, tokens, description, timeoutMs } = options;
  checkRole(accountId, roleName);
  const { region } = session;
  const connect = createPortal({ settingsFor, region, requestHandler: context.requestHandler, timeoutMs });
  const question = ssoRoleQuestion(options, settingsFor("sso", region).endpoint);

  const explain = (error: unknown): AuthError => {
    if (error instanceof AuthError) return error;
    const failure = readSsoFailure(error);
    const isDenied = failure.awsCode === "ForbiddenException" || failure.awsCode === "AccessDeniedException";
    if (!isDenied && failure.awsCode !== "ResourceNotFoundException") return explainSsoFailure(error);
    return new AuthError("access_denied", `IAM Identity Center gives you no role ${roleName} in account ${accountId}`, {
      hint: "check sso_account_id and sso_role_name, or ask for the permission set to be assigned to you",
      awsCode: failure.awsCode,
      awsRequestId: failure.requestId,
    });
  };

  const ask = async (accessToken: string) => {
    const { sdk, client, inTime } = await connect();
    const signInId = await tokens.signInIdOf(accessToken);
    const { roleCredentials } = await client.send(
      new sdk.GetRoleCredentialsCommand({ accessToken, accountId, roleName }),
      inTime(),
    );
    return { roleCredentials, signInId };
  };

  const obtain = async (): Promise<ObtainedSession> => {
    const { roleCredentials, signInId } = await tokens.withAccessToken(ask).catch((error: unknown) => {
      throw isDeadToken(error) ? explainSsoFailure(error) : explain(error);
    });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = roleCredentials ?? {};
    // Milliseconds since 1970, other than everywhere else (Portal API Reference, "RoleCredentials").
    const ends = new Date(expiration ?? Number.NaN);
    if (!accessKeyId || !secretAccessKey || !sessionToken || Number.isNaN(ends.getTime())) throw incomplete();
    const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration: ends, accountId };
    return { credentials, ...(signInId !== undefined && { signInId }) };
  };

  return {
    question,
    description,
    // Its sign-in ends one day, whatever can be renewed until then: who assumes a role by it must expect the browser.
    asksPerson: true,
    signInId: async () => (await tokens.look()).signInId,
    async get() {
      const first = await tokens.look();
      let seen: SignInLook | undefined = first;
      const signInId = async (): Promise<string | undefined> => {
        const look = seen ?? (await tokens.look());
        // Good for one question, right now: who is signed in may change while somebody is waited for.
        seen = undefined;
        return look.signInId;
      };
      // Nobody is surprised by a browser while their credentials still work.
      const { needsPerson } = first;
      const { credentials } = await context.keeper.get(question, { needsPerson, obtain, signInId });
      return credentials;
    },
  };
};
