import { describe, expect, test } from "vitest";
import { expandRegion, regionShorthands } from "../dist/region-shorthand.js";
import { parseDuration } from "../dist/narrowing-flags.js";

describe("regions in short", () => {
  test("each means one region, and none is a region's own name", () => {
    const shorthands = regionShorthands();
    expect(shorthands.size).toBeGreaterThan(60);
    for (const [short, region] of shorthands) {
      expect(expandRegion(short)).toBe(region);
      expect(short).not.toContain("-");
    }
  });

  test("every region has one", () => {
    expect(new Set(regionShorthands().values()).size).toBe(39);
  });

  test.each([
    ["ue1", "us-east-1"],
    ["use1", "us-east-1"],
    ["EUW1", "eu-west-1"],
    ["ew1", "eu-west-1"],
    ["apse2", "ap-southeast-2"],
    ["apne3", "ap-northeast-3"],
    ["usgw1", "us-gov-west-1"],
    ["cnnw1", "cn-northwest-1"],
    ["mxc1", "mx-central-1"],
    ["eu-west-9", "eu-west-9"],
  ])("%s is %s", (short, region) => {
    expect(expandRegion(short)).toBe(region);
  });

  test("what could be two regions is none, and both are named", () => {
    expect(() => expandRegion("mc1")).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining("mx-central-1") }),
    );
  });
});

describe("durations", () => {
  test.each([
    ["15m", 900],
    ["1h30m", 5400],
    ["90min", 5400],
    ["3600", 3600],
    ["12h", 43_200],
  ])("%s is %i seconds", (typed, seconds) => {
    expect(parseDuration(typed)).toBe(seconds);
  });

  test.each(["", "14m", "1d", "-3600", "1e4", "99h"])("%j is none", (typed) => {
    expect(() => parseDuration(typed)).toThrowError(/no duration/);
  });
});
