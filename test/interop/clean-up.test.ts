// The clean-up where AWS does not help: lists that come late or in parts, lines that break, names that are not a run's.
import { expect, it } from "vitest";
import { cleanUp } from "../../conformance/clean-up.mjs";
import type { Answer } from "../../conformance/types.d.mts";

const id = "0123456789ab";
const names = {
  run: `dpc-${id}-`,
  path: `daypass-conformance/${id}/`,
  bucket: `daypass-conformance-${id}`,
  vendor: "111111111111",
  customer: "222222222222",
};
const admins = {
  vendor: { accessKeyId: "vendor", secretAccessKey: "x" },
  customer: { accessKeyId: "customer", secretAccessKey: "x" },
};
const empty: Answer = { allowed: true, answer: {} };
const missing: Answer = { allowed: false, code: "NoSuchEntity", status: 404, message: "" };

/** Cleans up with a service that `say`s something of its own now and then. */
async function clean(
  say: (name: string, input: Readonly<Record<string, unknown>>, account: string) => Answer | Error | undefined,
  planned: Parameters<typeof cleanUp>[0]["planned"] = [],
) {
  const calls: string[] = [];
  const rounds: number[] = [];
  const left = await cleanUp({
    names,
    planned,
    admins,
    rounds: 4,
    pause: async (round) => void rounds.push(round),
    async call(name, input, { accessKeyId }) {
      calls.push(`${accessKeyId} ${name} ${JSON.stringify(input)}`);
      const said = say(name, input, accessKeyId) ?? (name.startsWith("iam:List") ? empty : missing);
      if (said instanceof Error) throw said;
      return said;
    },
  });
  return { left, calls, rounds };
}

const users = (...found: string[]): Answer => ({
  allowed: true,
  answer: { Users: found.map((UserName) => ({ UserName })), IsTruncated: false },
});

it.each(["", "dpc-", "dpc-0123456789ab", "dpc-0123456789AB-", "x"])(
  "does nothing for names that are not a run's: %j",
  async (run) => {
    let asked = 0;
    const call = async () => {
      asked++;
      return empty;
    };
    const options = { planned: [], admins, rounds: 4, pause: async () => undefined, call };
    await expect(cleanUp({ ...options, names: { ...names, run } })).rejects.toThrow("only a run's own names");
    expect(asked).toBe(0);
  },
);

it("deletes what was planned, although no list shows it yet", async () => {
  const { left, calls } = await clean(() => undefined, [{ account: "vendor", kind: "user", name: `dpc-${id}-bob` }]);
  expect(left).toEqual([]);
  expect(calls).toContain(`vendor iam:DeleteUser {"UserName":"dpc-${id}-bob"}`);
});

it("looks a second time, and finds what was made too late for the first", async () => {
  let lists = 0;
  const { left, calls } = await clean((name, _, account) =>
    name === "iam:ListUsers" && account === "vendor" && ++lists === 2 ? users(`dpc-${id}-late`) : undefined,
  );
  expect([left, lists]).toEqual([[], 2]);
  expect(calls).toContain(`vendor iam:DeleteUser {"UserName":"dpc-${id}-late"}`);
});

it("reads a list to its end", async () => {
  const { calls } = await clean((name, { Marker }, account) => {
    if (name !== "iam:ListUsers" || account !== "vendor") return undefined;
    if (Marker === "next") return users(`dpc-${id}-two`);
    return { allowed: true, answer: { Users: [{ UserName: `dpc-${id}-one` }], IsTruncated: true, Marker: "next" } };
  });
  for (const name of ["one", "two"]) expect(calls).toContain(`vendor iam:DeleteUser {"UserName":"dpc-${id}-${name}"}`);
});

it("takes keys and policies away before their user", async () => {
  const { calls } = await clean((name, _, account) => {
    if (account === "customer") return undefined;
    if (name === "iam:ListUsers") return users(`dpc-${id}-bob`);
    if (name === "iam:ListAccessKeys")
      return { allowed: true, answer: { AccessKeyMetadata: [{ AccessKeyId: "AKIA" }] } };
    if (name === "iam:ListUserPolicies") return { allowed: true, answer: { PolicyNames: ["Sts"] } };
    return name.startsWith("iam:Delete") ? empty : undefined;
  });
  const deletions = calls.map((call) => call.split(" ")[1]).filter((name) => name?.startsWith("iam:Delete"));
  expect(deletions.slice(0, 3)).toEqual(["iam:DeleteAccessKey", "iam:DeleteUserPolicy", "iam:DeleteUser"]);
});

it("goes on when a line breaks, tries again, and names what it could not see or delete", async () => {
  const broken = Object.assign(new Error("canary"), { name: "TimeoutError" });
  const { left, rounds } = await clean(
    (name, _, account) => {
      if (account === "customer") return undefined;
      if (name === "iam:ListUsers") return users(`dpc-${id}-bob`);
      return name === "iam:ListRoles" || /:Delete(?:User|Role)$/.test(name) ? broken : undefined;
    },
    [
      { account: "vendor", kind: "role", name: `dpc-${id}-Unseen` },
      { account: "customer", kind: "role", name: `dpc-${id}-Reader` },
    ],
  );
  expect(rounds).toEqual([1, 2, 3]);
  expect(left.sort()).toEqual([
    "vendor 111111111111: list iam:ListRoles: 0 TimeoutError",
    `vendor 111111111111: role dpc-${id}-Unseen: 0 TimeoutError`,
    `vendor 111111111111: user dpc-${id}-bob: 0 TimeoutError`,
  ]);
});

it("does not call left over what no list shows, whatever its deletion said", async () => {
  const refused: Answer = { allowed: false, code: "ServiceFailure", status: 500, message: "" };
  const { left, rounds } = await clean(
    (name) => (name === "iam:DeleteUser" ? refused : undefined),
    [{ account: "vendor", kind: "user", name: `dpc-${id}-never-made` }],
  );
  expect([left, rounds]).toEqual([[], [1, 2]]);
});

it.each([
  ["user", "precious"],
  ["bucket", "precious"],
  ["bucket", `daypass-conformance-${id}-nowhere`],
])("never deletes the %s %s, even if it was planned", async (kind, name) => {
  const { calls } = await clean(() => undefined, [{ account: "vendor", kind, name }]);
  expect(calls.filter((call) => !/ iam:List(?:Users|Roles|Policies) /.test(call))).toEqual([]);
});
