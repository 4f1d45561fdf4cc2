// Who am I? Answered to every authenticated caller: "No permissions are required to perform this operation … even if an
// administrator adds a policy that explicitly denies access" (STS API Reference, "GetCallerIdentity").
import { missingAuthentication } from "../wire/auth-errors.js";
import { defineOperation } from "../wire/operation.js";

/** Returns UserId, Account and Arn; the UserId of a role session is `AROA…:SESSION`. */
export const getCallerIdentity = defineOperation({}, ({ caller }) => {
  switch (caller.kind) {
    case "user":
      return { Arn: caller.user.arn, UserId: caller.user.uniqueId, Account: caller.user.accountId };
    case "session":
      return {
        Arn: caller.session.sessionArn,
        UserId: `${caller.session.roleUniqueId}:${caller.session.sessionName}`,
        Account: caller.session.accountId,
      };
    case "anonymous":
      throw missingAuthentication();
  }
});
