// Proxies and certificates for the clients of AWS. TLS is always verified, whatever the environment says.
// Source: AWS SDK for JavaScript Developer Guide, "Configuring proxies for Node.js"; AWS SDKs and Tools Reference Guide,
// "AWS_CA_BUNDLE / ca_bundle".
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, isIP } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import { readTextFile } from "../files/read-text-file.js";
import { AuthError } from "../errors.js";
import { currentEnvironment } from "../resolver/this-process.js";
import { chooseProxy } from "./choose-proxy.js";
import type { Environment, Section } from "./profile-types.js";
import { expandPath } from "./read-profiles.js";
import { readSetting } from "./read-setting.js";
import { readVariable } from "./read-variable.js";

export interface RequestHandlerOptions {
  readonly env: Environment;
  readonly homeDir: string;
  /** Its `ca_bundle` counts where AWS_CA_BUNDLE is not set. */
  readonly profile?: Pick<Section, "settings"> | undefined;
}

/** What the AWS SDK's clients take as `requestHandler`. */
export interface ClientAgents {
  readonly httpsAgent: HttpsAgent;
  readonly httpAgent: HttpAgent;
}

/** As botocore has it, a bundle takes the place of the certificates that are built in. */
const readBundle = async ({ env, homeDir, profile }: RequestHandlerOptions): Promise<string | undefined> => {
  const given = readVariable(env, "AWS_CA_BUNDLE") ?? (profile && readSetting(profile, "ca_bundle"));
  if (given === undefined) return undefined;
  const path = expandPath(given, homeDir);
  const text = await readTextFile(path);
  if (text === undefined) {
    throw new AuthError("file_missing", `the certificates are not there: ${path}`, {
      hint: "correct AWS_CA_BUNDLE or ca_bundle: without it the connection would be trusted by other certificates",
    });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new AuthError("file_malformed", `there is no certificate in ${path}`, { hint: "it wants PEM" });
  }
  return text;
};

/**
 * Clients of AWS end their agents with themselves, and this one is shared by all: it keeps no connection open, and
 * cannot be ended under somebody else's question.
 */
const shared = <A extends HttpAgent>(agent: A): A => {
  agent.destroy = () => undefined;
  return agent;
};

/** An agent that goes by the proxy for the hosts that want one, and directly for the rest. */
const createProxyAgent = async (proxy: URL, env: Environment, tls: object): Promise<HttpAgent> => {
  // By its default: in a bundle, a CommonJS module that is loaded when it is needed has nothing else.
  const { default: proxies } = await import("https-proxy-agent");
  const agent = new proxies.HttpsProxyAgent(proxy, tls);
  const throughProxy = agent.connect.bind(agent);
  agent.connect = async (request, options) => {
    const secured = { ...options, ...tls };
    const host = String(options.host);
    const { port } = options;
    if (!options.secureEndpoint) return connect({ host, port });
    if (chooseProxy(env, host, port) !== undefined) {
      const socket = await throughProxy(request, secured);
      // What a proxy answers instead of leading there is played as if the host itself had said it. Without TLS it is
      // anybody's word: a forged answer of AWS would be believed.
      if (socket instanceof TLSSocket) return socket;
      socket.destroy();
      throw Object.assign(new Error(`the proxy does not lead to ${host}`), { code: "ECONNREFUSED" });
    }
    return connectTls({ ...secured, host, port, servername: options.servername ?? (isIP(host) === 0 ? host : "") });
  };
  return agent;
};

/**
 * Returns what the AWS SDK's clients take as `requestHandler`: agents that go through HTTPS_PROXY but for NO_PROXY, this
 * machine and the metadata services, and that trust the bundle of AWS_CA_BUNDLE or `ca_bundle` where there is one.
 * `undefined` where nothing of that is set and Node verifies by itself. Throws `file_missing`, `file_unusable`, `file_malformed`, `invalid_option`.
 */
export const createRequestHandler = async (options: RequestHandlerOptions): Promise<ClientAgents | undefined> => {
  const { env } = options;
  const ca = await readBundle(options);
  // The proxy's own address is the same for every host outside.
  const proxy = chooseProxy({ ...env, NO_PROXY: "", no_proxy: "" }, "amazonaws.com", 443);
  // Node asks its own environment, so ours is not enough to look at (Node.js documentation, "Command-line API").
  const isSwitchedOff = [env, currentEnvironment()].some(
    (one) => readVariable(one, "NODE_TLS_REJECT_UNAUTHORIZED") === "0",
  );
  if (proxy === undefined && ca === undefined && !isSwitchedOff) return undefined;
  // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not count here.
  const tls = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  const httpsAgent = proxy === undefined ? new HttpsAgent(tls) : await createProxyAgent(proxy, env, tls);
  return { httpsAgent: shared(httpsAgent) as HttpsAgent, httpAgent: shared(new HttpAgent()) };
};
