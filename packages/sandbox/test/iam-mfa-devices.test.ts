// Virtual MFA devices through IAM: made, enabled by two codes in a row, listed, set right, taken away.
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalLine } from "./iam-clients.js";
import { codeAt, CUSTOMER, startPeople, VENDOR } from "./people-clients.js";
import type { People } from "./people-clients.js";
import { allowing, document } from "./sts-clients.js";

const BEN = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const serialOf = (name: string, account = CUSTOMER) => `arn:aws:iam::${account}:mfa/${name}`;
const NOT_RIGHT = "403 InvalidAuthenticationCode";
const own = `arn:aws:iam::${CUSTOMER}:user/\${aws:username}`;

let people: People;
let admin: ReturnType<People["iam"]>;
beforeEach(async () => {
  people = await startPeople({
    accounts: [
      {
        id: CUSTOMER,
        users: [
          { name: "ada", policies: { self: allowing(["iam:*MFADevice", "iam:*MFADevices"], own) } },
          { name: "ben", mfaDevices: [{ name: "ben", secret: BEN }] },
          {
            name: "maker",
            policies: {
              own: document({
                Effect: "Allow",
                Action: ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"],
                Resource: `arn:aws:iam::*:mfa/\${aws:username}`,
              }),
            },
          },
        ],
      },
    ],
  });
  admin = people.iam(people.sandbox.account(CUSTOMER).admin);
});
afterEach(() => people.sandbox.stop());

const asUser = (name: string) => people.iam(people.sandbox.issueKey(CUSTOMER, name));
const create = async (name: string) => {
  const { VirtualMFADevice } = await admin.createVirtualMFADevice({ VirtualMFADeviceName: name });
  return Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString("utf8");
};
/** Two codes in a row, the second from the window `windows` away from the present one. */
const twoCodes = (secret: string, windows = 0) => ({
  AuthenticationCode1: codeAt(secret, people.now() + (windows - 1) * 30_000),
  AuthenticationCode2: codeAt(secret, people.now() + windows * 30_000),
});
const enable = (secret: string, name: string, UserName = "ada", windows = 0) =>
  admin.enableMFADevice({ UserName, SerialNumber: serialOf(name), ...twoCodes(secret, windows) });

describe("a virtual device", () => {
  it("is made with a seed that is shown once, as text and as a picture", async () => {
    const { VirtualMFADevice } = await admin.createVirtualMFADevice({ VirtualMFADeviceName: "phone", Path: "/p/" });
    expect(VirtualMFADevice?.SerialNumber).toBe(serialOf("p/phone"));
    const secret = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString("utf8");
    expect(secret).toMatch(/^[A-Z2-7]{64}$/);
    expect(people.sandbox.mfaCode(serialOf("p/phone"))).toBe(codeAt(secret, people.now()));
    const { VirtualMFADevices = [] } = await admin.listVirtualMFADevices({});
    expect(VirtualMFADevices.map((device) => device.Base32StringSeed ?? device.QRCodePNG)).toEqual([
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(people.sandbox.calls())).not.toContain(secret);
  });

  it("has a picture that is a PNG of a QR code", async () => {
    const { VirtualMFADevice } = await admin.createVirtualMFADevice({ VirtualMFADeviceName: "phone" });
    const png = Buffer.from(VirtualMFADevice?.QRCodePNG ?? []);
    expect(png.subarray(0, 8).toString("latin1")).toBe("\u0089PNG\r\n\u001a\n");
    const width = png.readUInt32BE(16);
    expect(png.readUInt32BE(20)).toBe(width);
    const start = png.indexOf("IDAT") + 4;
    const pixels = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
    expect(pixels.length).toBe(width * (width + 1));
    // The quiet zone is light; the finder's corner is dark.
    expect(pixels.at(1)).toBe(255);
    expect(pixels.at(16 * (width + 1) + 1 + 16)).toBe(0);
  });

  it("is one of its path and name, without regard to case", async () => {
    await create("phone");
    expect(await refusalLine(admin.createVirtualMFADevice({ VirtualMFADeviceName: "PHONE" }))).toBe(
      "409 EntityAlreadyExists MFADevice entity at the same path and name already exists.",
    );
    await admin.createVirtualMFADevice({ VirtualMFADeviceName: "phone", Path: "/other/" });
  });

  it("is enabled by two codes in a row, and belongs to that user then", async () => {
    const secret = await create("phone");
    await enable(secret, "phone");
    const { MFADevices } = await admin.listMFADevices({ UserName: "ada" });
    const enabled = { UserName: "ada", SerialNumber: serialOf("phone"), EnableDate: new Date(people.now()) };
    expect(MFADevices).toEqual([enabled]);
    expect(await admin.getMFADevice({ UserName: "ada", SerialNumber: serialOf("phone") })).toMatchObject(enabled);
    expect(await refusalLine(enable(secret, "phone", "ben", 2))).toContain("409 EntityAlreadyExists");
    expect(await refusalLine(admin.deleteVirtualMFADevice({ SerialNumber: serialOf("phone") }))).toContain(
      "409 DeleteConflict",
    );
  });

  it("is not enabled by one code, by two in the wrong order, by old ones or by another device's", async () => {
    const secret = await create("phone");
    const { AuthenticationCode1, AuthenticationCode2 } = twoCodes(secret);
    const attempt = (codes: object) =>
      refusalLine(
        admin.enableMFADevice({ UserName: "ada", SerialNumber: serialOf("phone"), ...twoCodes(secret), ...codes }),
      );
    expect(await attempt({ AuthenticationCode1: AuthenticationCode2 })).toContain("400 ValidationError");
    expect(
      await attempt({ AuthenticationCode1: AuthenticationCode2, AuthenticationCode2: AuthenticationCode1 }),
    ).toContain(NOT_RIGHT);
    expect(await attempt(twoCodes(secret, -2))).toContain(NOT_RIGHT);
    expect(await attempt(twoCodes(secret, 2))).toContain(NOT_RIGHT);
    expect(await attempt(twoCodes(BEN))).toContain(NOT_RIGHT);
    expect(await attempt({ AuthenticationCode1: codeAt(secret, people.now() - 60_000) })).toContain(NOT_RIGHT);
    expect((await admin.listMFADevices({ UserName: "ada" })).MFADevices).toEqual([]);
    await enable(secret, "phone");
  });

  it("has spent the codes that enabled it", async () => {
    const secret = await create("phone");
    await enable(secret, "phone");
    const sts = people.sts(people.sandbox.issueKey(CUSTOMER, "ada"));
    const show = () =>
      sts.getSessionToken({ SerialNumber: serialOf("phone"), TokenCode: codeAt(secret, people.now()) });
    expect(await refusalLine(show())).toContain("invalid MFA one time pass code");
    people.pass(30);
    await show();
  });

  it("does not take the codes that enabled it once more after it was deactivated", async () => {
    const secret = await create("phone");
    const codes = twoCodes(secret);
    const device = { UserName: "ada", SerialNumber: serialOf("phone") };
    await admin.enableMFADevice({ ...device, ...codes });
    await admin.deactivateMFADevice(device);
    expect(await refusalLine(admin.enableMFADevice({ ...device, ...codes }))).toContain(NOT_RIGHT);
    people.pass(60);
    await enable(secret, "phone", "ben");
  });

  it("whose clock has drifted is set right by two codes in a row", async () => {
    const device = { UserName: "ben", SerialNumber: serialOf("ben") };
    const sts = people.sts(people.sandbox.issueKey(CUSTOMER, "ben"));
    const late = () => codeAt(BEN, people.now() - 180_000);
    const show = () => sts.getSessionToken({ SerialNumber: serialOf("ben"), TokenCode: late() });
    expect(await refusalLine(show())).toContain("invalid MFA one time pass code");
    expect(await refusalLine(admin.resyncMFADevice({ ...device, ...twoCodes(BEN, -11) }))).toContain(NOT_RIGHT);
    expect(await refusalLine(admin.resyncMFADevice({ ...device, UserName: "ada", ...twoCodes(BEN, -6) }))).toContain(
      "404 NoSuchEntity",
    );
    await admin.resyncMFADevice({ ...device, ...twoCodes(BEN, -6) });
    people.pass(30);
    await show();
  });

  it("goes: deactivated, then deleted", async () => {
    const SerialNumber = serialOf("ben");
    expect(await refusalLine(admin.deactivateMFADevice({ UserName: "ada", SerialNumber }))).toContain(
      "404 NoSuchEntity",
    );
    await admin.deactivateMFADevice({ UserName: "ben", SerialNumber });
    await admin.deleteVirtualMFADevice({ SerialNumber });
    expect(await refusalLine(admin.deleteVirtualMFADevice({ SerialNumber }))).toContain("404 NoSuchEntity");
  });

  it("keeps its user from being deleted", async () => {
    const { MFADevices = [] } = await admin.listMFADevices({ UserName: "ben" });
    expect(MFADevices).toHaveLength(1);
    expect(await refusalLine(admin.deleteUser({ UserName: "ben" }))).toBe(
      "409 DeleteConflict Cannot delete entity, must delete MFA device first.",
    );
    await admin.deactivateMFADevice({ UserName: "ben", SerialNumber: serialOf("ben") });
    await admin.deleteUser({ UserName: "ben" });
  });

  it("is one of eight at most", async () => {
    for (let count = 1; count < 8; count += 1) people.sandbox.issueMfaDevice(CUSTOMER, "ben");
    const secret = await create("ninth");
    expect(await refusalLine(enable(secret, "ninth", "ben"))).toBe(
      "409 LimitExceeded Cannot exceed quota for MFADevicesPerUser: 8",
    );
    expect(() => people.sandbox.issueMfaDevice(CUSTOMER, "ben")).toThrow("has 8 MFA devices already");
    const first = await admin.listMFADevices({ UserName: "ben", MaxItems: 5 });
    const rest = await admin.listMFADevices({ UserName: "ben", Marker: first.Marker });
    const serials = [...(first.MFADevices ?? []), ...(rest.MFADevices ?? [])].map(({ SerialNumber }) => SerialNumber);
    expect(new Set(serials).size).toBe(8);
  });
});

describe("the lists", () => {
  it("are of the caller's own devices without a name", async () => {
    const ada = asUser("ada");
    expect((await ada.listMFADevices({})).MFADevices).toEqual([]);
    const { serialNumber, secret } = people.sandbox.issueMfaDevice(CUSTOMER, "ada");
    expect((await ada.listMFADevices({})).MFADevices).toMatchObject([{ UserName: "ada", SerialNumber: serialNumber }]);
    expect(people.sandbox.mfaCode(serialNumber)).toBe(codeAt(secret, people.now()));
    expect(await refusalLine(ada.listMFADevices({ UserName: "ben" }))).toBe(
      `403 AccessDenied User: arn:aws:iam::${CUSTOMER}:user/ada is not authorized to perform: iam:ListMFADevices on resource: user ben because no identity-based policy allows the iam:ListMFADevices action`,
    );
  });

  it("of virtual devices say whose they are, by assignment", async () => {
    await create("spare");
    const list = async (AssignmentStatus?: "Assigned" | "Unassigned" | "Any") => {
      const { VirtualMFADevices = [] } = await admin.listVirtualMFADevices({ AssignmentStatus });
      return VirtualMFADevices.map(({ SerialNumber, User }) => [SerialNumber, User?.UserName]);
    };
    const assigned = [serialOf("ben"), "ben"];
    const spare = [serialOf("spare"), undefined];
    expect(await list("Assigned")).toEqual([assigned]);
    expect(await list("Unassigned")).toEqual([spare]);
    expect(await list("Any")).toEqual([assigned, spare]);
    expect(await list()).toEqual([assigned, spare]);
  });
});

describe("the permissions", () => {
  it("to make and delete a device are for its serial number", async () => {
    const maker = asUser("maker");
    await maker.createVirtualMFADevice({ VirtualMFADeviceName: "maker" });
    await maker.deleteVirtualMFADevice({ SerialNumber: serialOf("maker") });
    expect(await refusalLine(maker.createVirtualMFADevice({ VirtualMFADeviceName: "ben" }))).toContain(
      `is not authorized to perform: iam:CreateVirtualMFADevice on resource: ${serialOf("ben")}`,
    );
    expect(await refusalLine(maker.deleteVirtualMFADevice({ SerialNumber: serialOf("ben") }))).toContain(
      "403 AccessDenied",
    );
  });

  it("to enable are for the user, and another account's devices are not there", async () => {
    const secret = await create("phone");
    const ada = asUser("ada");
    const codes = { SerialNumber: serialOf("phone"), ...twoCodes(secret) };
    expect(await refusalLine(ada.enableMFADevice({ UserName: "ben", ...codes }))).toContain("403 AccessDenied");
    await ada.enableMFADevice({ UserName: "ada", ...codes });
    const vendor = people.iam(people.sandbox.account(VENDOR).admin);
    for (const call of [
      vendor.deleteVirtualMFADevice({ SerialNumber: serialOf("ben") }),
      vendor.enableMFADevice({ UserName: "admin", SerialNumber: serialOf("ben"), ...twoCodes(BEN) }),
    ]) {
      expect(await refusalLine(call)).toContain("404 NoSuchEntity");
    }
  });
});
