// moto's server on loopback, from the Python that has it. Its accounts come into being when they are named.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { callSdk } from "./call-sdk.mjs";
import { CUSTOMER, VENDOR } from "./read-cases.mjs";

/** Returns moto's version, or why there is none. */
export function findMoto() {
  const python = process.env.DAYPASS_PYTHON ?? "python3";
  const asked = spawnSync(python, ["-c", "import moto, moto.server; print(moto.__version__)"], { encoding: "utf8" });
  if (asked.error !== undefined) return { missing: `${python} does not start` };
  if (asked.status !== 0) return { missing: `${python} has no moto with its server` };
  return { python, version: asked.stdout.trim() };
}

/**
 * Starts the server. Returns where it listens, `admins`, which gives the administrators' keys once AWS_ENDPOINT_URL
 * names it, `enforce`, from which on it checks who may do what, and `stop`. Rejects when it ends before it is ready.
 */
export async function startMoto(python) {
  const env = { PATH: process.env.PATH ?? "", PYTHONUNBUFFERED: "1", AWS_EC2_METADATA_DISABLED: "true" };
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  // The server reports every request on stderr; what nobody reads would fill the pipe and stop it.
  child.stdout.resume();
  const endpoint = await Promise.race([
    readAddress(createInterface(child.stderr)),
    ended.then(([code]) => Promise.reject(new Error(`moto ended with ${code ?? "a signal"}`))),
  ]);
  return {
    endpoint,
    async admins() {
      const keys = { accessKeyId: "AKIA0000000000000000", secretAccessKey: "any" };
      return { vendor: await enter(VENDOR, keys), customer: await enter(CUSTOMER, keys) };
    },
    async enforce() {
      const response = await fetch(`${endpoint}/moto-api/reset-auth`, {
        method: "POST",
        headers: { "content-type": "text/plain" },
        body: "0",
      });
      if (!response.ok) throw new Error(`moto did not begin to enforce: ${response.status}`);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** An account of moto's is reached through a role in it, which need not exist. */
async function enter(account, keys) {
  const input = { RoleArn: `arn:aws:iam::${account}:role/Administrator`, RoleSessionName: "set-up" };
  const answer = await callSdk("sts:AssumeRole", input, keys);
  if (!answer.allowed) throw new Error(`moto has no way into ${account}: ${answer.code}`);
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.answer.Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

function readAddress(lines) {
  return new Promise((resolve) => {
    lines.on("line", (line) => {
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line);
      if (found !== null) resolve(found[1]);
    });
  });
}
