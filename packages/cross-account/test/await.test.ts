// Waiting for a customer: polls where they said the role would be, and nothing is lost when it stops.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER, openVendorWorld, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
beforeEach(async () => {
  // Waiting moves the clock, so that time passes without anybody waiting.
  world = await openVendorWorld({
    wait: async (milliseconds) => {
      world.waits.push(milliseconds);
      world.clock.advance(milliseconds);
      await world.meanwhile.shift()?.();
    },
  });
});
afterEach(() => world.sandbox.stop());

const make = (declaredAccountId: string | null = CUSTOMER) =>
  world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId });

describe("waiting for the role", () => {
  it("asks soon and then more rarely, and verifies it once it lets us in", async () => {
    const { integrationId } = await make();
    for (let pause = 0; pause < 8; pause++) world.meanwhile.push(async () => undefined);
    world.meanwhile.push(() => world.createRole(integrationId));
    const verified = await world.crossAccount.awaitIntegration({ integrationId });
    expect(verified?.integration.state).toBe("active");
    const pauses = world.waits.slice(0, 9);
    expect(pauses[0]).toBe(3000);
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
  });

  it("stops when its time is over, and goes on where it was when called again", async () => {
    const { integrationId } = await make();
    expect(await world.crossAccount.awaitIntegration({ integrationId, timeoutSeconds: 20 })).toBeUndefined();
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("pending");
    await world.createRole(integrationId);
    const again = await world.crossAccount.awaitIntegration({ integrationId, timeoutSeconds: 20 });
    expect(again?.integration.state).toBe("active");
  });

  it("may be done by several processes, and by a pasted ARN at the same time", async () => {
    const { integrationId } = await make();
    const roleArn = await world.createRole(integrationId);
    const answers = await Promise.allSettled([
      world.crossAccount.awaitIntegration({ integrationId }),
      world.another().awaitIntegration({ integrationId }),
      world.another().verifyIntegration({ integrationId, roleArn }),
    ]);
    expect(answers.every(({ status }) => status === "fulfilled")).toBe(true);
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("active");
  });

  it("returns what is wrong with a role that lets in too many, and hands out nothing", async () => {
    const { integrationId } = await make();
    await world.createRole(integrationId, { condition: () => undefined });
    const verified = await world.crossAccount.awaitIntegration({ integrationId });
    expect(verified?.integration.state).toBe("unproven");
    expect(verified?.verification.causes[0]?.code).toBe("external_id_not_required");
  });

  it("ends when the integration is revoked meanwhile, or the caller gives up", async () => {
    const { integrationId } = await make();
    world.meanwhile.push(() => world.crossAccount.revoke({ integrationId, reason: "changed their mind" }));
    const waiting = world.crossAccount.awaitIntegration({ integrationId });
    await expect(waiting).rejects.toMatchObject({ code: "integration_not_active" });
    const other = await world.crossAccount.createIntegration({ customerId: "other", declaredAccountId: CUSTOMER });
    const controller = new AbortController();
    world.meanwhile.push(async () => controller.abort());
    const given = world.crossAccount.awaitIntegration({
      integrationId: other.integrationId,
      signal: controller.signal,
    });
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
  });

  it("needs an account to look in", async () => {
    const { integrationId } = await make(null);
    await expect(world.crossAccount.awaitIntegration({ integrationId })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });
});
