// In which of AWS's partitions an identity is: it is in ARNs and in addresses, and nothing of one is known in another.
import type { Home, Identity } from "@daypass/auth";

/** Returns the partition, as far as this machine knows; `region` says it where nothing else does. */
export const partitionOf = async (home: Home, identity: Identity, region: string | undefined): Promise<string> => {
  const { partitionOfArn, partitionOfRegion } = await import("@daypass/auth");
  const { hubs } = await home.config.read();
  const hub = hubs.find(({ name }) => name === identity.hub);
  if (hub !== undefined) return hub.partition;
  const profile = (await home.profiles()).profiles.get(identity.name.replace(/^profile:/, ""));
  const arn = identity.kind === "profile" ? profile?.settings.get("role_arn")?.value : undefined;
  return partitionOfArn(arn ?? "") ?? partitionOfRegion(region ?? "") ?? "aws";
};
