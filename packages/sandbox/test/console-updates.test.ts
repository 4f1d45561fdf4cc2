// Stacks that are there already: updated, looked at first, deleted.
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldsOf, publish, ROLE_TEMPLATE } from "./console-clients.js";
import { ACKNOWLEDGED, address, customerOf, refusalIn } from "./console-customer.js";

let sandbox: Sandbox;
let customer: ReturnType<typeof customerOf>;
beforeAll(async () => {
  sandbox = await startSandbox();
  customer = customerOf(sandbox, await publish(sandbox, "role.json", ROLE_TEMPLATE));
});
afterAll(() => sandbox.stop());

describe("updating a stack", () => {
  const update = (name: string, more: Readonly<Record<string, string>> = {}) =>
    address("/_console/cloudformation/update", { stackId: name, ...more });

  it("keeps every value that is not changed, secrets too", async () => {
    const url = await publish(sandbox, "secret.json", {
      ...ROLE_TEMPLATE,
      Outputs: { Secret: { Value: { Ref: "ApiKey" } } },
    });
    await customer.submit(customer.linked("kept", { templateURL: url }), {
      param_ApiKey: "first-secret",
      ...ACKNOWLEDGED,
    });
    const page = await (await customer.signedIn()).get(update("kept"));
    expect(fieldsOf(page.text)).toMatchObject({ param_ExternalId: "acme-7f3a9c", param_ApiKey: "", templateURL: "" });
    const done = await customer.submit(update("kept"), { step: "update", param_SetupPhase: "false", ...ACKNOWLEDGED });
    expect(done.status).toBe(303);
    expect(await customer.parametersOf("kept")).toMatchObject({ ExternalId: "acme-7f3a9c", SetupPhase: "false" });
    expect((await customer.stackOf("kept"))?.Outputs?.[0]?.OutputValue).toBe("first-secret");
  });

  it("is looked at first: what changes, then done or discarded", async () => {
    const browser = await customer.signedIn();
    await customer.submit(customer.linked("looked"), ACKNOWLEDGED, browser);
    const preview = async () => {
      const made = await customer.submit(
        update("looked"),
        { step: "preview", param_SetupPhase: "false", ...ACKNOWLEDGED },
        browser,
      );
      expect(made.status).toBe(303);
      return made.headers.get("location") ?? "";
    };
    const first = await preview();
    const { text } = await browser.get(first);
    expect(text).toMatch(/Remove[^]*SetupPolicy/);
    expect(text).toMatch(/SetupPhase[^]*true[^]*false/);
    expect((await customer.submit(first, { step: "discard" }, browser)).status).toBe(303);
    expect(refusalIn(await browser.get(first))).toMatch(/^404 ChangeSetNotFound/);
    expect(await customer.parametersOf("looked")).toMatchObject({ SetupPhase: "true" });
    expect((await customer.submit(await preview(), { step: "execute" }, browser)).status).toBe(303);
    expect(await customer.parametersOf("looked")).toMatchObject({ SetupPhase: "false" });
  });

  it("takes another template, with the values that both have", async () => {
    await customer.submit(customer.linked("newer"), ACKNOWLEDGED);
    const Parameters = { ...ROLE_TEMPLATE.Parameters, Note: { Type: "String", Default: "new" } };
    const url = await publish(sandbox, "newer.json", { ...ROLE_TEMPLATE, Parameters });
    const done = await customer.submit(update("newer", { templateURL: url }), { step: "update", ...ACKNOWLEDGED });
    // A parameter that nothing uses changes nothing.
    expect(refusalIn(done)).toBe("400 ValidationError: No updates are to be performed.");
    const real = await publish(sandbox, "newest.json", {
      ...ROLE_TEMPLATE,
      Parameters,
      Outputs: { Note: { Value: { Ref: "Note" } } },
    });
    await customer.submit(update("newer", { templateURL: real }), { step: "update", ...ACKNOWLEDGED });
    expect(await customer.parametersOf("newer")).toMatchObject({ ExternalId: "acme-7f3a9c", Note: "new" });
  });

  it("that changes nothing, or is not acknowledged, or says not what to do is refused in place", async () => {
    await customer.submit(customer.linked("same"), ACKNOWLEDGED);
    expect(refusalIn(await customer.submit(update("same"), { step: "preview", ...ACKNOWLEDGED }))).toMatch(
      /^400 Refused: The submitted information/,
    );
    expect((await customer.cfn().listChangeSets({ StackName: "same" })).Summaries ?? []).toEqual([]);
    const unticked = await customer.submit(update("same"), { step: "update", param_SetupPhase: "false" });
    expect(refusalIn(unticked)).toMatch(/^400 InsufficientCapabilitiesException/);
    expect(fieldsOf(unticked.text)).toMatchObject({ param_SetupPhase: "false" });
    expect((await customer.submit(update("same"), { step: "else" })).status).toBe(400);
  });

  it("of a stack in another region does not find it", async () => {
    await customer.submit(customer.linked("here"), ACKNOWLEDGED);
    const { StackId = "" } = (await customer.stackOf("here")) ?? {};
    const answer = await (await customer.signedIn()).get(update(StackId, { region: "eu-west-1" }));
    expect(refusalIn(answer)).toBe(`400 ValidationError: Stack with id ${StackId} does not exist`);
  });
});

describe("deleting a stack", () => {
  const page = (name: string) => address("/_console/cloudformation/delete", { stackId: name });

  it("takes the stack's name, typed", async () => {
    await customer.submit(customer.linked("doomed"), ACKNOWLEDGED);
    for (const confirmation of ["", "Doomed", "doomed ", "yes"]) {
      const refused = await customer.submit(page("doomed"), { confirmation });
      expect(refusalIn(refused)).toBe("400 Refused: This is not the stack&#39;s name.");
    }
    expect((await customer.stackOf("doomed"))?.StackStatus).toBe("CREATE_COMPLETE");
    const { StackId = "" } = (await customer.stackOf("doomed")) ?? {};
    const done = await customer.submit(page("doomed"), { confirmation: "doomed" });
    expect(done.status).toBe(303);
    expect((await customer.stackOf(StackId))?.StackStatus).toBe("DELETE_COMPLETE");
    const { text } = await (await customer.signedIn()).get(done.headers.get("location") ?? "");
    expect(text).toContain("DELETE_COMPLETE");
    expect(text).not.toContain(">Delete</a>");
  });

  it("that is protected is refused in place", async () => {
    await customer.submit(customer.linked("guarded"), ACKNOWLEDGED);
    await customer.cfn().updateTerminationProtection({ StackName: "guarded", EnableTerminationProtection: true });
    expect(refusalIn(await customer.submit(page("guarded"), { confirmation: "guarded" }))).toBe(
      "400 ValidationError: Stack [guarded] cannot be deleted while TerminationProtection is enabled",
    );
  });
});
