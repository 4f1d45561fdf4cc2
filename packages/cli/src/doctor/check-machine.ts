// Node, the clock, the programs, the variables of this shell.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { judgeSdks } from "../judge-sdks.js";
import type { Workbench } from "../workbench.js";
import { broken, note, ok, warning, type Check } from "./finding.js";

/** The oldest that the AWS SDK still runs on. */
const OLDEST_NODE: readonly [number, number] = [20, 19];
/** AWS refuses signatures that are further off: AWS General Reference, "Signature Version 4", five minutes. */
const MOST_SKEW_MS = 300_000;
const TIMEOUT_MS = 3_000;

export const nodeCheck: Check = {
  name: "node",
  async run() {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const isEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
    const version = `Node ${process.versions.node}`;
    return [isEnough ? ok(version) : broken(`${version} is too old`, `install Node ${OLDEST_NODE.join(".")} or later`)];
  },
};

/** Asks for the time only: unsigned, no credentials, nothing of an answer but its Date. */
const askDate = (url: URL): Promise<number | undefined> =>
  new Promise((resolve) => {
    const request = url.protocol === "http:" ? requestHttp : requestHttps;
    const call = request(url, { method: "HEAD", timeout: TIMEOUT_MS, agent: false }, (answer) => {
      answer.resume();
      const time = Date.parse(answer.headers.date ?? "");
      resolve(Number.isNaN(time) ? undefined : time);
    });
    call.once("timeout", () => call.destroy());
    call.once("error", () => resolve(undefined));
    call.end();
  });

export const clockCheck: Check = {
  name: "clock",
  async run(bench: Workbench) {
    const endpoint =
      bench.env["AWS_ENDPOINT_URL_STS"] ?? bench.env["AWS_ENDPOINT_URL"] ?? "https://sts.us-east-1.amazonaws.com";
    if (!/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : "")) {
      return [broken("AWS_ENDPOINT_URL is no address", "correct or unset it")];
    }
    const theirs = await askDate(new URL(endpoint));
    if (theirs === undefined) return [note("AWS could not be reached, so the clock was not compared")];
    // Their Date has whole seconds.
    const skewMs = Math.abs(theirs - bench.now());
    const seconds = Math.round(skewMs / 1000);
    if (skewMs < 60_000) return [ok("agrees with AWS's")];
    const fix = "set this machine's clock, by NTP where it can";
    return [
      skewMs < MOST_SKEW_MS
        ? warning(`is ${seconds} s off AWS's`, fix)
        : broken(`is ${seconds} s off AWS's, which refuses signatures that are 300 s off`, fix),
    ];
  },
};

export const variablesCheck: Check = {
  name: "variables",
  async run(bench: Workbench) {
    const profiles = await (await bench.home()).profiles();
    const { warnings } = judgeSdks({ env: bench.env, profiles });
    const set = Object.keys(bench.env).filter((name) => name.startsWith("AWS_") && !name.startsWith("AWS_SDK_JS_"));
    // Names only: their values are credentials.
    if (warnings.length === 0)
      return [ok(set.length === 0 ? "no AWS variables here" : `${set.join(", ")}: no conflict`)];
    return warnings.map((text) => warning(text, `see \`${bench.names.name} explain\``));
  },
};
