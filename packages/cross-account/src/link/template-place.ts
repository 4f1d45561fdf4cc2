// Where a template lies for customers: its key from its content, its address from the partition.
import type { CheckedOptions, PublishingOptions } from "../cross-account-options.js";
import type { OfferedTemplate } from "../offered-template.js";
import { CrossAccountError } from "../errors.js";

/** CloudFormation API Reference, CreateStack, TemplateURL: characters. */
const longestUrl = 1024;

/** What a link needs of the vendor: a template and a bucket. */
export interface TemplatePlace {
  readonly offered: OfferedTemplate;
  readonly publishing: PublishingOptions;
  readonly key: string;
  /** As CloudFormation reads it: unsigned. */
  readonly templateUrl: string;
}

/** Returns the template that the vendor described. Throws `CrossAccountError` `template_not_described`. */
export function offeredTemplate({ template }: CheckedOptions): OfferedTemplate {
  if (template !== null) return template;
  throw new CrossAccountError("template_not_described", "no template was described", {
    hint: "pass `template` to createCrossAccount: branding, ongoing and setup permissions",
  });
}

/**
 * Returns where the offered template lies. Its key holds the version, a hash of all that it says, so that an address
 * never changes its meaning. Throws `CrossAccountError` `template_not_described` or `invalid_option`.
 */
export function templatePlace(options: CheckedOptions): TemplatePlace {
  const offered = offeredTemplate(options);
  const { publishing, serviceName } = options;
  if (publishing === undefined) {
    throw new CrossAccountError("invalid_option", "no bucket was named to publish the template in", {
      hint: "pass `publishing: { bucket, region }` to createCrossAccount, or use the commands, which need no bucket",
    });
  }
  const key = `${publishing.prefix ?? ""}${serviceName}-${offered.version}.json`;
  const templateUrl = addressOf(options, publishing, key);
  if (templateUrl.length > longestUrl) {
    throw new CrossAccountError(
      "invalid_option",
      `the template's address would be longer than ${longestUrl} characters`,
      {
        hint: "use a shorter `publishing.prefix`",
      },
    );
  }
  return { offered, publishing, key, templateUrl };
}

/** S3 User Guide, "Virtual hosting of general purpose buckets". The sandbox has one host, hence the path. */
function addressOf(
  { endpoint, partition }: CheckedOptions,
  { bucket, region }: PublishingOptions,
  key: string,
): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/$/, "")}/${bucket}/${key}`;
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://${bucket}.s3.${region}.${domain}/${key}`;
}
