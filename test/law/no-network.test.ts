// The watchman of the network, tested on hosts that no resolver is ever asked for.
import dns from "node:dns/promises";
import { get } from "node:http";
import { createServer, connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isLoopback, takeAttempts } from "./no-network.js";

// The setup file and this import are one module, so the attempts made here are taken here.
test("fetch to a name outside is refused and remembered", async () => {
  await expect(fetch("http://sts.amazonaws.invalid/")).rejects.toThrow("fetch failed");
  expect(takeAttempts()).toContain("sts.amazonaws.invalid");
});

test("http to an address outside is refused and remembered", async () => {
  const request = get("http://192.0.2.1/");
  const [error] = (await once(request, "error")) as [Error];
  expect(error.message).toContain("tests may not reach 192.0.2.1");
  expect(takeAttempts()).toEqual(["192.0.2.1"]);
});

test("a raw socket to an IPv6 address outside is refused", async () => {
  const [error] = (await once(connect(443, "2001:db8::1"), "error")) as [Error];
  expect(error.message).toContain("2001:db8::1");
  expect(takeAttempts()).toEqual(["2001:db8::1"]);
});

test("the instance metadata address is refused", async () => {
  await expect(fetch("http://169.254.169.254/latest/meta-data/")).rejects.toThrow("fetch failed");
  expect(takeAttempts()).toEqual(["169.254.169.254"]);
});

test("a lookup of a name outside is refused", async () => {
  await expect(dns.lookup("example.invalid")).rejects.toThrow("tests may not reach example.invalid");
  expect(takeAttempts()).toEqual(["example.invalid"]);
});

test("loopback is open", async () => {
  const server = createServer((socket) => socket.end("hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const [data] = (await once(connect((server.address() as AddressInfo).port, "127.0.0.1"), "data")) as [Buffer];
  expect(data.toString()).toBe("hello");
  server.close();
  expect(takeAttempts()).toEqual([]);
});

test.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost", "LOCALHOST", ""])(
  "%s is this machine",
  (host) => expect(isLoopback(host)).toBe(true),
);

test.each(["127.0.0.1.example.com", "10.0.0.1", "0.0.0.0", "::", "localhost.example.com", "bucket.localhost"])(
  "%s is not this machine",
  (host) => expect(isLoopback(host)).toBe(false),
);

test("a developer's AWS settings are out of sight", () => {
  const names = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  expect(names.sort()).toEqual([
    "AWS_CONFIG_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
    "AWS_SHARED_CREDENTIALS_FILE",
  ]);
  expect(process.env["AWS_CONFIG_FILE"]).toBe("/dev/null");
});
