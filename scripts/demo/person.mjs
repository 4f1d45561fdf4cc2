// The other half: a person at a machine. One code for many roles, a sign-in by browser, and nothing taken by mistake.
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";

const whoIs = async (stage, access) => (await stage.sts(access).send(new GetCallerIdentityCommand({}))).Arn;

const refused = (work) =>
  work.then(
    () => ({ code: "nothing was refused" }),
    (error) => error,
  );

/** A hub user's MFA code is asked for once; every role follows from it. */
export async function oneCodeForManyRoles(story, stage) {
  story.act("18. A person: one MFA code for many roles", [
    "Alice's keys may do next to nothing by themselves: every role wants MFA. A tool asks her once, not once for each role.",
  ]);
  const keys = await stage.setUpHub();
  const role = { RoleArn: `arn:aws:iam::${stage.prod}:role/DEVELOPER`, RoleSessionName: "thief" };
  await story.expect(
    "her keys alone, stolen, open no role",
    () => refused(stage.sts({ credentials: keys }).send(new AssumeRoleCommand(role))),
    { holds: ({ name }) => name === "AccessDenied", detail: ({ name }) => name },
  );
  await story.expect(
    "the tool's three lines give her dev and prod, and ask her for one code",
    async () => [
      await whoIs(stage, await stage.tool({ identity: "dev/DEVELOPER" }).getAwsConfig()),
      await whoIs(stage, await stage.tool({ identity: "prod/DEVELOPER" }).getAwsConfig()),
    ],
    {
      holds: (arns) => new Set(arns).size === 2 && stage.asked.filter((kind) => kind === "mfa_code").length === 1,
      detail: () => `${stage.asked.length} question`,
    },
  );
  await story.expect(
    "a build is never asked: with nothing kept, it is refused at once",
    () => refused(stage.build({ identity: "dev/DEVELOPER" }).getAwsConfig()),
    { holds: ({ code }) => code === "prompt_unavailable" && stage.asked.length === 1, detail: ({ code }) => code },
  );
}

/** IAM Identity Center by authorization code with PKCE. */
export async function personSignsIn(story, stage) {
  story.act("19. A person: signing in by browser", [
    "Authorization code with PKCE, listening on 127.0.0.1 before the browser opens. The refresh token goes to the secret store.",
  ]);
  await stage.writeAwsConfig(
    `[sso-session corp]\nsso_start_url = ${stage.sandbox.startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n\n` +
      `[profile audit]\nsso_session = corp\nsso_account_id = ${stage.prod}\nsso_role_name = ReadOnly\nregion = eu-central-1\n`,
  );
  await story.expect(
    "a profile of Identity Center gives credentials of its permission set",
    async () => whoIs(stage, await stage.tool({ profile: "audit" }).getAwsConfig()),
    { holds: (arn) => arn.includes("AWSReservedSSO_ReadOnly_") && arn.endsWith("/alice"), detail: (arn) => arn },
  );
  await story.expect(
    "it cannot be made less by AWS, and that is said instead of passed over",
    () =>
      refused(
        stage
          .tool({ profile: "audit", narrowing: { policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } })
          .getAwsConfig(),
      ),
    { holds: ({ code }) => code === "cannot_narrow", detail: ({ hint }) => hint },
  );
}

/** What goes wrong with other tools. */
export async function nothingByMistake(story, stage) {
  story.act("20. A person: nothing is taken by mistake", [
    "A mistyped name must not become the default account, and a way that says no must not be passed over for another.",
  ]);
  await story.expect(
    "a mistyped profile is an error that names the right one",
    () => refused(stage.tool({ profile: "adit" }).getAwsConfig()),
    { holds: ({ code, hint }) => code === "not_found" && hint.includes("audit"), detail: ({ hint }) => hint },
  );
  await story.expect(
    "explain() says what would be tried, and asks neither AWS nor Alice",
    () => stage.tool({ identity: "prod/DEVELOPER" }).explain(),
    {
      holds: ({ steps }) => steps.some(({ step, outcome }) => step === "iam_user" && outcome === "would_be_tried"),
      detail: ({ steps }) => `${steps.length} ways, each with its reason`,
    },
  );
}
