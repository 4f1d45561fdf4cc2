// Who am I? Answered to every authenticated caller: "No permissions are required to perform this operation … even if an
// administrator adds a policy that explicitly denies access" (STS API Reference, "GetCallerIdentity").
import type { Session } from "../types.js";
import { missingAuthentication } from "../wire/auth-errors.js";
import { defineOperation } from "../wire/operation.js";

/** Returns UserId, Account and Arn; the UserId is `AROA…:SESSION` for a role session, `ID:NAME` for a federated user. */
export const getCallerIdentity = defineOperation({}, ({ caller }) => {
  switch (caller.kind) {
    case "user":
      return { Arn: caller.user.arn, UserId: caller.user.uniqueId, Account: caller.user.accountId };
    case "session":
      return {
        Arn: caller.session.sessionArn,
        UserId: userIdOf(caller.session),
        Account: caller.session.accountId,
      };
    case "anonymous":
      throw missingAuthentication();
  }
});

function userIdOf(session: Session): string {
  switch (session.kind) {
    case "role":
      return `${session.roleUniqueId}:${session.sessionName}`;
    case "user":
      return session.userUniqueId;
    case "federated":
      return session.federatedUserId;
  }
}
