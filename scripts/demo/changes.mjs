// The middle of the story: setup rights that end, a template that changes, an external ID that is replaced.
import { ListObjectsV2Command, CreateBucketCommand } from "@aws-sdk/client-s3";
import { AttachRolePolicyCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import { bucket } from "./access.mjs";
import { visitConsole } from "./console-visitor.mjs";
import { secondTemplate } from "./templates.mjs";

/** acme's administrator opens a page of the stack's, changes what is to be changed and updates. */
async function updateByConsole(stage, path, changed, stackName) {
  const visitor = visitConsole(stage.sandbox.endpoint);
  const form = await visitor.signIn(await visitor.open(path), stage.admin("customer"));
  await visitor.submit(form, { ...changed, step: "update", acknowledge: "CAPABILITY_NAMED_IAM" });
  return stage.settled("customer", stackName);
}

const updateLink = (stage, stackId) =>
  `${stage.sandbox.endpoint}/cloudformation/home?region=eu-central-1#/stacks/update?stackId=${encodeURIComponent(stackId)}`;

export async function setupEnds(story, stage, integrationId, launch) {
  story.act("7. The setup is over, and its rights go", [
    "They would end by themselves in a week. Orbit asks acme to take them away, and does not believe that either.",
  ]);
  await story.expect(
    "Orbit says how: one parameter changes, all others keep their values",
    () => stage.crossAccount.removeSetupPermissions(integrationId),
    { holds: ({ script }) => script.includes("UsePreviousValue=true"), detail: ({ steps }) => steps[2] },
  );
  await story.expect(
    "before that, the proof fails and names the right that is left",
    () => stage.crossAccount.verifySetupRemoved(integrationId),
    { holds: ({ outcome }) => outcome === "present", detail: ({ reasons }) => reasons[0] },
  );
  const { integration } = await stage.crossAccount.inspectRole(integrationId);
  await story.expect(
    "acme updates the stack with SetupPhase=false",
    () =>
      updateByConsole(
        stage,
        updateLink(stage, integration.inspection.stackId),
        { param_SetupPhase: "false" },
        launch.stackName,
      ),
    { holds: (status) => status === "UPDATE_COMPLETE", detail: (status) => status },
  );
  await story.expect(
    "now it is proven: the role's own policies read, and a call that only they allowed denied twice",
    () => stage.crossAccount.verifySetupRemoved(integrationId),
    { holds: ({ outcome }) => outcome === "removed", detail: ({ canary }) => canary.join(", ") },
  );
  await story.refused(
    "and Orbit can make no bucket any more",
    () =>
      stage.s3With(stage.crossAccount.assumeCustomerRole("acme")).send(
        new CreateBucketCommand({
          Bucket: bucket,
          CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
        }),
      ),
    "AccessDenied",
  );
}

export async function driftShows(story, stage, integrationId, launch) {
  story.act("8. Somebody at acme attaches AdministratorAccess to Orbit's role", [
    "CloudFormation's own drift detection does not see it. The role reads itself and is compared with its template.",
  ]);
  const policy = { RoleName: launch.stackName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
  await stage.iam("customer").send(new AttachRolePolicyCommand(policy));
  await story.expect("Orbit names it", () => stage.crossAccount.inspectRole(integrationId), {
    holds: ({ findings }) => findings.length === 1 && findings[0].code === "foreign_policy_attached",
    detail: ({ findings }) => findings[0].text,
  });
  await stage.iam("customer").send(new DetachRolePolicyCommand(policy));
  await story.expect(
    "after it is gone the role is as its template made it",
    () => stage.crossAccount.inspectRole(integrationId),
    {
      holds: ({ inSync }) => inSync,
    },
  );
}

export async function templateChanges(story, stage, integrationId, launch) {
  story.act("9. Orbit needs a little more", [
    "A release describes one more permission. acme sees the difference in words before anything changes.",
  ]);
  const newer = stage.release(secondTemplate);
  await newer.publishTemplate();
  const update = await story.expect("the difference is named", () => newer.describeUpdate(integrationId), {
    holds: ({ upToDate, difference }) => !upToDate && difference.gains.length === 1 && difference.loses.length === 0,
    detail: ({ difference }) => difference.words,
  });
  const list = () => stage.s3With(newer.assumeCustomerRole("acme")).send(new ListObjectsV2Command({ Bucket: bucket }));
  await story.refused("before the update Orbit cannot list the reports", list, "AccessDenied");
  await story.expect("acme follows the update link", () => updateByConsole(stage, update.url, {}, launch.stackName), {
    holds: (status) => status === "UPDATE_COMPLETE",
    detail: (status) => status,
  });
  await story.expect("and then it can", list, { detail: ({ KeyCount }) => `${KeyCount} report` });
  await story.expect(
    "Orbit knows which integration runs which template",
    async () => {
      await newer.inspectRole(integrationId);
      return newer.listTemplateVersions();
    },
    {
      holds: (versions) =>
        versions.some(
          ({ offered, integrations }) => offered && integrations.some((each) => each.customerId === "acme"),
        ),
    },
  );
  return newer;
}

export async function externalIdChanges(story, stage, integrationId, launch) {
  story.act("10. The external ID is replaced, and access does not break for a moment", [
    "Both are accepted for a while; the new one is proven before it is used, the old one is proven to be denied.",
  ]);
  const { stackId } = (await stage.crossAccount.getIntegration(integrationId)).inspection;
  const { externalId: old } = await stage.crossAccount.roleDocuments(integrationId);
  const apply = async () => {
    const { parameters } = await stage.crossAccount.rotateExternalId(integrationId);
    const typed = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`param_${name}`, value]));
    return updateByConsole(stage, updateLink(stage, stackId), typed, launch.stackName);
  };
  await apply();
  await story.expect(
    "acme lets both in; the new one is probed like the first, and taken",
    () => stage.crossAccount.advanceRotation(integrationId),
    {
      holds: ({ outcome }) => outcome === "taken",
    },
  );
  await story.expect("Orbit's client goes on with it", () =>
    stage.crossAccount.assumeCustomerRole("acme").credentials(),
  );
  await story.expect(
    "the old one still works, and that is not hidden",
    () => stage.crossAccount.advanceRotation(integrationId),
    {
      holds: ({ outcome }) => outcome === "waiting",
      detail: ({ reason }) => reason,
    },
  );
  await apply();
  await story.expect(
    "acme takes it out; denied twice, it is over",
    () => stage.crossAccount.advanceRotation(integrationId),
    {
      holds: ({ outcome, integration }) => outcome === "retired" && integration.rotation === null,
    },
  );
  const { externalId } = await stage.crossAccount.roleDocuments(integrationId);
  await story.expect("it is another one than before", async () => externalId !== old, { holds: (changed) => changed });
}
