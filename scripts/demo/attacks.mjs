// The second half: everything that must fail, tried for real, in front of the reader.
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { allow, assumeDirectly, createCustomerRole, createStackByLink } from "./access.mjs";
import { customerAccountId } from "./stage.mjs";

const nameOf = (roleArn) => roleArn.slice(roleArn.lastIndexOf("/") + 1);

const integrate = (stage, customerId, declaredAccountId) =>
  stage.crossAccount.createIntegration({ customerId, declaredAccountId });

const causesOf = ({ verification }) => verification.causes.map(({ code }) => code);

export async function confusedDeputy(story, stage, acme, roleArn) {
  story.act("11. Attack: make Orbit open acme's door for somebody else", [
    "Mallory is a customer too. She knows acme's role ARN, which is no secret, and lets Orbit's own service ask for it.",
  ]);
  await story.refused(
    "without an external ID",
    () => assumeDirectly(stage.sts(stage.vendorCredentials), roleArn),
    "AccessDenied",
  );
  const mallory = await integrate(stage, "mallory", null);
  const hers = await stage.crossAccount.roleDocuments(mallory.integrationId);
  await story.refused(
    "with Mallory's external ID",
    () => assumeDirectly(stage.sts(stage.vendorCredentials), roleArn, hers.externalId),
    "AccessDenied",
  );
  await story.expect(
    "Mallory pastes acme's role ARN into her own integration: it does not become hers",
    () => stage.crossAccount.verifyIntegration({ integrationId: mallory.integrationId, roleArn }),
    {
      holds: (result) =>
        result.integration.state === "unproven" &&
        result.integration.role === null &&
        causesOf(result).includes("wrong_external_id_in_trust"),
      detail: (result) => `AWS denies it; ${causesOf(result).length} possible causes are named, likeliest first`,
    },
  );
  await story.refused(
    "and she cannot hand in acme's external ID, even if she knows it",
    async () => {
      const { externalId } = await stage.crossAccount.roleDocuments(acme);
      return stage.crossAccount.verifyIntegration({ integrationId: mallory.integrationId, roleArn, externalId });
    },
    "invalid_option",
  );
  await story.refused(
    "with the right external ID, but from an account that acme does not trust",
    async () => {
      const { externalId } = await stage.crossAccount.roleDocuments(acme);
      return assumeDirectly(stage.sts(stage.admin("dev")), roleArn, externalId);
    },
    "AccessDenied",
  );
}

export async function carelessTrust(story, stage) {
  story.act("12. Attack: a role that trusts anyone", [
    "A customer leaves the external ID out of the trust policy, or weakens it. The right ID still opens, as it always does.",
  ]);
  const mistakes = [
    ["asks for no external ID", "external_id_not_required", () => ({})],
    [
      "accepts any external ID (StringLike *)",
      "external_id_pattern_too_wide",
      () => ({
        StringLike: { "sts:ExternalId": "*" },
      }),
    ],
    [
      "accepts whatever begins and ends like the right one",
      "external_id_pattern_too_wide",
      (externalId) => ({
        StringLike: { "sts:ExternalId": `${externalId.slice(0, 8)}*${externalId.slice(-8)}` },
      }),
    ],
    [
      "checks it only if it is there (StringEqualsIfExists)",
      "external_id_not_required",
      (externalId) => ({
        StringEqualsIfExists: { "sts:ExternalId": externalId },
      }),
    ],
    [
      "ignores upper and lower case",
      "external_id_case_ignored",
      (externalId) => ({
        StringEqualsIgnoreCase: { "sts:ExternalId": externalId },
      }),
    ],
  ];
  for (const [index, [words, cause, condition]] of mistakes.entries()) {
    const { integrationId } = await integrate(stage, `careless-${index}`, "444444444444");
    const { externalId } = await stage.crossAccount.roleDocuments(integrationId);
    await createCustomerRole(stage, integrationId, {
      account: "dev",
      edit(policy) {
        policy.Statement[0].Condition = condition(externalId);
        return policy;
      },
    });
    await story.expect(
      `a role that ${words} is refused`,
      () => stage.crossAccount.verifyIntegration({ integrationId }),
      {
        holds: (result) => result.integration.state === "unproven" && causesOf(result)[0] === cause,
        detail: (result) => result.verification.causes[0].text,
      },
    );
  }
}

export async function doubleClaim(story, stage, acme, roleArn) {
  story.act("13. Attack: a second customer claims acme's role", [
    "This one even has a helper inside acme's account, who lets the role accept both external IDs.",
  ]);
  const second = await integrate(stage, "acme-twin", customerAccountId);
  const [first, other] = await Promise.all(
    [acme, second.integrationId].map((id) => stage.crossAccount.roleDocuments(id)),
  );
  const policy = structuredClone(first.trustPolicy);
  policy.Statement[0].Condition.StringEquals["sts:ExternalId"] = [first.externalId, other.externalId];
  const trust = (document) =>
    stage
      .iam("customer")
      .send(new UpdateAssumeRolePolicyCommand({ RoleName: nameOf(roleArn), PolicyDocument: JSON.stringify(document) }));
  await trust(policy);
  await story.expect(
    "the probes succeed, and still the role stays with its first owner",
    () => stage.crossAccount.verifyIntegration({ integrationId: second.integrationId, roleArn }),
    {
      holds: (result) => result.integration.role === null && causesOf(result)[0] === "role_held_by_other_integration",
      detail: (result) => result.verification.causes[0].text,
    },
  );
  await trust(first.trustPolicy);
}

export async function recreatedRole(story, stage, acme, launch) {
  story.act("14. Attack: acme's role is deleted, and somebody makes a new one of the same name", [
    "Same ARN, same trust policy, same external ID: only AWS's unique id for the role tells the two apart.",
  ]);
  await stage.cloudFormation("customer").send(new DeleteStackCommand({ StackName: launch.stackName }));
  const { externalId } = await stage.crossAccount.roleDocuments(acme);
  // The old link, with the external ID of today: everything that a stranger could know.
  const link = launch.url.replace(launch.parameters.ExternalId, externalId);
  await createStackByLink(stage, link, "customer");
  await stage.settled("customer", launch.stackName);
  // Until its session ends, Orbit holds credentials of the old role, which AWS does not honour any more.
  stage.moveClock(61 * 60_000);
  await story.refused(
    "Orbit notices at the next session and hands nothing out",
    () => stage.crossAccount.assumeCustomerRole("acme").credentials(),
    "integration_not_active",
  );
  await story.expect(
    "the integration is suspended until somebody has looked",
    () => stage.crossAccount.getIntegration(acme),
    {
      holds: ({ state }) => state === "suspended",
      detail: ({ reason }) => reason,
    },
  );
}

export async function pinnedPrincipal(story, stage) {
  story.act("15. The same attack from the other side: a trusted role of the vendor's is re-created", [
    "AWS binds a role that a trust policy names to its unique id. The sandbox does too, so tests can rely on it.",
  ]);
  const vendor = stage.iam("vendor");
  const create = async () => {
    await vendor.send(
      new CreateRoleCommand({
        RoleName: "orbit-batch",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { AWS: stage.serviceRoleArn }, Action: "sts:AssumeRole" }],
        }),
      }),
    );
    await vendor.send(
      new PutRolePolicyCommand({
        RoleName: "orbit-batch",
        PolicyName: "assume",
        PolicyDocument: allow("sts:AssumeRole", "*"),
      }),
    );
  };
  await create();
  const batchArn = stage.serviceRoleArn.replace("orbit-service", "orbit-batch");
  await stage.iam("stage").send(
    new CreateRoleCommand({
      RoleName: "trusts-batch",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: batchArn }, Action: "sts:AssumeRole" }],
      }),
    }),
  );
  const enter = async () => {
    const { Credentials } = await assumeDirectly(stage.sts(stage.vendorCredentials), batchArn);
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return assumeDirectly(stage.sts(credentials), "arn:aws:iam::555555555555:role/trusts-batch");
  };
  await story.expect("the role that the trust policy named gets in", enter);
  await vendor.send(new DeleteRolePolicyCommand({ RoleName: "orbit-batch", PolicyName: "assume" }));
  await vendor.send(new DeleteRoleCommand({ RoleName: "orbit-batch" }));
  await create();
  await story.refused("a new role of the same name does not", enter, "AccessDenied");
}

export async function partWays(story, stage, acme, launch) {
  story.act("16. acme and Orbit part ways", [
    "Revoking is immediate in Orbit, final, and says truthfully what it does not end.",
  ]);
  await story.expect(
    "acme's administrator confirms the new role: it is proven again, from the beginning",
    () => stage.crossAccount.verifyIntegration({ integrationId: acme }),
    {
      holds: ({ integration }) => integration.state === "active",
    },
  );
  const { externalId } = await stage.crossAccount.roleDocuments(acme);
  const access = stage.crossAccount.assumeCustomerRole("acme");
  await story.expect("Orbit has access again", () => access.credentials());
  await story.expect(
    "Orbit revokes the integration",
    () => stage.crossAccount.revoke({ integrationId: acme, reason: "contract ended" }),
    {
      holds: ({ integration }) => integration.state === "revoked",
      detail: ({ sessionsMayLiveUntil }) =>
        sessionsMayLiveUntil === null
          ? ""
          : `sessions handed out earlier may live until ${sessionsMayLiveUntil.toISOString()}`,
    },
  );
  await story.refused(
    "from this moment on nothing is handed out",
    () => access.credentials(),
    "integration_not_active",
  );
  await story.expect(
    "AWS itself would still let Orbit in, and Orbit says so",
    () => stage.crossAccount.probeAccess(acme),
    { holds: ({ access }) => access === "possible", detail: ({ reason }) => reason },
  );
  await stage.cloudFormation("customer").send(new DeleteStackCommand({ StackName: launch.stackName }));
  await story.expect(
    "acme deletes the stack; asked again, and once more after a minute, the door is gone",
    () => stage.crossAccount.probeAccess(acme),
    { holds: ({ access }) => access === "gone", detail: ({ reason }) => reason },
  );
  await story.expect(
    "every step is in the audit, and no external ID is",
    async () => {
      const events = await stage.store.listEvents({ limit: 1000 });
      return { count: events.length, text: JSON.stringify(events) };
    },
    {
      holds: ({ count, text }) => count > 40 && !text.includes(externalId),
      detail: ({ count }) => `${count} events`,
    },
  );
}
