// AWS::S3::Bucket (AWS CloudFormation Template Reference), as far as the sandbox's buckets go: every other property is
// refused. Encryption and ownership are accepted where they say what every bucket here is anyway.
import { requireAllowed } from "../authorize.js";
import type { Call } from "../world-types.js";
import { element, elements } from "../wire/xml.js";
import { TAGS } from "./check-properties.js";
import { invokeS3 } from "./invoke-service.js";
import { handlerFailure } from "./refusals.js";
import { flagOf, mapOf, tagsOf, textOf } from "./read-properties.js";
import type { Made, ResourceType } from "./resource-type.js";
import type { ValueMap } from "./template-types.js";

const NAME_CHARACTERS = 63;
const PUBLIC_ACCESS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

export const s3Bucket: ResourceType = {
  name: "AWS::S3::Bucket",
  properties: {
    BucketName: { type: "string", replaces: true },
    BucketEncryption: {
      type: "map",
      members: {
        ServerSideEncryptionConfiguration: {
          type: "list",
          required: true,
          of: {
            type: "map",
            members: {
              ServerSideEncryptionByDefault: {
                type: "map",
                members: { SSEAlgorithm: { type: "string", required: true, oneOf: ["AES256"] } },
              },
            },
          },
        },
      },
    },
    OwnershipControls: {
      type: "map",
      members: {
        Rules: {
          type: "list",
          required: true,
          of: { type: "map", members: { ObjectOwnership: { type: "string", oneOf: ["BucketOwnerEnforced"] } } },
        },
      },
    },
    PublicAccessBlockConfiguration: {
      type: "map",
      members: Object.fromEntries(PUBLIC_ACCESS.map((name) => [name, { type: "boolean" as const }])),
    },
    Tags: TAGS,
    VersioningConfiguration: {
      type: "map",
      members: { Status: { type: "string", required: true, oneOf: ["Enabled", "Suspended"] } },
    },
  },
  attributes: ["Arn", "DomainName", "DualStackDomainName", "RegionalDomainName"],
  nameProperty: "BucketName",
  needsCapability: false,
  tags: "case-sensitive",
  create(context, properties) {
    const { call } = context;
    const bucket = textOf(properties, "BucketName") ?? context.newName(NAME_CHARACTERS).toLowerCase();
    const existed = call.world.buckets.has(bucket);
    const region = element("LocationConstraint", call.region);
    const body = call.region === "us-east-1" ? "" : `<CreateBucketConfiguration>${region}</CreateBucketConfiguration>`;
    invokeS3(call, { method: "PUT", bucket, body });
    // S3 in us-east-1 says yes to the owner of an existing bucket; CloudFormation must not take it over.
    if (existed) throw handlerFailure(`${bucket} already exists`);
    context.begun(bucket);
    configure(call, bucket, {}, properties);
    return madeBucket(call, bucket);
  },
  update({ call }, bucket, before, after) {
    configure(call, bucket, before, after);
    return madeBucket(call, bucket);
  },
  remove({ call }, bucket) {
    if (call.world.buckets.has(bucket)) invokeS3(call, { method: "DELETE", bucket });
  },
};

function configure(call: Call, bucket: string, before: ValueMap, after: ValueMap): void {
  const changed = (name: string) => JSON.stringify(mapOf(before, name)) !== JSON.stringify(mapOf(after, name));
  if (changed("BucketEncryption")) ask(call, bucket, "s3:PutEncryptionConfiguration");
  if (changed("OwnershipControls")) ask(call, bucket, "s3:PutBucketOwnershipControls");
  if (changed("VersioningConfiguration")) {
    const status = textOf(mapOf(after, "VersioningConfiguration") ?? {}, "Status") ?? "Suspended";
    put(call, bucket, "versioning", "VersioningConfiguration", elements({ Status: status }));
  }
  if (changed("PublicAccessBlockConfiguration")) {
    const block = mapOf(after, "PublicAccessBlockConfiguration");
    if (block === undefined) invokeS3(call, { method: "DELETE", bucket, query: "publicAccessBlock" });
    else {
      const flags = Object.fromEntries(PUBLIC_ACCESS.map((name) => [name, flagOf(block, name)]));
      put(call, bucket, "publicAccessBlock", "PublicAccessBlockConfiguration", elements(flags));
    }
  }
  const had = [...tagsOf(before)];
  const wanted = [...tagsOf(after)];
  if (JSON.stringify(had) === JSON.stringify(wanted)) return;
  if (wanted.length === 0) invokeS3(call, { method: "DELETE", bucket, query: "tagging" });
  else {
    const set = wanted.map(([Key, Value]) => element("Tag", { Key, Value })).join("");
    put(call, bucket, "tagging", "Tagging", `<TagSet>${set}</TagSet>`);
  }
}

function put(call: Call, bucket: string, query: string, root: string, inner: string): void {
  invokeS3(call, { method: "PUT", bucket, query, body: `<${root}>${inner}</${root}>` });
}

/** For settings that change nothing here and still take their permission. */
function ask(call: Call, bucket: string, action: `s3:${string}`): void {
  const owner = call.world.buckets.get(bucket)?.accountId ?? "";
  requireAllowed(call, { action, resource: `arn:aws:s3:::${bucket}`, resourceAccount: owner });
}

function madeBucket(call: Call, bucket: string): Made {
  return {
    physicalId: bucket,
    attributes: {
      Arn: `arn:aws:s3:::${bucket}`,
      DomainName: `${bucket}.s3.amazonaws.com`,
      DualStackDomainName: `${bucket}.s3.dualstack.${call.region}.amazonaws.com`,
      RegionalDomainName: `${bucket}.s3.${call.region}.amazonaws.com`,
    },
  };
}
