import { readFileSync } from "node:fs";
import { IAM } from "@aws-sdk/client-iam";
import { expect, it } from "vitest";
import { createMemoryStore } from "@daypass/cross-account";
import { startSandbox } from "@daypass/sandbox/testing";
import { runExample } from "./readme-example.js";
import { CUSTOMER, region, VENDOR, vendorWorld } from "./vendor-world.js";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

it("the README's example is the code that is tested", () => {
  const [, code = ""] = /\/\/ #region readme\n([\s\S]*?)\n *\/\/ #endregion/.exec(read("./readme-example.ts")) ?? [];
  const [, shown] = /```ts\n([\s\S]*?)\n```/.exec(read("../README.md")) ?? [];
  expect(shown).toBe(code.replace(/^ {2}/gm, ""));
});

it("the README's example works", async () => {
  const sandbox = await startSandbox({
    world: {
      ...vendorWorld,
      buckets: [{ name: "acme-reports", account: CUSTOMER, region, objects: [{ key: "q3.txt", body: "revenue: 42" }] }],
    },
  });
  const { endpoint } = sandbox;
  const customer = new IAM({ endpoint, region, credentials: sandbox.account(CUSTOMER).admin });
  const [report, until] = await runExample({
    store: createMemoryStore(),
    local: { endpoint, propagationMs: 0, credentials: sandbox.issueKey(VENDOR, "service") },
    localS3: { endpoint, forcePathStyle: true },
    async customerCreates({ roleName, path, trustPolicy }) {
      const AssumeRolePolicyDocument = JSON.stringify(trustPolicy);
      await customer.createRole({ RoleName: roleName, Path: path, AssumeRolePolicyDocument });
      const PolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-reports/*" }],
      });
      await customer.putRolePolicy({ RoleName: roleName, PolicyName: "reports", PolicyDocument });
    },
  });
  expect(report).toBe("revenue: 42");
  expect(until?.getTime()).toBeGreaterThan(Date.now());
  await sandbox.stop();
});
