// Ends sign-ins: here first, then at AWS.
import { buildCommand } from "@stricli/core";
import { chooseOne } from "../menus/choose-one.js";
import { renderJson } from "../render/render-table.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly all: boolean;
  readonly json: boolean;
}

const sayEnd = ({ revoked, forgottenSessions }: { revoked: boolean; forgottenSessions: number }): string => {
  const roles = `${forgottenSessions} role session${forgottenSessions === 1 ? "" : "s"} forgotten`;
  return revoked ? `ended at AWS, ${roles}` : `forgotten here, ${roles}; AWS did not confirm that it ended`;
};

async function logout(this: Workbench, { all, json }: Flags, given?: string): Promise<void> {
  if (all && given !== undefined) throw new UsageError("--all and a name contradict each other", "give one of them");
  const home = await this.home();
  const known = (await home.ssoSessions()).flatMap(({ name }) => name ?? []);
  const none = `sign in with \`${this.names.name} login\` first`;
  const chosen =
    given === undefined && !all ? await chooseOne(this.prompt, { what: "sso-session", names: known, none }) : given;
  const sessions = chosen === undefined ? known : [chosen];
  const ended: { readonly session: string; readonly revoked: boolean; readonly forgottenSessions: number }[] = [];
  for (const session of sessions) {
    const tokens = await home.tokens(session);
    const { isSignedIn } = await tokens.status();
    const { cache, context } = home;
    const result = await tokens.signOut({ sessions: { cache, keeper: context.keeper } });
    ended.push({ session, ...result });
    if (!json) this.say(`${session}: ${isSignedIn ? sayEnd(result) : "nobody was signed in"}\n`);
  }
  if (json) this.print(renderJson(ended));
  else if (ended.some(({ forgottenSessions }) => forgottenSessions > 0)) {
    this.say("  note: credentials that were handed out already stay good at AWS until they expire\n");
  }
}

export const logoutCommand = buildCommand<Flags, [string?], Workbench>({
  func: logout,
  parameters: {
    flags: {
      all: { kind: "boolean", brief: "every sign-in of this machine", default: false },
      json: { kind: "boolean", brief: "as JSON, for programs", default: false },
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "which sign-in", placeholder: "SSO-SESSION", optional: true }],
    },
  },
  docs: { brief: "sign out of IAM Identity Center" },
});
