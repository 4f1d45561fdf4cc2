// The services that the sandbox has. A call for any other is refused.
import { cloudFormationService } from "./cloudformation/service.js";
import { iamService } from "./iam/service.js";
import { stsService } from "./sts/service.js";
import type { QueryService } from "./wire/operation.js";

/** Services of the query protocol by the name in the credential scope; `s3` speaks its own protocol. */
export const queryServices: ReadonlyMap<string, QueryService> = new Map(
  [stsService, iamService, cloudFormationService].map((service) => [service.name, service]),
);
