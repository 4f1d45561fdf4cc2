// A world with one of each: users, roles for everybody, a portal; and the ~/.aws/config of somebody who has them all.
import { join } from "node:path";
import type { WorldFile } from "@daypass/sandbox/testing";
import { policy } from "./hub-world.js";
import { START_URL } from "./sso-desk.js";

export const HUB = "111111111111";
export const DEV = "222222222222";
export const DEVICE = `arn:aws:iam::${HUB}:mfa/phone`;
export const ISSUER = "https://token.actions.githubusercontent.com";
export const LOGIN = `arn:aws:iam::${HUB}:user/jo`;
const everything = { all: policy({ Effect: "Allow", Action: "*", Resource: "*" }) };
const trust = (Principal: object, Condition?: object) =>
  policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...(Condition && { Condition }) });

export const KINDS_WORLD: WorldFile = {
  accounts: [
    {
      id: HUB,
      users: [
        {
          name: "jo",
          policies: everything,
          mfaDevices: [{ name: "phone", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }],
        },
      ],
    },
    {
      id: DEV,
      oidcProviders: [{ url: ISSUER, clientIds: ["sts.amazonaws.com"] }],
      roles: [
        { name: "Task", trustPolicy: trust({ Service: "ecs-tasks.amazonaws.com" }), policies: everything },
        { name: "Machine", trustPolicy: trust({ Service: "ec2.amazonaws.com" }), policies: everything },
        {
          name: "Ci",
          policies: everything,
          trustPolicy: policy({
            Effect: "Allow",
            Principal: { Federated: `arn:aws:iam::${DEV}:oidc-provider/token.actions.githubusercontent.com` },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:octo/app" } },
          }),
        },
        { name: "Open", trustPolicy: trust({ AWS: `arn:aws:iam::${HUB}:root` }), policies: everything },
        { name: "Inner", path: "/a/b/", trustPolicy: trust({ AWS: `arn:aws:iam::${DEV}:root` }), policies: everything },
        {
          name: "Guarded",
          trustPolicy: trust({ AWS: `arn:aws:iam::${HUB}:root` }, { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
        },
      ],
    },
  ],
  identityCenter: {
    startUrl: START_URL,
    users: [{ name: "ada" }],
    permissionSets: [{ name: "Admin", managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
    assignments: [{ user: "ada", account: DEV, permissionSet: "Admin" }],
  },
};
const role = (name: string, path = "") =>
  `role_arn = arn:aws:iam::${DEV}:role/${path}${name}\nrole_session_name = jo\n`;
const sso = (more: string, permissionSet = "Admin") =>
  `${more}sso_account_id = ${DEV}\nsso_role_name = ${permissionSet}\nregion = us-east-1\n`;
const portal = `sso_start_url = ${START_URL}\nsso_region = us-east-1\n`;

/** Returns the config file: `homeDir` has the files that it names, `endpoint` is the sandbox's. */
export const configOf = ({ homeDir, endpoint }: { homeDir: string; endpoint: string }): string => `
[profile signed-in]
${sso("sso_session = corp\n")}
[profile older-form]
${sso(portal)}
[profile above-sso]
${role("Inner", "a/b/")}source_profile = signed-in
[profile unassigned]
${sso("sso_session = corp\n", "Nobody")}
[profile signed-out]
${sso("sso_session = other\n")}
[profile run-out]
${sso("sso_session = stale\n")}
[profile no-such-session]
${sso("sso_session = crop\n")}
[profile two-portals]
${sso("sso_session = corp\nsso_start_url = https://other.awsapps.com/start\n")}
[profile two-regions]
${sso("sso_session = corp\nsso_region = eu-west-1\n")}
[profile half-sso]
sso_session = corp
sso_account_id = ${DEV}
region = us-east-1
[sso-session corp]
${portal}sso_registration_scopes = sso:account:access
[sso-session other]
${portal}
[sso-session stale]
${portal}
[profile logged-in]
login_session = ${LOGIN}
region = us-east-1
[profile above-login]
${role("Open")}source_profile = logged-in
[profile logged-out]
login_session = arn:aws:iam::${HUB}:user/nobody
region = us-east-1
[profile through-services]
${role("Open")}source_profile = user
services = local
[profile through-endpoint]
${role("Open")}source_profile = user
endpoint_url = ${endpoint}
[services local]
sts =
  endpoint_url = ${endpoint}
[profile pod]
role_arn = arn:aws:iam::${DEV}:role/Ci
role_session_name = jo
web_identity_token_file = ${join(homeDir, "token")}
[profile above-pod]
${role("Inner", "a/b/")}source_profile = pod
[profile pod-without-token]
role_arn = arn:aws:iam::${DEV}:role/Ci
web_identity_token_file = ${join(homeDir, "no-token")}
[profile pod-without-role]
web_identity_token_file = ${join(homeDir, "token")}
[profile by-session]
${role("Open")}source_profile = session
[profile too-long]
${role("Open")}source_profile = user
duration_seconds = 7200
[profile gives-session]
credential_process = "${process.execPath}" "${join(homeDir, "give.mjs")}" 3600
[profile gives-expired]
credential_process = "${process.execPath}" "${join(homeDir, "give.mjs")}" -3600
[profile gives-version-2]
credential_process = echo '{"Version": 2}'
[profile guarded]
${role("Guarded")}source_profile = user
mfa_serial = ${DEVICE}
[profile no-role-there]
source_profile = user
`;
