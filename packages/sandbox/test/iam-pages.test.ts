import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, trust } from "./iam-clients.js";

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}
type PageOf = (request: {
  MaxItems: number;
  Marker?: string;
}) => Promise<readonly [Page, readonly (string | undefined)[]]>;

let sandbox: Sandbox;
let iam: ReturnType<ReturnType<typeof clientsOf>["iam"]>;
const PolicyArn = `arn:aws:iam::${CUSTOMER}:policy/p3`;

beforeAll(async () => {
  sandbox = await startSandbox();
  iam = clientsOf(sandbox).iam();
  const PolicyDocument = policy("s3:*");
  for (const index of [3, 1, 4, 2, 5]) {
    await iam.createUser({ UserName: `u${index}`, Path: "/paged/" });
    await iam.createRole({ RoleName: `r${index}`, AssumeRolePolicyDocument: trust() });
    await iam.createPolicy({ PolicyName: `p${index}`, PolicyDocument });
  }
  for (const index of [3, 1, 4, 2, 5]) {
    await iam.attachRolePolicy({ RoleName: "r1", PolicyArn: `arn:aws:iam::${CUSTOMER}:policy/p${index}` });
    await iam.putRolePolicy({ RoleName: "r1", PolicyName: `i${index}`, PolicyDocument });
    await iam.tagRole({ RoleName: "r1", Tags: [{ Key: `t${index}`, Value: "v" }] });
    if (index !== 1) await iam.createPolicyVersion({ PolicyArn, PolicyDocument });
    if (index !== 1) await iam.attachUserPolicy({ UserName: `u${index}`, PolicyArn });
  }
});
afterAll(() => sandbox.stop());

const lists: readonly (readonly [string, PageOf, readonly string[]])[] = [
  [
    "ListUsers",
    async (request) => {
      const page = await iam.listUsers({ ...request, PathPrefix: "/paged/" });
      return [page, page.Users?.map(({ UserName }) => UserName) ?? []];
    },
    ["u1", "u2", "u3", "u4", "u5"],
  ],
  [
    "ListRoles",
    async (request) => {
      const page = await iam.listRoles(request);
      return [page, page.Roles?.map(({ RoleName }) => RoleName) ?? []];
    },
    ["r1", "r2", "r3", "r4", "r5"],
  ],
  [
    "ListPolicies",
    async (request) => {
      const page = await iam.listPolicies(request);
      return [page, page.Policies?.map(({ PolicyName }) => PolicyName) ?? []];
    },
    ["AdministratorAccess", "p1", "p2", "p3", "p4", "p5"],
  ],
  [
    "ListAttachedRolePolicies",
    async (request) => {
      const page = await iam.listAttachedRolePolicies({ ...request, RoleName: "r1" });
      return [page, page.AttachedPolicies?.map(({ PolicyName }) => PolicyName) ?? []];
    },
    ["p1", "p2", "p3", "p4", "p5"],
  ],
  [
    "ListRolePolicies",
    async (request) => {
      const page = await iam.listRolePolicies({ ...request, RoleName: "r1" });
      return [page, page.PolicyNames ?? []];
    },
    ["i1", "i2", "i3", "i4", "i5"],
  ],
  [
    "ListRoleTags",
    async (request) => {
      const page = await iam.listRoleTags({ ...request, RoleName: "r1" });
      return [page, page.Tags?.map(({ Key }) => Key) ?? []];
    },
    ["t1", "t2", "t3", "t4", "t5"],
  ],
  [
    "ListPolicyVersions",
    async (request) => {
      const page = await iam.listPolicyVersions({ ...request, PolicyArn });
      return [page, page.Versions?.map(({ VersionId }) => VersionId) ?? []];
    },
    ["v5", "v4", "v3", "v2", "v1"],
  ],
  [
    "ListEntitiesForPolicy",
    async (request) => {
      const page = await iam.listEntitiesForPolicy({ ...request, PolicyArn });
      const roles = page.PolicyRoles?.map(({ RoleName }) => RoleName) ?? [];
      return [page, [...roles, ...(page.PolicyUsers?.map(({ UserName }) => UserName) ?? [])]];
    },
    ["r1", "u2", "u3", "u4", "u5"],
  ],
];

describe.each(lists)("%s", (_, pageOf, all) => {
  it("gives every item once, MaxItems at a time, with a marker as long as there is more", async () => {
    const seen: (string | undefined)[] = [];
    let marker: string | undefined;
    let truncated: boolean | undefined = true;
    while (truncated) {
      const [page, items] = await pageOf({ MaxItems: 2, ...(marker !== undefined && { Marker: marker }) });
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items);
      ({ Marker: marker, IsTruncated: truncated } = page);
      expect(marker === undefined).toBe(!truncated);
    }
    expect(seen).toEqual(all);
  });

  it("is whole in one page that just fits", async () => {
    const [page, items] = await pageOf({ MaxItems: all.length });
    expect(items).toEqual(all);
    expect([page.IsTruncated, page.Marker]).toEqual([false, undefined]);
  });
});

describe("markers", () => {
  it("work for the list that gave them only", async () => {
    const { Marker } = await iam.listUsers({ MaxItems: 1, PathPrefix: "/paged/" });
    for (const call of [
      iam.listUsers({ Marker }),
      iam.listUsers({ Marker, PathPrefix: "/" }),
      iam.listRoles({ Marker }),
      iam.listRoleTags({ RoleName: "r1", Marker }),
      iam.listUsers({ Marker: `${Marker}=`, PathPrefix: "/paged/" }),
      iam.listUsers({ Marker: `${Marker}A`, PathPrefix: "/paged/" }),
      iam.listUsers({ Marker: "bnVsbA", PathPrefix: "/paged/" }),
    ]) {
      expect(await refusalLine(call)).toBe("400 ValidationError Invalid Marker.");
    }
  });

  it("skip nothing when the items of the first page are deleted", async () => {
    for (const UserName of ["d1", "d2", "d3"]) await iam.createUser({ UserName, Path: "/doomed/" });
    const { Users, Marker } = await iam.listUsers({ PathPrefix: "/doomed/", MaxItems: 2 });
    for (const { UserName } of Users ?? []) await iam.deleteUser({ UserName });
    const rest = await iam.listUsers({ PathPrefix: "/doomed/", Marker });
    expect(rest.Users?.map(({ UserName }) => UserName)).toEqual(["d3"]);
  });

  it("go on after tag keys of the greatest length in any script", async () => {
    const keys = ["a", "b", "c"].map((letter) => letter + "語".repeat(127));
    await iam.createUser({ UserName: "longtags", Tags: keys.map((Key) => ({ Key, Value: "" })) });
    const first = await iam.listUserTags({ UserName: "longtags", MaxItems: 2 });
    const second = await iam.listUserTags({ UserName: "longtags", Marker: first.Marker });
    const seen = [...(first.Tags ?? []), ...(second.Tags ?? [])].map(({ Key }) => Key);
    expect(seen.toSorted()).toEqual(keys);
  });
});
