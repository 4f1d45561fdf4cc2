// The last resort's whole trip: the template that the setup gives is launched as it is, and its user is what it says.
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addHub } from "../dist/hubs/add-hub.js";
import { createUserTemplate } from "../dist/setup/iam-user-template.js";
import { createFakePrompt, DEV, HUB } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

const REQUIRED = ["s3:ListAllMyBuckets", "s3:GetObject"];

let person: PersonsHome;
let serial = "";
let keys = { accessKeyId: "", secretAccessKey: "" };
beforeEach(async () => {
  person = await startPersonsHome();
  const [shown] = await createUserTemplate("my-tool", REQUIRED);
  const { admin } = person.sandbox.account(HUB);
  const cloudFormation = new CloudFormationClient({ ...at(), credentials: admin });
  const stack = {
    StackName: "my-tool-user",
    TemplateBody: shown?.text,
    Capabilities: ["CAPABILITY_NAMED_IAM" as const],
  };
  await cloudFormation.send(new CreateStackCommand(stack));
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: "my-tool-user" }));
  expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
  const { Users = [] } = await new IAMClient({ ...at(), credentials: admin }).send(
    new ListUsersCommand({ PathPrefix: "/my-tool/" }),
  );
  expect(Users).toHaveLength(1);
  const userName = Users[0]?.UserName ?? "";
  serial = person.sandbox.issueMfaDevice(HUB, userName).serialNumber;
  keys = person.sandbox.issueKey(HUB, userName);
});
afterEach(() => person[Symbol.asyncDispose]());

const at = () => ({ region: "eu-west-1", endpoint: person.sandbox.endpoint });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "granted",
    (error: unknown) => (error as Error).name,
  );

describe("a user by the setup's template", () => {
  test("may do what the tool needs with a code, and nothing without one", async () => {
    const prompt = createFakePrompt(() => person.sandbox.mfaCode(serial));
    const auth = person.auth({ prompt, identity: "my-tool", requiredActions: REQUIRED });
    const home = await auth.home();
    // Its device is found by asking AWS: the template lets it look at itself.
    await addHub(home.context, await home.hubs(), { name: "my-tool", keys, record: home.record });
    const config = await auth.getAwsConfig();
    expect(prompt.asked).toHaveLength(1);
    expect(await codeOf(new S3Client({ ...config, ...at() }).send(new ListBucketsCommand({})))).toBe("granted");
    expect(await codeOf(new S3Client({ ...at(), credentials: keys }).send(new ListBucketsCommand({})))).toBe(
      "AccessDenied",
    );
    const { actions } = await auth.checkRequiredActions();
    expect(actions.map(({ action, answer }) => [action, answer])).toEqual([
      ["s3:ListAllMyBuckets", "allowed"],
      ["s3:GetObject", "allowed"],
    ]);
  });

  test("is never told that its keys alone may do anything", async () => {
    const named = person.inIni("bare").replace(person.keys.accessKeyId, keys.accessKeyId);
    await person.aws("credentials", named.replace(person.keys.secretAccessKey, keys.secretAccessKey));
    const bare = person.auth({ profile: "bare", requiredActions: [...REQUIRED, "ec2:DescribeInstances"] });
    const { actions } = await bare.checkRequiredActions();
    expect(actions.map(({ answer }) => answer)).not.toContain("allowed");
  });

  test("may do nothing else", async () => {
    const prompt = createFakePrompt(() => person.sandbox.mfaCode(serial));
    const auth = person.auth({ prompt, identity: "my-tool" });
    const home = await auth.home();
    await addHub(home.context, await home.hubs(), { name: "my-tool", keys, record: home.record });
    const config = await auth.getAwsConfig();
    expect(await codeOf(new IAMClient({ ...config, ...at() }).send(new ListUsersCommand({})))).toBe("AccessDenied");
    const role = { RoleArn: `arn:aws:iam::${DEV}:role/DEVELOPER`, RoleSessionName: "x1" };
    expect(await codeOf(new STSClient({ ...config, ...at() }).send(new AssumeRoleCommand(role)))).toBe("AccessDenied");
  });
});
