// AWS's partitions: each has its own ARNs, its own regions and its own STS. Pure.
// Source: AWS General Reference, "AWS service endpoints"; IAM User Guide, "Identify AWS resources with ARNs"; the
// partition data that AWS publishes with its SDKs.

interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  /** Where STS is asked when nobody says a region. */
  readonly stsRegion: string;
}

const PARTITIONS: readonly Partition[] = [
  { id: "aws-cn", regions: /^cn-\w+-\d+$/, stsRegion: "cn-northwest-1" },
  { id: "aws-us-gov", regions: /^us-gov-\w+-\d+$/, stsRegion: "us-gov-west-1" },
  { id: "aws-eusc", regions: /^eusc-\w+-\w+-\d+$/, stsRegion: "eusc-de-east-1" },
  { id: "aws-iso", regions: /^us-iso-\w+-\d+$/, stsRegion: "us-iso-east-1" },
  { id: "aws-iso-b", regions: /^us-isob-\w+-\d+$/, stsRegion: "us-isob-east-1" },
  { id: "aws-iso-e", regions: /^eu-isoe-\w+-\d+$/, stsRegion: "eu-isoe-west-1" },
  { id: "aws-iso-f", regions: /^us-isof-\w+-\d+$/, stsRegion: "us-isof-south-1" },
  { id: "aws", regions: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, stsRegion: "us-east-1" },
];

/** Returns the partition of a region, or `undefined` for one of no known form. */
export const partitionOfRegion = (region: string): string | undefined =>
  PARTITIONS.find(({ regions }) => regions.test(region))?.id;

/** Returns the partition that an ARN names, or `undefined` where it is no ARN of a known partition. */
export const partitionOfArn = (arn: string): string | undefined => {
  const named = /^arn:(aws[a-z-]*):/.exec(arn)?.[1];
  return PARTITIONS.find(({ id }) => id === named)?.id;
};

/** Returns the region in which a partition's STS is asked when nobody says one; `undefined` for an unknown partition. */
export const stsRegionOf = (partition: string): string | undefined =>
  PARTITIONS.find(({ id }) => id === partition)?.stsRegion;
