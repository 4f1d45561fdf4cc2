// Signing in with a code on another device, on the sandbox's Identity Center, whose clock is ours.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestPrompt, nobody, openDesk, SESSION, START_URL, type Desk } from "./sso-desk.js";

let desk: Desk;
let waits: number[];
/** What happens on the other device while we wait for the nth time. */
let meanwhile: (nth: number) => void;
beforeEach(async () => {
  desk = await openDesk();
  waits = [];
  meanwhile = () => undefined;
});
afterEach(() => desk.close());

const userCode = () => desk.prompt.told.find((line) => /^ {4}[A-Z0-9-]+$/.test(line))?.trim() ?? "";

const deviceTokens = (changed: Parameters<Desk["tokens"]>[0] = {}) =>
  desk.tokens({
    mode: "device_code",
    sleep: async (milliseconds) => {
      waits.push(milliseconds / 1000);
      desk.pass(milliseconds);
      meanwhile(waits.length);
    },
    ...changed,
  });

const orderFault = (code: string, status: number, times: number) =>
  desk.sandbox.fault({ service: "sso-oidc", action: "CreateToken", code, status, message: "as ordered", times });

const actions = () => desk.sandbox.calls().map(({ action, errorCode }) => errorCode ?? action);

describe("a sign-in with a code", () => {
  it("waits until the code is approved on the other device", async () => {
    meanwhile = (nth) => {
      if (nth === 3) desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    };
    expect(await deviceTokens().getAccessToken()).toMatch(/^.{20,}$/);
    expect(waits).toEqual([1, 1, 1]);
    expect(await desk.tokens().status()).toMatchObject({ isSignedIn: true, renewable: "yes" });
    expect(desk.opened).toEqual([]);
  });

  it("asks the person first, and says what the code is for and to compare it", async () => {
    meanwhile = () => desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    await deviceTokens({ clientName: "shipyard" }).getAccessToken();
    expect(desk.prompt.asked).toEqual([
      { kind: "confirmation", message: `Sign shipyard in to ${START_URL} with a code on another device?` },
    ]);
    const told = desk.prompt.told.join("\n");
    expect(userCode()).not.toBe("");
    expect(told).toContain("compare the code on the page");
    expect(told).toContain("The code lets shipyard on this machine act as you.");
    expect(told).toContain("Approve no code that you did not ask for yourself.");
  });

  it("shows the address as a picture of half blocks, each line by itself", async () => {
    meanwhile = () => desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    await deviceTokens().getAccessToken();
    const picture = desk.prompt.told.filter((line) => /^[▀▄█ ]+$/.test(line));
    expect(picture.length).toBeGreaterThan(10);
    expect(new Set(picture.map((line) => line.length)).size).toBe(1);
  });

  it("polls five seconds less often after each slow_down, and goes on", async () => {
    orderFault("SlowDownException", 400, 2);
    meanwhile = (nth) => {
      if (nth === 4) desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    };
    await deviceTokens().getAccessToken();
    expect(waits.slice(0, 4)).toEqual([1, 6, 11, 11]);
  });

  it("ends with one clear error when the code runs out", async () => {
    meanwhile = () => desk.pass(59_000);
    await expect(deviceTokens().getAccessToken()).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the code ran out before it was approved",
      hint: "start again for a new code",
    });
    expect(waits).toHaveLength(10);
  });

  it("ends when the person says no on the other device", async () => {
    meanwhile = () => desk.sandbox.identityCenter.denyDevice(userCode());
    await expect(deviceTokens().getAccessToken()).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in was denied on the other device",
    });
    expect(waits).toEqual([1]);
    expect(desk.events.at(-1)).toMatchObject({ type: "sign_in.refused", name: "corp", code: "AccessDeniedException" });
  });

  it("starts nothing where the person does not want it", async () => {
    const prompt = createTestPrompt("no");
    await expect(deviceTokens({ prompt }).getAccessToken()).rejects.toMatchObject({ code: "cancelled" });
    expect(actions()).not.toContain("StartDeviceAuthorization");
    expect(prompt.told).toEqual([]);
  });

  it("starts nothing where nobody is there, and says what to type", async () => {
    await expect(deviceTokens({ prompt: nobody }).getAccessToken()).rejects.toMatchObject({
      code: "sign_in_required",
      message: "nobody is signed in: sso-session corp",
      hint: "sign in with: aws sso login --sso-session corp",
    });
    await expect(deviceTokens({ prompt: nobody }).signIn()).rejects.toMatchObject({ code: "sign_in_required" });
    expect(desk.sandbox.calls()).toEqual([]);
  });

  it("tells the command of the tool where that has one", async () => {
    const tokens = deviceTokens({ prompt: nobody, signInCommand: "shipyard login corp" });
    await expect(tokens.getAccessToken()).rejects.toMatchObject({ hint: "sign in with: shipyard login corp" });
  });

  it("goes on through an outage while the code lives", async () => {
    meanwhile = (nth) => {
      if (nth === 1) desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    };
    const tokens = deviceTokens();
    orderFault("InternalServerException", 500, 3);
    expect(await tokens.getAccessToken()).toMatch(/^.{20,}$/);
  });

  it("registers a client of its own, which a sign-in by browser does not take over", async () => {
    meanwhile = () => desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    await deviceTokens().signIn();
    await desk.tokens().signIn({ mode: "browser" });
    desk.prompt.told.length = 0;
    await deviceTokens().signIn();
    await desk.tokens().signIn({ mode: "browser" });
    expect(actions().filter((action) => action === "RegisterClient")).toHaveLength(2);
  });

  it("works for a session without a name, whose token is not renewed", async () => {
    meanwhile = () => desk.sandbox.identityCenter.approveDevice(userCode(), "ada");
    const tokens = deviceTokens({ session: { ...SESSION, name: undefined } });
    await tokens.getAccessToken();
    expect(await tokens.status()).toMatchObject({ isSignedIn: true, renewable: "no" });
    expect(desk.secrets.kept.size).toBe(0);
  });
});
