// STS as the sandbox offers it. Any other Action is AWS's `InvalidAction`.
import type { QueryService } from "../wire/operation.js";
import { assumeRole } from "./assume-role.js";
import { getAccessKeyInfo } from "./get-access-key-info.js";
import { getCallerIdentity } from "./get-caller-identity.js";

export const stsService: QueryService = {
  name: "sts",
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: {
    AssumeRole: assumeRole,
    GetAccessKeyInfo: getAccessKeyInfo,
    GetCallerIdentity: getCallerIdentity,
  },
};
