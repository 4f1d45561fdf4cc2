// The short examples of docs/rehearsal.md, each a function that the documents' test runs.
import type { Sandbox } from "@daypass/sandbox/testing";

export const orders: Readonly<Record<string, (sandbox: Sandbox) => void>> = {
  life(sandbox) {
    const outage = sandbox.fault({ kind: "outage", service: "sts", mode: "unavailable" });
    // … what your code does now is the rehearsal …
    outage.lift();
  },
  error(sandbox) {
    sandbox.fault({
      service: "sts",
      action: "AssumeRole",
      status: 500,
      code: "InternalFailure",
      message: "The request processing has failed because of an unknown error, exception or failure.",
      times: 2,
    });
  },
  throttle(sandbox) {
    // STS's own quota on AWS is 600 calls per second for each account in each region.
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 100, burst: 100 });
    sandbox.fault({ kind: "throttle", service: "sts", action: "AssumeRole", ratePerSecond: 5, burst: 10 });
  },
  outage(sandbox) {
    sandbox.fault({ kind: "outage", region: "eu-central-1", mode: "hang", forMs: 30 * 60_000 });
    sandbox.fault({ kind: "outage", service: "sts", region: "us-east-1", mode: "reset" });
  },
  slow(sandbox) {
    sandbox.fault({ kind: "slow", service: "sts", delayMs: { fromMs: 200, toMs: 3000 } });
  },
  cut(sandbox) {
    sandbox.fault({ kind: "cut", service: "sts", action: "AssumeRole", afterBytes: 400, how: "reset", times: 1 });
  },
  malformed(sandbox) {
    sandbox.fault({ kind: "malformed", service: "sts", form: "html" });
  },
  propagation(sandbox) {
    sandbox.fault({ kind: "propagation", delayMs: { fromMs: 2000, toMs: 10_000 } });
  },
  flapping(sandbox) {
    sandbox.fault({ kind: "propagation", accountId: "222222222222", delayMs: 10_000, flapping: true });
  },
  clock(sandbox) {
    sandbox.advanceClock(3_600_000);
  },
  sourceIp(sandbox) {
    const office = sandbox.issueKey("vendor", "admin");
    sandbox.setSourceIp("203.0.113.9", office.accessKeyId);
    sandbox.setSourceIp("198.51.100.1");
    sandbox.setSourceIp(null);
  },
};
