// Which proxy a host is reached by. Pure.
// Source: AWS SDKs and Tools Reference Guide and AWS CLI User Guide, "Using an HTTP proxy"; Python's urllib.request,
// whose rules for no_proxy botocore follows.
import { isIP } from "node:net";
import { AuthError } from "../errors.js";
import type { Environment } from "./profile-types.js";

/** Small letters go first, as with curl and Python. */
const read = (env: Environment, name: string): string => env[name.toLowerCase()] ?? env[name] ?? "";

const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");

/**
 * Returns true for this machine, link-local addresses and the metadata services: what they answer must not be seen by a
 * proxy, and a proxy would answer for its own machine.
 */
export const isNeverProxied = (host: string): boolean => {
  const name = bare(host);
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  if (isIP(name) === 4) return name.startsWith("127.") || name.startsWith("169.254.");
  if (isIP(name) === 6) return name === "::1" || /^fe[89ab]/.test(name) || name.startsWith("fd00:ec2:");
  return false;
};

const matches = (entry: string, host: string, port: number): boolean => {
  const wanted = bare(entry.replace(/^\.+/, ""));
  return [host, `${host}:${port}`].some((name) => name === wanted || name.endsWith(`.${wanted}`));
};

/**
 * Returns the proxy for an https host, or `undefined` for none. NO_PROXY is a list of hosts and domains with commas, or
 * `*`; ranges of addresses are not known there. HTTP_PROXY is never used: without TLS only this machine is asked.
 * Throws `invalid_option` for an address that is none, without repeating it: it may carry a password.
 */
export const chooseProxy = (env: Environment, host: string, port: number): URL | undefined => {
  const given = read(env, "HTTPS_PROXY").trim();
  if (given === "" || isNeverProxied(host)) return undefined;
  const exceptions = read(env, "NO_PROXY")
    .split(",")
    .map((entry) => entry.trim());
  if (exceptions.includes("*")) return undefined;
  if (exceptions.some((entry) => entry !== "" && matches(entry, bare(host), port))) return undefined;
  const address = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
  throw new AuthError("invalid_option", "HTTPS_PROXY is no address of a proxy", {
    hint: "write it as http://HOST:PORT, or unset it",
  });
};
