// Where CreateBucket puts a bucket (S3 API Reference, CreateBucket, "CreateBucketConfiguration").
import { AwsError } from "../errors.js";
import { childrenOf, readXml, textOf } from "./read-xml.js";
import { notImplemented } from "./s3-errors.js";

/** `BucketLocationConstraint` of S3's service model, general regions of the `aws` partition. */
const LOCATIONS = new Set(
  `af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
  eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
  me-south-1 mx-central-1 sa-east-1 us-east-2 us-west-1 us-west-2 EU`.split(/\s+/),
);

export interface ChosenRegion {
  readonly region: string;
  /** As written, for conditions on s3:LocationConstraint. */
  readonly constraint: string | undefined;
}

/**
 * Returns the region for a request signed for `endpointRegion`; us-east-1's endpoint is the global one and takes every
 * location. Throws `IllegalLocationConstraintException` or `InvalidLocationConstraint` 400.
 */
export function chooseRegion(endpointRegion: string, body: Buffer): ChosenRegion {
  const constraint = readConstraint(body);
  if (constraint === undefined) {
    if (endpointRegion !== "us-east-1") throw incompatible("unspecified");
    return { region: endpointRegion, constraint };
  }
  if (!LOCATIONS.has(constraint)) {
    throw new AwsError(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", {
      details: { LocationConstraint: constraint },
    });
  }
  const region = constraint === "EU" ? "eu-west-1" : constraint;
  if (endpointRegion !== "us-east-1" && endpointRegion !== region) throw incompatible(constraint);
  return { region, constraint };
}

function readConstraint(body: Buffer): string | undefined {
  if (body.length === 0) return undefined;
  const root = readXml(body, "CreateBucketConfiguration");
  const fields = childrenOf(root, ["LocationConstraint", "Location", "Bucket", "Tags"]);
  for (const name of ["Location", "Bucket", "Tags"]) if (fields.has(name)) throw notImplemented("Element", name);
  const constraint = textOf(fields.get("LocationConstraint"));
  return constraint === "" ? undefined : constraint;
}

function incompatible(constraint: string): AwsError {
  return new AwsError(
    400,
    "IllegalLocationConstraintException",
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
