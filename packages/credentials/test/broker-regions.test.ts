// STS is regional, and a region can be down. Another one of the same partition stands in, where the caller has named one.
import { createCredentialsBroker, type CredentialsBrokerOptions, type RoleRequest } from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  MINUTE,
  requestOf,
  requestOfCustomer,
  settle,
} from "./fake-sts.js";

const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const audit = createAudit();
  const down = new Set<string>();
  sts.script = ({ region }) => {
    if (down.has(region)) throw failureOf("sts_unavailable");
  };
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: audit.record,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => clock.move(ms),
    fallbackRegions: { "eu-west-1": ["eu-central-1", "eu-north-1"] },
    ...over,
  });
  const regions = () => sts.calls.splice(0).map(({ region }) => region);
  return { clock, sts, audit, down, broker, regions, provide: broker.provider(requestOf()) };
};

describe("a region that is down", () => {
  test("is replaced by the next one that answers, in the order that was given", async () => {
    const { down, regions, provide } = setUp();
    down.add("eu-west-1").add("eu-central-1");
    expect(await codeOf(provide())).toBe("granted");
    expect(regions()).toEqual(["eu-west-1", "eu-central-1", "eu-north-1"]);
  });

  test("is left alone for five minutes by everybody once another one has answered, then asked again", async () => {
    const { clock, down, broker, regions, provide } = setUp();
    down.add("eu-west-1");
    await provide();
    regions();
    down.clear();
    clock.move(5 * MINUTE - 1);
    await broker.provider(requestOfCustomer(1))();
    expect(regions()).toEqual(["eu-central-1"]);
    clock.move(1);
    await broker.provider(requestOfCustomer(2))();
    expect(regions()).toEqual(["eu-west-1"]);
  });

  test("costs one call and no more, whoever asks", async () => {
    const { down, broker, regions } = setUp();
    down.add("eu-west-1");
    for (let n = 0; n < 100; n++) expect(await codeOf(broker.provider(requestOfCustomer(n))())).toBe("granted");
    expect(regions().filter((region) => region === "eu-west-1")).toHaveLength(1);
  });

  test("is asked again where the one that stood in for it is down, too", async () => {
    const { down, broker, regions, provide } = setUp();
    down.add("eu-west-1");
    await provide();
    regions();
    down.clear();
    down.add("eu-central-1");
    await broker.provider(requestOfCustomer(1))();
    await broker.provider(requestOfCustomer(2))();
    expect(regions()).toEqual(["eu-central-1", "eu-west-1", "eu-west-1"]);
  });

  test("is named in the audit, and so is the one that stood in: each call has its intent and its outcome", async () => {
    const { audit, down, provide } = setUp();
    down.add("eu-west-1");
    await provide();
    expect(audit.events.map(({ type, region }) => [type, region])).toEqual([
      ["assume_role.intent", "eu-west-1"],
      ["assume_role.refused", "eu-west-1"],
      ["assume_role.intent", "eu-central-1"],
      ["assume_role.granted", "eu-central-1"],
    ]);
  });

  test("does not make another question of it: the session serves those who ask for the region of before", async () => {
    const { down, broker, provide } = setUp();
    down.add("eu-west-1");
    const first = await provide();
    expect(await broker.provider(requestOf())()).toEqual(first);
    const other = await broker.provider(requestOf({ region: "eu-central-1" }))();
    expect(other.accessKeyId).not.toBe(first.accessKeyId);
  });

  test("fails in its own words where every region is down", async () => {
    const { down, provide } = setUp({ waitMs: 0 });
    down.add("eu-west-1").add("eu-central-1").add("eu-north-1");
    expect(await codeOf(provide())).toBe("sts_unavailable");
  });

  test("is not left for one that is switched off, whose words are not passed on", async () => {
    const { sts, provide } = setUp({ waitMs: 0 });
    sts.script = ({ region }) => {
      throw failureOf(region === "eu-west-1" ? "sts_unavailable" : "region_disabled");
    };
    expect(await codeOf(provide())).toBe("sts_unavailable");
  });

  test.each(["access_denied", "throttled", "invalid_request", "caller_credentials", "region_disabled"] as const)(
    "is what it takes: %s is an answer, and no other region is asked",
    async (code) => {
      const { sts, regions, provide } = setUp({ waitMs: 0 });
      sts.script = () => {
        throw failureOf(code);
      };
      expect(await codeOf(provide())).toBe(code);
      expect(new Set(regions())).toEqual(new Set(["eu-west-1"]));
    },
  );

  test("is not judged by the one that stands in for it: a denial there may be of that region", async () => {
    const told: string[] = [];
    const { clock, sts, regions, provide } = setUp({ waitMs: 0, onDenied: ({ region }) => void told.push(region) });
    await provide();
    regions();
    sts.script = ({ region }) => {
      throw failureOf(region === "eu-west-1" ? "sts_unavailable" : "access_denied");
    };
    for (let minute = 0; minute < 50; minute++) {
      clock.move(MINUTE);
      expect(await codeOf(provide())).toBe("granted");
      await settle();
    }
    expect(regions().length).toBeGreaterThan(3);
    clock.move(11 * MINUTE);
    expect(await codeOf(provide())).toBe("sts_unavailable");
    expect(told).toEqual([]);
    sts.script = () => undefined;
    clock.move(MINUTE);
    expect(await codeOf(provide())).toBe("granted");
  });

  test("has the last word where another one stands in for it and denies", async () => {
    const { down, sts, broker, regions, provide } = setUp({ waitMs: 0 });
    down.add("eu-west-1");
    await provide();
    regions();
    sts.script = ({ region }) => {
      if (region !== "eu-west-1") throw failureOf("access_denied");
    };
    expect(await codeOf(broker.provider(requestOfCustomer(1))())).toBe("granted");
    expect(regions()).toEqual(["eu-central-1", "eu-west-1"]);
  });

  test("costs nobody a second code of their MFA device: the next ask goes to the other region", async () => {
    const { sts, regions, broker } = setUp({ fallbackRegions: { "eu-west-1": ["eu-central-1"] } });
    sts.script = ({ region }) => {
      if (region === "eu-west-1") throw failureOf("sts_unavailable");
    };
    const alice = broker.provider(requestOf({ mfaSerial: "arn:aws:iam::111111111111:mfa/alice" }));
    expect(await codeOf(alice())).toBe("sts_unavailable");
    expect(regions()).toEqual(["eu-west-1"]);
    await broker.provider(requestOfCustomer(1))();
    regions();
    expect(await codeOf(alice())).toBe("granted");
    expect(regions()).toEqual(["eu-central-1"]);
  });

  test("without another one named for it has none: the global endpoint least of all", async () => {
    const { down, broker, regions } = setUp({ waitMs: 0 });
    down.add("us-east-1");
    expect(await codeOf(broker.provider(requestOf({ region: "us-east-1" }))())).toBe("sts_unavailable");
    expect(regions()).toEqual(["us-east-1"]);
  });
});

describe("a region that fails whoever asks", () => {
  const asking = (region = "eu-west-3") => {
    const all = setUp({ waitMs: 0, fallbackRegions: {} });
    all.down.add(region);
    let n = 0;
    const ask = () => codeOf(all.broker.provider({ ...requestOfCustomer(n++), region })());
    return { ...all, ask };
  };

  test("is asked five times, then left alone for ten seconds", async () => {
    const { clock, sts, ask } = asking();
    for (let n = 0; n < 50; n++) expect(await ask()).toBe("sts_unavailable");
    expect(sts.calls).toHaveLength(5);
    clock.move(9_999);
    await ask();
    expect(sts.calls).toHaveLength(5);
    clock.move(1);
    await ask();
    expect(sts.calls).toHaveLength(6);
  });

  test("is tried by one call when the ten seconds are over, not by all that wait", async () => {
    const { clock, sts, down, ask } = asking();
    for (let n = 0; n < 5; n++) await ask();
    clock.move(10_000);
    down.clear();
    let answer: () => void = () => undefined;
    sts.script = async () => new Promise<void>((resolve) => (answer = resolve));
    const first = ask();
    await settle();
    const others = await Promise.all(Array.from({ length: 50 }, ask));
    expect(new Set(others)).toEqual(new Set(["sts_unavailable"]));
    expect(sts.calls).toHaveLength(6);
    answer();
    expect(await first).toBe("granted");
    sts.script = () => undefined;
    expect(await ask()).toBe("granted");
  });

  test("is tried by another call where the one that tries hangs for as long, on a human for example", async () => {
    const { clock, sts, down, broker, ask } = asking();
    for (let n = 0; n < 5; n++) await ask();
    clock.move(10_000);
    down.clear();
    sts.script = async ({ mfaSerial }) => (mfaSerial === undefined ? undefined : new Promise<void>(() => undefined));
    const mfaSerial = "arn:aws:iam::111111111111:mfa/alice";
    void codeOf(broker.provider(requestOf({ region: "eu-west-3", mfaSerial }))());
    await settle();
    expect(sts.calls).toHaveLength(6);
    expect(await ask()).toBe("sts_unavailable");
    clock.move(10_000);
    expect(await ask()).toBe("granted");
  });

  test("takes nothing from other regions, and nothing from sessions in hand", async () => {
    const { down, broker, ask } = asking();
    down.clear();
    const held = broker.provider(requestOf({ region: "eu-west-3" }));
    await held();
    down.add("eu-west-3");
    for (let n = 0; n < 10; n++) await ask();
    expect(await codeOf(held())).toBe("granted");
    expect(await codeOf(broker.provider(requestOf({ region: "eu-west-2" }))())).toBe("granted");
  });

  test("is not judged by a clock that was set back", async () => {
    const { clock, sts, down, ask } = asking();
    for (let n = 0; n < 10; n++) await ask();
    down.clear();
    clock.move(-24 * 60 * MINUTE);
    expect(await ask()).toBe("granted");
    expect(sts.calls).toHaveLength(6);
  });
});

describe("fallback regions", () => {
  const make = (fallbackRegions: unknown) => () => setUp({ fallbackRegions: fallbackRegions as never });

  test.each<[string, unknown]>([
    ["of another partition", { "eu-west-1": ["cn-north-1"] }],
    ["of GovCloud for a public region", { "us-east-1": ["us-gov-west-1"] }],
    ["of the public cloud for GovCloud", { "us-gov-west-1": ["us-east-1"] }],
    ["of the sovereign cloud", { "eu-central-1": ["eusc-de-east-1"] }],
    ["that are the region itself", { "eu-west-1": ["eu-west-1"] }],
    ["named twice", { "eu-west-1": ["eu-north-1", "eu-north-1"] }],
    ["that are no regions", { "eu-west-1": ["aws-global"] }],
    ["that would be another host", { "eu-west-1": ["eu-west-1.evil.example/"] }],
    ["for what is no region", { "*": ["eu-west-1"] }],
    ["that are empty", { "eu-west-1": [] }],
    [
      "that are too many",
      { "us-east-1": ["us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3"] },
    ],
    ["as a text", { "eu-west-1": "eu-central-1" }],
    ["as a list", [["eu-west-1", "eu-central-1"]]],
    ["as a map", new Map([["eu-west-1", ["eu-central-1"]]])],
  ])("%s are refused", (_, given) => {
    expect(make(given)).toThrow(
      "createCredentialsBroker needs `fallbackRegions` to be regions, each with a list of 1 to 5 others of its partition",
    );
  });

  test("cannot come from a polluted prototype", async () => {
    const { down, regions, broker } = setUp({ waitMs: 0, fallbackRegions: undefined as never });
    down.add("eu-west-1");
    const everything = Object.prototype as Record<string, unknown>;
    everything["eu-west-1"] = ["eu-central-1"];
    try {
      expect(await codeOf(broker.provider(requestOf())())).toBe("sts_unavailable");
    } finally {
      delete everything["eu-west-1"];
    }
    expect(regions()).toEqual(["eu-west-1"]);
  });

  test("are taken as they were when they were given", async () => {
    const list = ["eu-central-1"];
    const { down, regions, provide } = setUp({ fallbackRegions: { "eu-west-1": list }, waitMs: 0 });
    list[0] = "eu-south-1";
    down.add("eu-west-1");
    await provide();
    expect(regions()).toEqual(["eu-west-1", "eu-central-1"]);
  });

  test("of one region say nothing about another", async () => {
    const { down, broker, regions } = setUp({ waitMs: 0 });
    down.add("eu-west-2");
    const ask = (request: RoleRequest) => codeOf(broker.provider(request)());
    expect(await ask(requestOf({ region: "eu-west-2" }))).toBe("sts_unavailable");
    expect(regions()).toEqual(["eu-west-2"]);
  });
});
