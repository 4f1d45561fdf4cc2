// Regions as people type them: `use1` and `ue1` for us-east-1. The long form is the prefix of AWS's own zone ids.
// Source: AWS Global Infrastructure, "AWS Regions" and "Availability Zone IDs".
import { UsageError } from "./usage-error.js";

const REGIONS: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "cn-north-1",
  "cn-northwest-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eusc-de-east-1",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-gov-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
];

const REGION = /^[a-z]{2,8}(?:-[a-z]+)+-\d{1,2}$/;
const DIRECTION = /^(north|south|east|west|central)(east|west)?$/;

const initials = (word: string): string => {
  const [, first, second = ""] = DIRECTION.exec(word) ?? [];
  return first === undefined ? word.slice(0, 1) : first.slice(0, 1) + second.slice(0, 1);
};

const formsOf = (region: string): readonly string[] => {
  const [area = "", ...rest] = region.split("-");
  const tail = rest.map((part) => (/^\d+$/.test(part) ? part : initials(part))).join("");
  return [area + tail, area.slice(0, 1) + tail];
};

/** Returns every shorthand with its region. One that could mean two regions is none. */
export const regionShorthands = (): ReadonlyMap<string, string> => {
  const meanings = new Map<string, Set<string>>();
  for (const region of REGIONS) {
    for (const form of formsOf(region)) meanings.set(form, (meanings.get(form) ?? new Set()).add(region));
  }
  const single = [...meanings].flatMap(([form, [region, ...others]]) =>
    region === undefined || others.length > 0 ? [] : [[form, region] as const],
  );
  return new Map(single);
};

/** Returns the region that was typed, in full or short. Throws `UsageError` for what is neither. */
export const expandRegion = (typed: string): string => {
  const lower = typed.toLowerCase();
  if (REGION.test(lower)) return lower;
  const region = regionShorthands().get(lower);
  if (region !== undefined) return region;
  const several = REGIONS.filter((known) => formsOf(known).includes(lower));
  throw new UsageError(
    `${JSON.stringify(typed.slice(0, 40))} is no region`,
    several.length > 1
      ? `it could be ${several.join(" or ")}: type more of it`
      : "type it in full, as in eu-west-1, or short, as in euw1",
  );
};
