// How STS is reached: which host is asked, and through whose hands the request goes.
import { Agent } from "node:http";
import { createAssumeRole, CredentialsError } from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import { codeOf, requestOf } from "./fake-sts.js";
import { answerXml, http, startFakeWire } from "./fake-wire.js";

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "a-secret-of-the-caller" };

/** A handler that notes where requests go and lets none of them out. */
const createHandler = () => {
  const hosts: string[] = [];
  return {
    hosts,
    handle: async (request: { readonly hostname: string }) => {
      hosts.push(request.hostname);
      return Promise.reject(new Error("nothing leaves this machine"));
    },
  };
};

describe("the endpoint", () => {
  test.each([
    [{}, "sts.eu-west-1.amazonaws.com"],
    [{ useFipsEndpoint: true }, "sts-fips.eu-west-1.amazonaws.com"],
    [{ useDualstackEndpoint: true }, "sts.eu-west-1.api.aws"],
    [{ useFipsEndpoint: false, useDualstackEndpoint: false }, "sts.eu-west-1.amazonaws.com"],
  ])("with %j is %s", async (over, host) => {
    const requestHandler = createHandler();
    const assumeRole = createAssumeRole({ credentials, requestHandler, ...over });
    expect(await codeOf(assumeRole(requestOf()))).toBe("sts_unavailable");
    expect(requestHandler.hosts).toEqual([host]);
  });

  test.each([{ useFipsEndpoint: true }, { useDualstackEndpoint: true }])(
    "of its own is not given together with %j",
    (over) => {
      const create = () => createAssumeRole({ credentials, endpoint: "https://vpce.example.com", ...over });
      expect(create).toThrow(CredentialsError);
      expect(create).toThrow(/an endpoint of its own/);
    },
  );

  test.each([
    ["useFipsEndpoint", "yes"],
    ["useDualstackEndpoint", 1],
    ["requestHandler", "https://proxy"],
    ["requestHandler", []],
  ])("is refused with %s: %j", (name, value) => {
    expect(() => createAssumeRole({ credentials, [name]: value })).toThrow(new RegExp(`\`${name}\` to be`));
  });
});

test("the options of a handler are laid over those made here, whose deadlines stay", async () => {
  const wire = await startFakeWire((socket) => socket.write(http(200, answerXml())));
  let freed = 0;
  const httpAgent = new Agent({ keepAlive: true }).on("free", () => freed++);
  try {
    const assumeRole = createAssumeRole({ credentials, endpoint: wire.endpoint, requestHandler: { httpAgent } });
    expect(await codeOf(assumeRole(requestOf()))).toBe("granted");
    expect(freed).toBe(1);
  } finally {
    httpAgent.destroy();
    await wire.close();
  }
});
