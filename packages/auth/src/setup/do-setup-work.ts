// The machine's turns of a setup: signing in, asking AWS, and, once the person has said yes, writing.
import { AuthError } from "../errors.js";
import { addHub } from "../hubs/add-hub.js";
import { identifyKeys } from "../hubs/identify-keys.js";
import { listDevices } from "../mfa/find-device.js";
import { settingsFor } from "../profiles/choose-settings.js";
import type { Environment } from "../profiles/profile-types.js";
import { checkActions, type ActionCheck } from "../resolver/check-actions.js";
import type { Home } from "../resolver/home-types.js";
import { createSsoRoleSource } from "../sso/sso-role-source.js";
import type { CredentialsSource, SsoSession } from "../types.js";
import { identityOf, profileSettings, sessionSettings } from "./planned-changes.js";
import type { SetupDraft, SetupEvent, SetupProblem, SetupState, Tried } from "./setup-types.js";

export interface SetupWorkshop {
  readonly home: Home;
  /** The same machine, with sessions that no disk sees: what is tried before the person has said yes leaves nothing. */
  readonly trial: Home;
  readonly env: Environment;
  readonly requiredActions: readonly string[];
}

export interface SetupHands {
  /** Does the work of a state. Rejects with what went wrong; nothing is half written then but after `write`. */
  work(state: SetupState, signal: AbortSignal): Promise<SetupEvent>;
  /** Ends the sign-ins that this setup began. */
  undo(): Promise<void>;
}

const explain = (error: AuthError): SetupProblem => ({ message: error.message, hint: error.hint });

/** Returns the hands of one setup. */
export const createSetupHands = ({ home, trial, env, requiredActions }: SetupWorkshop): SetupHands => {
  const begun: SsoSession[] = [];

  const check = async (
    source: CredentialsSource,
    profile: string | undefined,
    region?: string,
  ): Promise<ActionCheck> => {
    // First by itself: its own words on what is wrong are better than the check's.
    await source.get();
    const through = settingsFor({ profiles: await home.profiles(), name: profile, env, region });
    const { requestHandler } = trial.context;
    const answer = await checkActions({
      actions: requiredActions,
      credentials: () => source.get(),
      question: source.question,
      iam: through("iam"),
      sts: through("sts"),
      requestHandler,
    });
    if (answer.arn !== undefined) return answer;
    throw new AuthError("aws_unavailable", "AWS did not say who these credentials are", {
      hint: answer.actions[0]?.why ?? "check the network and its proxy, then try again",
    });
  };

  const signIn = async (session: SsoSession, signal: AbortSignal): Promise<SetupEvent> => {
    const tokens = await trial.tokens(session);
    const wasSignedIn = (await tokens.status()).isSignedIn;
    if (!wasSignedIn) await tokens.signIn({ signal });
    if (!wasSignedIn) begun.push(session);
    const { items } = await (await trial.directoryOf(session)).listAccounts();
    return { kind: "accounts", accounts: items };
  };

  const ssoSource = async (draft: Extract<SetupDraft, { method: "sso" }>): Promise<CredentialsSource> =>
    createSsoRoleSource(trial.context, {
      session: draft.session,
      accountId: draft.accountId,
      roleName: draft.roleName,
      settingsFor: await trial.settings(),
      tokens: await trial.tokens(draft.session),
      description: `${draft.session.name}/${draft.accountId}/${draft.roleName}`,
    });

  const tryDraft = async (draft: SetupDraft): Promise<Tried> => {
    if (draft.method === "sso") {
      return { kind: "check", check: await check(await ssoSource(draft), undefined, draft.region) };
    }
    if (draft.method === "profile") {
      const source = await trial.source(`profile:${draft.profileName}`);
      return { kind: "check", check: await check(source, draft.profileName) };
    }
    const { keys, region, hubName, withoutMfa } = draft;
    const { settingsFor: through } = await trial.hubs();
    const what = "the identity of these keys";
    const asked = { credentials: keys, client: through("sts", region), what };
    const { arn } = await identifyKeys(trial.context, asked);
    if (withoutMfa) return { kind: "user", arn, mfaSerials: [] };
    const owner = `the user of hub ${hubName}`;
    const mfaSerials = await listDevices(trial.context, { credentials: keys, client: through("iam", region), owner });
    if (mfaSerials.length > 0) return { kind: "user", arn, mfaSerials };
    throw new AuthError("mfa_required", `${arn} has no MFA device`, {
      hint: "add a virtual MFA device to the user in the IAM console, then test the keys again",
    });
  };

  const remember = (draft: SetupDraft) => home.config.update((config) => ({ ...config, chosen: identityOf(draft) }));

  const write = async (draft: SetupDraft): Promise<void> => {
    if (draft.method === "sso") {
      // First the part that the other names.
      if (draft.isNewSession) {
        await home.editor.writeSettings({ ssoSession: draft.session.name }, sessionSettings(draft));
      }
      await home.editor.writeSettings(draft.profileName, profileSettings(draft));
    }
    if (draft.method === "iam_user") {
      const { hubName: name, keys, region, withoutMfa } = draft;
      const { record } = home;
      await addHub(home.context, await home.hubs(), {
        name,
        keys,
        region,
        record,
        ...(withoutMfa && { withoutMfa: true }),
      });
    }
    await remember(draft);
    begun.length = 0;
  };

  /** As the tool will find it: what was written is read again. */
  const writeAndTest = async (draft: SetupDraft): Promise<SetupEvent> => {
    await write(draft);
    const { method } = draft;
    const identity = identityOf(draft);
    try {
      const source = await home.source(identity);
      const done =
        draft.method === "iam_user"
          ? await check(source, undefined, draft.region)
          : await check(source, draft.profileName);
      return { kind: "written", result: { method, identity, check: done } };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      const untested = requiredActions.map((action) => ({ action, answer: "unknown" as const, why: error.message }));
      return { kind: "written", result: { method, identity, check: { actions: untested }, problem: explain(error) } };
    }
  };

  return {
    async work(state, signal) {
      if (state.at === "sign_in") return signIn(state.session, signal);
      if (state.at === "list_roles") {
        const directory = await trial.directoryOf(state.session);
        const { items } = await directory.listAccountRoles(state.account.accountId);
        return { kind: "roles", roles: items.map(({ roleName }) => roleName) };
      }
      if (state.at === "try") return { kind: "tried", tried: await tryDraft(state.draft) };
      // The rest is the person's turn.
      return state.at === "write" ? writeAndTest(state.draft) : { kind: "back" };
    },
    async undo() {
      for (const session of begun.splice(0)) {
        const tokens = await trial.tokens(session);
        const { cache, context } = trial;
        await tokens.signOut({ sessions: { cache, keeper: context.keeper } });
      }
    },
  };
};
