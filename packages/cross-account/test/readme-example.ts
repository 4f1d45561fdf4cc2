// The example of the README, as code that is compiled and run. readme.test.ts compares the two.
import { S3 } from "@aws-sdk/client-s3";
import { createCrossAccount, type IntegrationStore, type RoleDocuments } from "@daypass/cross-account";

interface Surroundings {
  readonly store: IntegrationStore;
  readonly local: {
    readonly endpoint: string;
    readonly propagationMs: number;
    readonly credentials: { accessKeyId: string; secretAccessKey: string };
  };
  readonly localS3: { readonly endpoint: string; readonly forcePathStyle: boolean };
  readonly customerCreates: (role: RoleDocuments) => Promise<void>;
}

/** Runs the README's example; returns what it read and until when its sessions may live. */
export async function runExample(surroundings: Surroundings): Promise<readonly [string | undefined, Date | null]> {
  const { store, local, localS3, customerCreates } = surroundings;
  // #region readme
  const crossAccount = createCrossAccount({
    serviceName: "Acme",
    vendorAccountId: "111111111111",
    region: "eu-west-1",
    vendorPrincipals: ["arn:aws:iam::111111111111:user/service"],
    canaryRoleArn: "arn:aws:iam::111111111111:role/daypass-canary",
    store,
    ...local,
  });

  // Once per customer. The external ID is minted here; no function takes one.
  const { integrationId } = await crossAccount.createIntegration({
    customerId: "acme",
    declaredAccountId: "222222222222",
  });

  // The customer creates this role in their account, and decides what it may do.
  const role = await crossAccount.roleDocuments(integrationId);
  await customerCreates(role);

  // Active only when every probe answered as it must, twice.
  const { integration, verification } = await crossAccount.verifyIntegration({ integrationId });
  if (integration.state !== "active") throw new Error(verification.nextStep ?? "not proven");

  // Returns at once; the client fetches and renews the session by itself.
  const s3 = new S3({ ...crossAccount.assumeCustomerRole("acme"), ...localS3 });
  const report = await s3.getObject({ Bucket: "acme-reports", Key: "q3.txt" });

  // Ends it here at once, and says until when sessions that were handed out may still live.
  const { sessionsMayLiveUntil } = await crossAccount.revoke({ integrationId, reason: "contract ended" });
  // #endregion
  return [await report.Body?.transformToString(), sessionsMayLiveUntil];
}
