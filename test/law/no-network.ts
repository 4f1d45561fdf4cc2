// Runs before every test file: no test may reach beyond this machine or see a developer's AWS settings. An attempt
// fails the test that made it, also when the code under test swallows the error. Files that share a process share the
// watch, which is set up by the first.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP, Socket } from "node:net";
import { afterAll, afterEach } from "vitest";

const WATCH = Symbol.for("daypass.tests.network");
const watched = globalThis as { [WATCH]?: string[] };
const isFirst = watched[WATCH] === undefined;
const attempts = (watched[WATCH] ??= []);

/** Whether a host is this machine: loopback addresses of both families, `localhost`, and the empty name. */
export function isLoopback(host: string): boolean {
  if (host === "" || host.toLowerCase() === "localhost") return true;
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || /^::ffff:127\.\d+\.\d+\.\d+$/i.test(host);
}

function refuse(what: string): Error {
  attempts.push(what);
  return Object.assign(new Error(`tests may not reach ${what}: start the sandbox instead`), { code: "ENETUNREACH" });
}

// Every TCP client of Node (http, https, tls, fetch) comes through here, with Node's own normalised argument list,
// with options, or with (port, host).
function watchSockets(): void {
  const connect: (this: Socket, ...args: never[]) => Socket = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const host = hostOf(args) ?? "localhost";
    if (isLoopback(host)) return connect.apply(this, args as never[]);
    const error = refuse(host);
    // Later, as the network would: the client attaches its error listener, and may write, after connect returns.
    Object.assign(this, { connecting: true });
    setImmediate(() => this.destroy(error));
    return this;
  };
}

function hostOf(args: readonly unknown[]): string | undefined {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { host?: unknown; path?: unknown };
    return typeof path === "string" || typeof host !== "string" ? undefined : host;
  }
  return typeof args[1] === "string" ? args[1] : undefined;
}

function watchLookups(): void {
  const lookup = dns.lookup as (...args: unknown[]) => void;
  dns.lookup = ((host: string, ...rest: unknown[]) => {
    if (isLoopback(host) || isIP(host) !== 0) {
      lookup(host, ...rest);
      return;
    }
    const callback = rest.at(-1) as (error: Error) => void;
    const error = refuse(host);
    queueMicrotask(() => callback(error));
  }) as typeof dns.lookup;

  const lookupLater = dns.promises.lookup as (host: string, ...rest: unknown[]) => Promise<unknown>;
  dns.promises.lookup = ((host: string, ...rest: unknown[]) =>
    isLoopback(host) || isIP(host) !== 0
      ? lookupLater(host, ...rest)
      : Promise.reject(refuse(host))) as typeof dns.promises.lookup;
}

if (isFirst) {
  watchSockets();
  watchLookups();
  syncBuiltinESMExports();
}

for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
Object.assign(process.env, {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
});

afterEach(failOnAttempts);
afterAll(failOnAttempts);

function failOnAttempts(): void {
  const seen = attempts.splice(0);
  if (seen.length > 0) throw new Error(`this test tried to reach ${seen.join(", ")}`);
}

/** Returns the refused attempts so far and forgets them. For the test of this file only. */
export function takeAttempts(): string[] {
  return attempts.splice(0);
}
