// What a person reads when the practice begins: everything that can be tried, in the order in which it makes sense.
import type { Names } from "../names.js";
import { ENVIRONMENTS, HUB_NAME, SSO_SESSION } from "./practice-world.js";

export interface GuideFacts {
  readonly names: Names;
  readonly homeDir: string;
  readonly endpoint: string;
  readonly startUrl: string;
  /** Whether a shell is opened in which all of it works. */
  readonly opensShell: boolean;
}

/** Returns the guide, for stderr. */
export const renderGuide = ({ names: { name }, homeDir, endpoint, startUrl, opensShell }: GuideFacts): string => {
  const accounts = ENVIRONMENTS.map((environment) => environment.name).join(", ");
  const where = opensShell
    ? "This shell is in it now. Type `exit` to leave; everything is gone then.\n"
    : `In another shell, type:\n\n    export HOME='${homeDir}' PATH='${homeDir}/bin':"$PATH" AWS_ENDPOINT_URL=${endpoint}\n    eval "$(aws-as -s)"\n\n  Ctrl-C here ends it; everything is gone then.\n`;
  return `
  A small AWS on this machine, with a company in it: accounts ${accounts},
  a hub called ${HUB_NAME} whose user ada has MFA, and Identity Center.
  None of it exists in any AWS account.

  ${where}
  Try, in two minutes:

    ${name} list                  who you can be
    ${name} sandbox code          the code on ada's phone, for the next question
    aws-as dev/admin              be admin in dev: one code, then none for hours
    aws s3 ls                     any tool works (if the AWS CLI is here)
    aws-as prod/read-only         another account, and no question
    aws-as                        who you are, and how long
    aws-as -                      nobody again
    ${name} login ${SSO_SESSION}         sign in to Identity Center
                                  (${startUrl})
    ${name} sync ${SSO_SESSION}          a profile for every role there
    ${name} explain dev/admin     where it comes from, and what SDKs use
    ${name} audit                 what happened

`;
};
