// The words of setting a tool up: what is known, what is asked, what is done, and what came of it.
import type { ProfilePlan } from "../profiles/profile-plan.js";
import type { ActionCheck } from "../resolver/check-actions.js";
import type { HomeOptions } from "../resolver/home-types.js";
import type { SsoAccount } from "../sso/list-accounts.js";
import type { ChosenSignInMode } from "../sso/choose-sign-in-mode.js";
import type { Choice, LongLivedKeys, SsoSession } from "../types.js";

/** The ways to set a tool up, best first. */
const SETUP_METHODS = ["sso", "profile", "iam_user"] as const;
export type SetupMethod = (typeof SETUP_METHODS)[number];

/** What a setup needs to know: whose machine, which tool, and what the tool does in AWS. */
export interface SetupOptions extends Omit<HomeOptions, "prompt" | "renewBehind" | "secrets"> {
  /** As IAM's actions: `s3:ListAllMyBuckets`. They are tested at the end, and an IAM user is made with no others. */
  readonly requiredActions?: readonly string[];
}

/** What came of a setup that was finished. */
export interface SetupResult {
  readonly method: SetupMethod;
  /** What the tool is from now on, by its name on this machine. */
  readonly identity: string;
  /** What AWS said: who it is, and which of the required actions are allowed, denied or unknown. */
  readonly check: ActionCheck;
  /** Set where all was written and the test then failed. */
  readonly problem?: SetupProblem;
}

/** What went wrong, in words for the person. */
export interface SetupProblem {
  readonly message: string;
  readonly hint: string;
}

/** A profile that is there already. */
export interface FoundProfile {
  readonly name: string;
  /** `broken`: it says nothing that credentials could come from. */
  readonly kind: ProfilePlan["kind"] | "broken";
  readonly region: string | undefined;
}

/** What is on this machine, found without asking AWS or a person. */
export interface SetupFacts {
  readonly toolName: string;
  readonly requiredActions: readonly string[];
  readonly profiles: readonly FoundProfile[];
  /** Those with a name. */
  readonly ssoSessions: readonly (SsoSession & { readonly name: string })[];
  /** Sections of ~/.aws/config that are ours to write anew. */
  readonly ownProfiles: readonly string[];
  readonly ownSessions: readonly string[];
  readonly hubs: readonly string[];
  /** What an earlier setup chose. */
  readonly chosen: string | undefined;
  readonly hasKeysInEnvironment: boolean;
  /** The build system, where this is a build. */
  readonly build: string | undefined;
  readonly signIn: ChosenSignInMode;
  readonly region: string | undefined;
  /** Where Identity Center is, when that is not its own name. */
  readonly ssoEndpoint: string | undefined;
  readonly secretsKind: string;
  readonly files: { readonly awsConfig: string; readonly config: string };
}

/** One field of a question. */
export interface SetupField {
  readonly name: string;
  readonly kind: "text" | "secret" | "choice";
  readonly label: string;
  readonly hint?: string;
  /** What is suggested; never for a secret. */
  readonly value?: string;
  readonly choices?: readonly Choice[];
}

/** Text that is shown as it stands: a change of a file, a template, commands. */
export interface ShownText {
  readonly title: string;
  readonly text: string;
  /** Set where the person may keep it as a file. */
  readonly fileName?: string;
}

/** It is the person's turn. */
export interface SetupQuestion {
  readonly kind: "question";
  readonly title: string;
  readonly words: readonly string[];
  readonly fields: readonly SetupField[];
  readonly shown: readonly ShownText[];
  readonly problem?: SetupProblem;
  /** What the button says. */
  readonly action: string;
  readonly canGoBack: boolean;
}

/** It is the machine's turn. */
export interface SetupWork {
  readonly kind: "work";
  readonly title: string;
}

/** It is over. */
export interface SetupEnd {
  readonly kind: "end";
  readonly title: string;
  readonly words: readonly string[];
  readonly shown: readonly ShownText[];
  readonly problem?: SetupProblem;
}

export type SetupStep = SetupQuestion | SetupWork | SetupEnd;

/** What was gathered, and is written when the person says yes. */
export type SetupDraft =
  | {
      readonly method: "sso";
      readonly session: SsoSession & { readonly name: string };
      readonly isNewSession: boolean;
      readonly accountId: string;
      readonly roleName: string;
      readonly region: string;
      readonly profileName: string;
    }
  | { readonly method: "profile"; readonly profileName: string }
  | {
      readonly method: "iam_user";
      readonly hubName: string;
      readonly keys: LongLivedKeys;
      readonly region: string;
      readonly withoutMfa: boolean;
    };

type Session = SsoSession & { readonly name: string };
interface Asked {
  readonly problem?: SetupProblem;
}

/** Where a setup is. Plain data; `keys` of a draft is the only secret in it, and no step shows it. */
export type SetupState =
  | ({ readonly at: "method" } & Asked)
  | ({ readonly at: "sso_session" } & Asked)
  | ({ readonly at: "sso_address" } & Asked)
  | { readonly at: "sign_in"; readonly session: Session; readonly isNewSession: boolean }
  | ({
      readonly at: "sso_account";
      readonly session: Session;
      readonly isNewSession: boolean;
      readonly accounts: readonly SsoAccount[];
    } & Asked)
  | {
      readonly at: "list_roles";
      readonly session: Session;
      readonly isNewSession: boolean;
      readonly account: SsoAccount;
    }
  | ({
      readonly at: "sso_role";
      readonly session: Session;
      readonly isNewSession: boolean;
      readonly account: SsoAccount;
      readonly roles: readonly string[];
    } & Asked)
  | ({ readonly at: "profile" } & Asked)
  | ({ readonly at: "user_template" } & Asked)
  | ({ readonly at: "user_keys" } & Asked)
  | { readonly at: "try"; readonly draft: SetupDraft }
  | { readonly at: "confirm"; readonly draft: SetupDraft; readonly tried: Tried }
  | { readonly at: "write"; readonly draft: SetupDraft }
  | { readonly at: "done"; readonly result: SetupResult }
  | { readonly at: "failed"; readonly problem: SetupProblem };

/** What AWS said before anything was written. */
export type Tried =
  | { readonly kind: "check"; readonly check: ActionCheck }
  | { readonly kind: "user"; readonly arn: string; readonly mfaSerials: readonly string[] };

/** What brings a setup on: an answer of the person, or what came of the machine's work. */
export type SetupEvent =
  | { readonly kind: "answers"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "back" }
  | { readonly kind: "accounts"; readonly accounts: readonly SsoAccount[] }
  | { readonly kind: "roles"; readonly roles: readonly string[] }
  | { readonly kind: "tried"; readonly tried: Tried }
  | { readonly kind: "written"; readonly result: SetupResult }
  | { readonly kind: "problem"; readonly problem: SetupProblem };
