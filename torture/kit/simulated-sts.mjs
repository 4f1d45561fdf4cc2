// An STS that fails on order, in virtual time: throttles by rate, is down by region, slow, wrong, or says no.
import { CredentialsError } from "@daypass/credentials";

const failure = (code, words = {}) => new CredentialsError(code, `simulated ${code}`, { hint: "none", ...words });
const SERIAL = 8;

/** Returns the marks by which an answer is known: whose it is, and that its parts belong together. */
export function marksOf({ accessKeyId, secretAccessKey, sessionToken }) {
  const [account, serial] = [accessKeyId.slice(4, 16), accessKeyId.slice(16)];
  const isWhole = secretAccessKey === `secret-${account}-${serial}` && sessionToken === `token-${account}-${serial}`;
  return { account, isWhole };
}

/**
 * Returns `{ assumeRole, calls, throttled, asked }`. `plan(request, time)` may return `down`, `throttled`, `denied`, `slow`,
 * `expired`, `foreign`, `torn` or `empty`; else the answer is good. `machine()` is the clock of who asks.
 */
export function createSimulatedSts({ time, plan = () => "good", machine = time.now, callsPerSecond = 600, random }) {
  const buckets = new Map();
  const sts = { calls: 0, throttled: 0, times: new Map(), assumeRole };

  /** AWS's side of the quota: so many a second, a second's worth at once. */
  function isOverRate(region) {
    const bucket = buckets.get(region) ?? { left: callsPerSecond, at: time.now() };
    bucket.left = Math.min(callsPerSecond, bucket.left + ((time.now() - bucket.at) / 1000) * callsPerSecond);
    bucket.at = time.now();
    buckets.set(region, bucket);
    if (bucket.left < 1) return true;
    bucket.left -= 1;
    return false;
  }

  async function assumeRole(request, { signal } = {}) {
    sts.calls += 1;
    const serial = String(sts.calls).padStart(SERIAL, "0");
    const key = `${request.roleArn} ${request.roleSessionName}`;
    sts.times.set(key, [...(sts.times.get(key) ?? []).slice(-20), time.now()]);
    const what = plan(request, time.now());
    if (isOverRate(request.region)) {
      sts.throttled += 1;
      throw failure("throttled", { awsCode: "Throttling" });
    }
    await time.sleep(what === "slow" ? 9_000 : 20 + (random?.int(80) ?? 0), signal);
    if (what === "down") throw failure("sts_unavailable");
    if (what === "throttled") throw failure("throttled", { awsCode: "Throttling" });
    if (what === "denied") throw failure("access_denied", { awsCode: "AccessDenied" });
    return answer(request, serial, what);
  }

  function answer(request, serial, what) {
    const own = request.roleArn.split(":")[4];
    const account = what === "foreign" ? "999999999999" : own;
    const life = what === "expired" ? -1000 : request.durationSeconds * 1000;
    const offset = time.now() - machine();
    const credentials = {
      accessKeyId: `ASIA${account}${serial}`,
      secretAccessKey: `secret-${account}-${serial}`,
      sessionToken: `token-${account}-${serial}`,
      expiration: new Date(time.now() + life),
    };
    if (what === "torn") credentials.sessionToken = "";
    if (what === "empty") return {};
    return {
      credentials,
      assumedRoleArn: `arn:aws:sts::${account}:assumed-role/reader/${request.roleSessionName}`,
      roleUniqueId: "AROA0123456789ABCDEF0",
      ...(Math.abs(offset) >= 240_000 && { clockOffsetMs: offset }),
    };
  }

  return sts;
}

/** The n-th customer's question. */
export function requestOf(n, over = {}) {
  const account = String(300_000_000_000 + n);
  return {
    roleArn: `arn:aws:iam::${account}:role/reader`,
    roleSessionName: "acme.report",
    externalId: `id-of-${account}`,
    durationSeconds: 3600,
    region: "eu-west-1",
    ...over,
  };
}
