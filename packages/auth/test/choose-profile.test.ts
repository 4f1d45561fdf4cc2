// Which profile is meant, and that a mistyped one is never another.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseProfile } from "../dist/profiles/choose-profile.js";
import { distanceBetween, nearestNames } from "../dist/profiles/nearest-names.js";
import { failureOf, profilesOf } from "./profile-files.js";

const profiles = profilesOf("[default]\n[profile production]\n[profile dev]\n[staging]\nregion=x\n", "[old]\n");
const choose = (env = {}, named?: string) => chooseProfile({ profiles, env, named });

describe("chooseProfile", () => {
  test.each([
    ["the option", { AWS_PROFILE: "old" }, "dev", "dev", "option"],
    ["AWS_PROFILE", { AWS_PROFILE: "old" }, undefined, "old", "AWS_PROFILE"],
    ["AWS_DEFAULT_PROFILE", { AWS_DEFAULT_PROFILE: "dev" }, undefined, "dev", "AWS_DEFAULT_PROFILE"],
    [
      "both variables where they agree",
      { AWS_PROFILE: "dev", AWS_DEFAULT_PROFILE: "dev" },
      undefined,
      "dev",
      "AWS_PROFILE",
    ],
    ["[default] where nobody names one", {}, undefined, "default", "default"],
  ])("takes %s", (_, env, named, name, from) => {
    expect(choose(env, named)).toEqual({ name, from });
  });

  test("takes none where nobody names one and there is no [default]", () => {
    expect(chooseProfile({ profiles: profilesOf("[profile dev]\n"), env: {} })).toBeUndefined();
  });

  test("refuses a mistyped name with the nearest ones, and never falls to [default]", () => {
    expect(failureOf(() => choose({}, "prodcution"))).toBe(
      "not_found: there is no profile prodcution; did you mean production?",
    );
    expect(failureOf(() => choose({ AWS_PROFILE: "dve" }))).toContain("did you mean dev?");
    expect(failureOf(() => choose({ AWS_DEFAULT_PROFILE: "zzzzzzzz" }))).toContain("/home/jo/.aws/config and");
  });

  test("says where the word is missing in the config file", () => {
    expect(failureOf(() => choose({}, "staging"))).toContain("at /home/jo/.aws/config:4 write [profile staging]");
  });

  test.each([["AWS_PROFILE"], ["AWS_DEFAULT_PROFILE"]])("refuses %s that is set and empty", (variable) => {
    expect(failureOf(() => choose({ [variable]: "" }))).toBe(
      `not_found: ${variable} is empty; unset ${variable}, or set it to a profile's name`,
    );
    expect(failureOf(() => choose({}, ""))).toContain("not_found: the profile's name is empty");
  });

  test("refuses two variables that name two profiles, unless the option decides", () => {
    const env = { AWS_PROFILE: "dev", AWS_DEFAULT_PROFILE: "old" };
    expect(failureOf(() => choose(env))).toContain("invalid_option: AWS_PROFILE and AWS_DEFAULT_PROFILE name two");
    expect(choose(env, "production")?.name).toBe("production");
  });

  test("gives what was named or nothing, for every name", () => {
    fc.assert(
      fc.property(fc.string(), (named) => {
        const known = profiles.profiles.has(named);
        expect(known ? choose({}, named)?.name : failureOf(() => choose({}, named))).toEqual(
          known ? named : expect.stringContaining("not_found"),
        );
      }),
    );
  });
});

describe("nearest names", () => {
  test.each([
    ["dev", "dev", 0],
    ["dve", "dev", 1],
    ["de", "dev", 1],
    ["", "dev", 3],
    ["DEV", "dev", 0],
    ["soruce_profile", "source_profile", 1],
    ["abcdef", "badcfe", 3],
  ])("%s is %s by %i", (one, other, distance) => {
    expect(distanceBetween(one, other)).toBe(distance);
    expect(distanceBetween(other, one)).toBe(distance);
  });

  test("are the nearest three, nearest first", () => {
    expect(nearestNames("prod", ["prode", "prod-eu", "prod", "dorp", "staging", "pro"])).toEqual([
      "prod",
      "prode",
      "pro",
    ]);
  });
});
