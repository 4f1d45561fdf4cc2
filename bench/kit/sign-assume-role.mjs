// AssumeRole requests as bytes, signed before anything is measured.
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { EXTERNAL_ID, ROLE_ARN } from "./write-world.mjs";

/** Returns so many whole HTTP requests, each under a session name of its own, for the server at this port of 127.0.0.1. */
export async function signAssumeRole({ port, keys, count }) {
  const signer = new SignatureV4({ service: "sts", region: "us-east-1", credentials: keys, sha256: Sha256 });
  const requests = [];
  for (let index = 0; index < count; index++) {
    const body = new URLSearchParams({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: ROLE_ARN,
      RoleSessionName: `worker-${index}`,
      ExternalId: EXTERNAL_ID,
    }).toString();
    const { headers } = await signer.sign({
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      port,
      path: "/",
      query: {},
      headers: {
        host: `127.0.0.1:${port}`,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
      },
      body,
    });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    requests.push(Buffer.from(`POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`));
  }
  return requests;
}

/** The hash in the form that the signer takes. */
class Sha256 {
  #hash;
  constructor(secret) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}
