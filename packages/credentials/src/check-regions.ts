// Which region's STS may stand in for which: of the same partition only, and never one that nobody named.
import { isPlainObject, type OptionRule } from "./check-options.js";

export type FallbackRegions = Readonly<Record<string, readonly string[]>>;

// A plain region name: nothing that could turn the endpoint's host name into somebody else's.
const REGION = /^[a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2}$/;
// Partitions by the beginning of their regions' names: the SDKs' partitions.json. Credentials do not cross them.
const PARTITION = /^(cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc)-/;
const MOST_REGIONS = 64;
const MOST_FALLBACKS = 5;

/** True for a region's name by its form. */
export const isRegion = (region: string): boolean => REGION.test(region);

const partitionOf = (region: string): string => PARTITION.exec(region)?.[1] ?? "aws";

const isList = (region: string, list: unknown): list is readonly string[] =>
  Array.isArray(list) &&
  list.length >= 1 &&
  list.length <= MOST_FALLBACKS &&
  new Set<unknown>(list).add(region).size === list.length + 1 &&
  list.every(
    (other: unknown) => typeof other === "string" && isRegion(other) && partitionOf(other) === partitionOf(region),
  );

/** Taken as a frozen copy without a prototype. */
export const FALLBACK_REGIONS: OptionRule = {
  wanted: `regions, each with a list of 1 to ${MOST_FALLBACKS} others of its partition`,
  take(value) {
    if (!isPlainObject(value)) return undefined;
    const entries = Object.entries(value);
    const taken = Object.create(null) as Record<string, readonly string[]>;
    for (const [region, list] of entries) {
      if (!isRegion(region) || !isList(region, list)) return undefined;
      taken[region] = Object.freeze([...list]);
    }
    return entries.length <= MOST_REGIONS ? Object.freeze(taken) : undefined;
  },
};

/** True for what the broker takes as `fallbackRegions`: regions of one partition, each with 1 to 5 others. */
export const areFallbackRegions = (value: unknown): boolean => FALLBACK_REGIONS.take(value) !== undefined;
