// Session tags and the source identity: who may set them, and what chaining hands on.
import { GetAccessKeyInfoCommand } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assume, keysOf, outcome, roleArn, sts, VENDOR } from "./sts-clients.js";
import { theWorld } from "./sts-world.js";

let sandbox: Sandbox;
let client: ReturnType<typeof sts>;
beforeEach(async () => {
  sandbox = await startSandbox({ world: theWorld });
  client = sts(sandbox, sandbox.account("vendor").admin);
});
afterEach(() => sandbox.stop());

const session = async (name: string, more = {}) => sts(sandbox, keysOf(await assume(client, roleArn(name), more)));
const keyInfo = (who: typeof client) =>
  outcome(who.send(new GetAccessKeyInfoCommand({ AccessKeyId: sandbox.account("prod").admin.accessKeyId })));

describe("session tags", () => {
  const red = [{ Key: "team", Value: "red" }];

  it("need sts:TagSession in the trust policy", async () => {
    expect(await outcome(assume(client, roleArn("plain"), { Tags: red }))).toBe(
      `403 AccessDenied User: arn:aws:iam::${VENDOR}:user/admin is not authorized to perform: sts:TagSession on resource: ${roleArn("plain")}`,
    );
    expect(await outcome(assume(client, roleArn("tagged"), { Tags: red, TransitiveTagKeys: ["team"] }))).toBe("ok");
  });

  it("need sts:TagSession in the caller's policies too", async () => {
    const assumer = sts(sandbox, sandbox.issueKey("vendor", "assumer"));
    expect(await outcome(assume(assumer, roleArn("tagged")))).toBe("ok");
    expect(await outcome(assume(assumer, roleArn("tagged"), { Tags: red }))).toMatch(
      /^403 AccessDenied .*sts:TagSession/,
    );
  });

  it("are judged by value, key and transitivity", async () => {
    const tags = (team: string, more: readonly { Key: string; Value: string }[] = []) => ({
      Tags: [{ Key: "team", Value: team }, ...more],
    });
    expect(await outcome(assume(client, roleArn("tagged"), tags("green")))).toMatch(/^403 AccessDenied/);
    expect(await outcome(assume(client, roleArn("tagged"), tags("red", [{ Key: "admin", Value: "yes" }])))).toMatch(
      /^403 AccessDenied/,
    );
    const cost = [{ Key: "cost", Value: "1" }];
    expect(await outcome(assume(client, roleArn("tagged"), tags("red", cost)))).toBe("ok");
    expect(
      await outcome(assume(client, roleArn("tagged"), { ...tags("red", cost), TransitiveTagKeys: ["cost"] })),
    ).toMatch(/^403 AccessDenied/);
  });

  it("overlay the role's tags as aws:PrincipalTag, without regard to the key's case", async () => {
    expect(await keyInfo(await session("by-tag"))).toMatch(/^403 AccessDenied/);
    expect(await keyInfo(await session("by-tag", { Tags: red }))).toBe("ok");
  });

  it("must be unique without regard to case, unreserved, and present when transitive", async () => {
    const refusedTags = async (more: object) => outcome(assume(client, roleArn("open"), more));
    expect(await refusedTags({ Tags: [...red, { Key: "TEAM", Value: "x" }] })).toMatch(/^400 InvalidParameterValue/);
    expect(await refusedTags({ Tags: [{ Key: "aws:team", Value: "x" }] })).toMatch(/^400 InvalidParameterValue/);
    expect(await refusedTags({ Tags: red, TransitiveTagKeys: ["other"] })).toMatch(/^400 InvalidParameterValue/);
  });

  it("that are transitive go on to the next role and cannot be overridden there", async () => {
    const hub = await session("open", { Tags: [...red, { Key: "only", Value: "here" }], TransitiveTagKeys: ["team"] });
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { Tags: [{ Key: "Team", Value: "blue" }] }))).toMatch(
      /^400 InvalidParameterValue/,
    );
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { Tags: [{ Key: "only", Value: "there" }] }))).toBe("ok");
  });

  it("that come along by chaining need sts:TagSession as well", async () => {
    const plain = await session("open");
    expect(await outcome(assume(plain, roleArn("next-untagged")))).toBe("ok");
    const carrying = await session("open", { Tags: red, TransitiveTagKeys: ["team"] });
    expect(await outcome(assume(carrying, roleArn("next-untagged")))).toMatch(/^403 AccessDenied .*sts:TagSession/);
  });
});

describe("the source identity", () => {
  it("needs sts:SetSourceIdentity in the trust policy and is judged by value", async () => {
    expect(await outcome(assume(client, roleArn("plain"), { SourceIdentity: "ada" }))).toMatch(
      /^403 AccessDenied .*is not authorized to perform: sts:SetSourceIdentity on resource/,
    );
    expect(await outcome(assume(client, roleArn("sourced"), { SourceIdentity: "bob" }))).toMatch(/^403 AccessDenied/);
    const { SourceIdentity } = await assume(client, roleArn("sourced"), { SourceIdentity: "ada.l" });
    expect(SourceIdentity).toBe("ada.l");
  });

  it("needs sts:SetSourceIdentity in the caller's policies too", async () => {
    const assumer = sts(sandbox, sandbox.issueKey("vendor", "assumer"));
    expect(await outcome(assume(assumer, roleArn("sourced"), { SourceIdentity: "ada" }))).toMatch(/^403 AccessDenied/);
  });

  it("goes on through chained sessions and cannot be changed there", async () => {
    const hub = await session("open", { SourceIdentity: "ada" });
    expect((await assume(hub, roleArn("deep/er/next"))).SourceIdentity).toBe("ada");
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { SourceIdentity: "ada" }))).toBe("ok");
    expect(await outcome(assume(hub, roleArn("deep/er/next"), { SourceIdentity: "eve" }))).toMatch(
      /^403 AccessDenied .*SetSourceIdentity/,
    );
    expect(await outcome(assume(hub, roleArn("next-untagged")))).toMatch(/^403 AccessDenied .*SetSourceIdentity/);
  });
});
