// What a setup is going to write, said before it is written. Pure.
import type { SetupDraft, SetupFacts, ShownText } from "./setup-types.js";

/** Returns the settings of the sso-session that a draft writes. */
export const sessionSettings = ({ session }: Extract<SetupDraft, { method: "sso" }>): Record<string, string> => ({
  sso_start_url: session.startUrl,
  sso_region: session.region,
  sso_registration_scopes: session.scopes.join(","),
});

/** Returns the settings of the profile that a draft writes. */
export const profileSettings = (draft: Extract<SetupDraft, { method: "sso" }>): Record<string, string> => ({
  sso_session: draft.session.name,
  sso_account_id: draft.accountId,
  sso_role_name: draft.roleName,
  region: draft.region,
});

const section = (header: string, settings: Readonly<Record<string, string>>): string =>
  [`[${header}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)].join("\n");

/** Returns the name under which the tool finds what a draft sets up. */
export const identityOf = (draft: SetupDraft): string =>
  draft.method === "iam_user" ? draft.hubName : `profile:${draft.profileName}`;

const SECRETS: Readonly<Record<string, string>> = {
  keychain: "the keychain of this machine",
  passphrase_file: "a file under a passphrase",
  plain_file: "a file in clear, which every program of yours can read",
  memory: "memory, until the program ends",
};

/** Returns every change, in the order in which they are made. No secret is in it. */
export const plannedChanges = (draft: SetupDraft, facts: SetupFacts): readonly ShownText[] => {
  const chosen = { title: facts.files.config, text: `"chosen": ${JSON.stringify(identityOf(draft))}` };
  switch (draft.method) {
    case "sso": {
      const session = section(`sso-session ${draft.session.name}`, sessionSettings(draft));
      const profile = section(`profile ${draft.profileName}`, profileSettings(draft));
      return [
        { title: facts.files.awsConfig, text: draft.isNewSession ? `${session}\n\n${profile}` : profile },
        chosen,
      ];
    }
    case "profile":
      return [chosen];
    case "iam_user":
      return [
        {
          title: `Secrets, in ${SECRETS[facts.secretsKind] ?? facts.secretsKind}`,
          text: `the keys ${draft.keys.accessKeyId} of hub ${draft.hubName}`,
        },
        { title: facts.files.config, text: `the hub ${JSON.stringify(draft.hubName)}, without any secret` },
        chosen,
      ];
  }
};
