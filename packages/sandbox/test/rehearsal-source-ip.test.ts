// Where calls come from, as policies see it: as the sandbox was told, and never as the request says.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientsOf } from "./iam-clients.js";
import { ask, assumeRole, identity, stsIn } from "./rehearsal-clients.js";
import { send, shown, signIdentityCall } from "./signed-request.js";
import { allowing, document, keysOf, outcome, roleArn, trusting, VENDOR, world } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";

const OFFICE = "203.0.113.9";
const fromOffice = { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:db8:1::/48"] } };
let sandbox: Sandbox;
let ada: Keys;
beforeEach(async () => {
  sandbox = await startSandbox({
    world: world({
      roles: [
        { name: "role", trustPolicy: document(trusting({ AWS: VENDOR }, fromOffice)) },
        {
          name: "lister",
          trustPolicy: document(trusting({ AWS: VENDOR })),
          policies: { may: allowing(["iam:ListUsers", "sts:AssumeRole"], "*", fromOffice) },
        },
        {
          name: "next",
          trustPolicy: document(trusting({ AWS: roleArn("lister") })),
          policies: { may: allowing("iam:ListUsers", "*", fromOffice) },
        },
      ],
      users: [{ name: "ada", policies: { may: allowing("iam:ListUsers", "*", fromOffice) } }],
    }),
  });
  ada = sandbox.issueKey("customer", "ada");
});
afterEach(() => sandbox.stop());

const lists = async (keys: Keys) => (await outcome(clientsOf(sandbox).iam(keys).listUsers({}))).split(" ", 2).join(" ");
const vendorKey = () => sandbox.account("vendor").admin.accessKeyId;
const last = () => sandbox.calls().at(-1);

describe("the source IP", () => {
  it("is the connection's unless something else is said", async () => {
    expect(await lists(ada)).toBe("403 AccessDenied");
    expect(last()?.sourceIp).toBe("127.0.0.1");
  });

  it.each([OFFICE, "2001:db8:1::5"])("can be said for every call, and is recorded: %s", async (address) => {
    sandbox.setSourceIp(address);
    expect(await lists(ada)).toBe("ok");
    expect(last()?.sourceIp).toBe(address);
    sandbox.setSourceIp("198.51.100.1");
    expect(await lists(ada)).toBe("403 AccessDenied");
    sandbox.setSourceIp(null);
    await lists(ada);
    expect(last()?.sourceIp).toBe("127.0.0.1");
  });

  it("can be an option from the start", async () => {
    await using office = await startSandbox({ sourceIp: OFFICE });
    await identity(stsIn(office));
    expect(office.calls().at(-1)?.sourceIp).toBe(OFFICE);
  });

  it("can be said for one key, before what is said for every call", async () => {
    const other = sandbox.issueKey("customer", "ada");
    sandbox.setSourceIp("198.51.100.1");
    sandbox.setSourceIp(OFFICE, ada.accessKeyId);
    expect([await lists(ada), await lists(other)]).toEqual(["ok", "403 AccessDenied"]);
    sandbox.setSourceIp(null, ada.accessKeyId);
    expect(await lists(ada)).toBe("403 AccessDenied");
  });

  it("of a key decides about the roles that it may assume", async () => {
    expect(await outcome(assumeRole(stsIn(sandbox)))).toMatch(/^403 AccessDenied/);
    sandbox.setSourceIp(OFFICE, vendorKey());
    expect(await outcome(assumeRole(stsIn(sandbox)))).toBe("ok");
  });

  it("of a key is that of its sessions, and of theirs, until something else is said for a session", async () => {
    sandbox.setSourceIp(OFFICE, vendorKey());
    const session = keysOf(await assumeRole(stsIn(sandbox), roleArn("lister")));
    const next = keysOf(await assumeRole(stsIn(sandbox, { keys: session }), roleArn("next")));
    expect([await lists(session), await lists(next)]).toEqual(["ok", "ok"]);
    // Stolen, and used elsewhere.
    sandbox.setSourceIp("198.51.100.1", session.accessKeyId);
    expect([await lists(session), await lists(next)]).toEqual(["403 AccessDenied", "403 AccessDenied"]);
    sandbox.setSourceIp(OFFICE, next.accessKeyId);
    expect([await lists(session), await lists(next)]).toEqual(["403 AccessDenied", "ok"]);
  });

  it("is never what a request says of itself", async () => {
    const claims = {
      "x-forwarded-for": OFFICE,
      "x-real-ip": OFFICE,
      forwarded: `for=${OFFICE}`,
      "x-amzn-source-ip": OFFICE,
      "true-client-ip": OFFICE,
      "cf-connecting-ip": OFFICE,
    };
    const signed = await signIdentityCall({
      endpoint: sandbox.endpoint,
      keys: ada,
      service: "iam",
      region: "us-east-1",
      headers: claims,
      body: "Action=ListUsers&Version=2010-05-08",
    });
    expect(shown(await send(sandbox.endpoint, signed))).toBe("403 AccessDenied");
    expect(last()?.sourceIp).toBe("127.0.0.1");
  });

  it("is not the caller's when CloudFormation calls", async () => {
    sandbox.setSourceIp(OFFICE);
    const keys = await clientsOf(sandbox).userWith(
      "deployer",
      JSON.stringify(
        document(
          { Effect: "Allow", Action: "cloudformation:*", Resource: "*" },
          { Effect: "Allow", Action: "iam:*", Resource: "*", Condition: fromOffice },
        ),
      ),
    );
    const cloudFormation = new CloudFormation({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: keys });
    await cloudFormation.createStack({
      StackName: "s",
      TemplateBody: JSON.stringify({ Resources: { User: { Type: "AWS::IAM::User" } } }),
      Capabilities: ["CAPABILITY_IAM"],
    });
    expect((await cloudFormation.describeStacks({ StackName: "s" })).Stacks?.[0]?.StackStatus).toMatch(/^ROLLBACK/);
  });
});

describe("the control door's source-ip", () => {
  it("says it for every call or one key, and shows it", async () => {
    expect((await ask(sandbox, "POST", "source-ip", { address: "198.51.100.1" })).status).toBe(200);
    const order = { address: OFFICE, accessKeyId: ada.accessKeyId };
    expect((await ask(sandbox, "POST", "source-ip", order)).status).toBe(200);
    expect(await lists(ada)).toBe("ok");
    expect((await ask(sandbox, "GET", "state")).body["sourceIp"]).toEqual({
      everywhere: "198.51.100.1",
      byKey: { [ada.accessKeyId]: OFFICE },
    });
  });

  it.each<[unknown, string]>([
    [{ address: "203.0.113.0/24" }, "address"],
    [{ address: "203.0.113.256" }, "address"],
    [{ address: "fe80::1%lo" }, "address"],
    [{ address: "" }, "address"],
    [{ address: 5 }, "address"],
    [{}, "address"],
    [{ address: OFFICE, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, "there is no access key of this id"],
    [{ address: OFFICE, accessKey: "AKIAIOSFODNN7EXAMPLE" }, "accessKey"],
  ])("refuses %j", async (body, place) => {
    const { status, body: answer } = await ask(sandbox, "POST", "source-ip", body);
    expect([status, answer["error"]]).toEqual([400, expect.stringContaining(place)]);
  });

  it("takes the token and nothing less, like every order", async () => {
    const orders: readonly (readonly [string, unknown])[] = [
      ["source-ip", { address: OFFICE }],
      ["faults", { kind: "outage", service: "sts", mode: "unavailable" }],
      ["clock", { advanceSeconds: 3600 }],
    ];
    for (const [path, body] of orders) {
      for (const token of ["", "0".repeat(64)]) {
        const response = await fetch(`${sandbox.endpoint}/_sandbox/${token}/${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        expect(response.status).toBe(404);
      }
    }
    const { body } = await ask(sandbox, "GET", "state");
    expect(body).toMatchObject({ faults: [], sourceIp: { byKey: {} } });
    expect(Math.abs(Date.parse(String(body["now"])) - Date.now())).toBeLessThan(60_000);
  });
});
