// The last resort, an IAM user: deployed, it may do what was described, and no key of it is anywhere in the stack.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIamUserTemplate, renderJson, renderYaml, type UserDescription } from "@daypass/templates";
import { openDeployWorld, type DeployWorld } from "./deploy-world.js";
import { readReports } from "./describe-role.js";

const user: UserDescription = {
  serviceName: "acme-cli",
  branding: { displayName: "Acme ${AWS::AccountId} !Sub" },
  partition: "aws",
  userPath: "/acme/",
  permissions: [readReports],
  permissionsBoundary: "parameter",
};

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.sandbox.stop());

describe("the template of an IAM user", () => {
  it.each([
    ["JSON", renderJson(createIamUserTemplate(user))],
    ["YAML", renderYaml(createIamUserTemplate(user))],
  ])("in %s makes the user with its policy, and no access key", async (_, body) => {
    const StackName = "user";
    expect(await world.deploy(StackName, body, { UserName: "robin" })).toBe("CREATE_COMPLETE");
    const { AttachedPolicies = [] } = await world.iam.listAttachedUserPolicies({ UserName: "robin" });
    expect(AttachedPolicies).toHaveLength(1);
    expect((await world.iam.listAccessKeys({ UserName: "robin" })).AccessKeyMetadata).toEqual([]);
    const outputs = await world.outputs(StackName);
    expect(outputs["NextSteps"]).toContain("aws iam create-access-key --user-name robin");
    expect(outputs["NextSteps"]).toContain("Acme ${AWS::AccountId} !Sub");
    expect(body).not.toMatch(/AWS::IAM::AccessKey|SecretAccessKey/);
    await world.remove(StackName);
  });

  it("takes no name that IAM would not take", async () => {
    const made = world.deploy("bad", renderJson(createIamUserTemplate(user)), { UserName: "a b" });
    await expect(made).rejects.toMatchObject({ name: "ValidationError" });
  });
});
