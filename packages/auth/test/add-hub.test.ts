// Setting up a hub, where the user may not look their devices up, and where codes come from a stored secret.
import { afterEach, describe, expect, test } from "vitest";
import { createHubUserSource } from "../dist/hubs/hub-sources.js";
import { ALICE_DEVICE, ALICE_SEED, codeOf } from "./hub-world.js";
import { closeHubs, startPersonsHub } from "./persons-hub.js";

afterEach(closeHubs);

describe("adding a hub", () => {
  test("with a TOTP secret stores it, and codes come from it without anybody being asked", async () => {
    const hub = await startPersonsHub();
    await hub.add({ codes: { from: "totp" }, totpSecret: ALICE_SEED });
    expect(hub.secrets.held.get("hub/work/totp")).toBe(ALICE_SEED);
    await (await createHubUserSource(hub.context, hub.setting, "work")).get();
    expect([hub.prompt.asked, hub.count("GetSessionToken")]).toEqual([[], 1]);
  });

  test("with a TOTP secret that is none, or that nothing would use, asks AWS nothing and keeps nothing", async () => {
    const hub = await startPersonsHub();
    expect(await codeOf(hub.add({ codes: { from: "totp" }, totpSecret: "not base 32!" }))).toBe("invalid_option");
    expect(await codeOf(hub.add({ totpSecret: ALICE_SEED }))).toBe("invalid_option");
    expect([hub.count("GetCallerIdentity"), hub.secrets.held.size]).toEqual([0, 0]);
  });

  test("takes the named device where the user may not list devices, and asks for one where none is named", async () => {
    const hub = await startPersonsHub();
    const denied = {
      status: 403,
      code: "AccessDenied",
      message: "User is not authorized to perform: iam:ListMFADevices",
    };
    hub.sandbox.fault({ service: "iam", action: "ListMFADevices", ...denied });
    expect(await codeOf(hub.add())).toBe("access_denied");
    expect(await hub.add({ mfaSerial: ALICE_DEVICE })).toMatchObject({ mfaSerial: ALICE_DEVICE });
  });

  test("refuses a device that AWS says is not the user's", async () => {
    const hub = await startPersonsHub();
    expect(await codeOf(hub.add({ mfaSerial: `${ALICE_DEVICE}x` }))).toBe("mfa_required");
  });
});
