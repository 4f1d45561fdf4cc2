// Links into CloudFormation's console. Every value is encoded; hosts come from the partition, never from a caller.
import { CrossAccountError } from "../errors.js";

export type Partition = "aws" | "aws-cn" | "aws-us-gov";

export interface ConsolePlace {
  readonly partition: Partition;
  readonly region: string;
  /** A sandbox's address; AWS's own console without it. */
  readonly endpoint?: string | undefined;
}

export interface QuickCreate {
  readonly templateUrl: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What every region of a partition begins with, and where its console is (AWS General Reference, per partition). */
const partitions = {
  aws: { host: "console.aws.amazon.com", regions: /^(?!cn-|us-gov-)/ },
  "aws-cn": { host: "console.amazonaws.cn", regions: /^cn-/ },
  "aws-us-gov": { host: "console.amazonaws-us-gov.com", regions: /^us-gov-/ },
} as const satisfies Record<Partition, unknown>;

/** Longest link that every browser and mail program carries through, in characters; AWS documents none for its console. */
const longestLink = 8000;

/**
 * Returns the link that opens the quick-create page with everything filled in (CloudFormation User Guide, "Create
 * quick-create links"). Throws `CrossAccountError` `invalid_option` for a region of another partition.
 */
export function quickCreateLink(place: ConsolePlace, { templateUrl, stackName, parameters }: QuickCreate): string {
  const values = Object.entries(parameters).map(([name, value]) => [`param_${name}`, value] as const);
  return consoleLink(place, "create/review", [["templateURL", templateUrl], ["stackName", stackName], ...values]);
}

/**
 * Returns the link that opens an update of a stack with a new template. The console keeps the stack's other values. AWS
 * uses this form but does not document it: give the commands beside it.
 */
export function updateLink(place: ConsolePlace, stackId: string, templateUrl: string): string {
  return consoleLink(place, "update/template", [
    ["stackId", stackId],
    ["templateURL", templateUrl],
  ]);
}

/** Returns the link that opens a stack's own page, where its parameters are changed. */
export function stackLink(place: ConsolePlace, stackId: string): string {
  return consoleLink(place, "stackinfo", [["stackId", stackId]]);
}

/** `encodeURIComponent` and nothing else: in a fragment a `+` is a plus, and an unencoded `&` would add a parameter. */
function consoleLink(place: ConsolePlace, page: string, values: readonly (readonly [string, string])[]): string {
  const { partition, region, endpoint } = place;
  const { host, regions } = partitions[partition];
  if (!regions.test(region)) {
    throw new CrossAccountError("invalid_option", `${region} is not a region of partition ${partition}`, {
      hint: "name a region of the vendor's own partition; customers of another one need an integration of their own there",
    });
  }
  const base = endpoint?.replace(/\/$/, "") ?? `https://${region}.${host}`;
  const query = values.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  const link = `${base}/cloudformation/home?region=${region}#/stacks/${page}?${query}`;
  if (link.length <= longestLink) return link;
  throw new CrossAccountError("invalid_option", `the link would be longer than ${longestLink} characters`, {
    hint: "use fewer or shorter parameters, or the commands",
  });
}
