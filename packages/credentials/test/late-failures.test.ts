// A program of its own, because a runner of tests has its own ideas of rejections that nobody handles and of open timers.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { answerOf, requestOf } from "./fake-sts.js";

const run = async (script: string): Promise<string> => {
  const program = `
    import { createAuditedAttempt, createAssumeRole, createCredentialsBroker, createMemoryCache, CredentialsError } from "@daypass/credentials";
    process.on("unhandledRejection", (error) => console.log("unhandled", error));
    const answerOf = ${answerOf.toString()};
    const request = ${JSON.stringify(requestOf())};
    const late = (what) => () => new Promise((_, reject) => setTimeout(() => reject(new Error("late " + what)), 40));
    const codeOf = (work) => work.then(() => "granted", (error) => error.code ?? String(error));
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 100_000,
  });
  return stdout;
};

test("whatever fails after everybody has stopped waiting for it is heard of no more", async () => {
  const said = await run(`
    let time = Date.now();
    const now = () => time;
    const base = { now, timeoutMs: 5, waitMs: 5, propagationMs: 0, record: async () => undefined, sleep: async () => undefined };
    const grant = async (asked) => answerOf(asked, time, 1);
    const deny = async () => { throw new CredentialsError("access_denied", "no", { hint: "none" }); };
    const all = [];
    const use = async (options, request) => {
      const broker = createCredentialsBroker({ ...base, assumeRole: grant, ...options });
      const provide = broker.provider(request);
      all.push(await codeOf(provide()), await codeOf(provide()));
      time += 40 * 60_000;
      all.push(await codeOf(provide()));
      const ended = broker.revoke(() => true).catch(() => undefined);
      all.push(await codeOf(provide()));
      await ended;
    };
    await use({ assumeRole: late("STS") }, request);
    let calls = 0;
    await use({ assumeRole: (asked) => (calls++ === 0 ? grant(asked) : late("renewal")()) }, request);
    calls = 0;
    await use({ assumeRole: (asked) => (calls++ === 0 ? grant(asked) : deny()) }, request);
    await use({ assumeRole: deny, isVendorFault: late("canary"), onDenied: late("store") }, request);
    await use({ record: late("audit") }, request);
    await use({ onGranted: late("approval") }, request);
    await use({ cache: { ...createMemoryCache(), get: late("get"), set: late("set"), delete: late("delete") } }, request);
    const attempt = createAuditedAttempt({ assumeRole: late("STS"), record: async () => undefined });
    const controller = new AbortController();
    const given = codeOf(attempt(request, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 2);
    all.push(await given);
    const assumeRole = createAssumeRole({ credentials: late("credentials"), timeoutMs: 5 });
    all.push(await codeOf(assumeRole(request)));
    const mfa = createAssumeRole({ credentials: undefined, mfaCode: late("code") });
    const over = new AbortController();
    const coded = codeOf(mfa({ ...request, mfaSerial: "arn:aws:iam::111111111111:mfa/alice" }, { signal: over.signal }));
    over.abort();
    all.push(await coded);
    await new Promise((resolve) => setTimeout(resolve, 150));
    console.log(all.length, all.slice(-3).join());`);
  expect(said).toBe("31 aborted,sts_unavailable,aborted\n");
});

test("a process that has what it asked for ends at once, whatever hangs behind it", async () => {
  const said = await run(`
    let time = Date.now();
    let calls = 0;
    const hang = () => new Promise(() => undefined);
    const broker = createCredentialsBroker({
      now: () => time,
      timeoutMs: 600_000,
      record: async () => undefined,
      cache: { ...createMemoryCache(), delete: hang },
      assumeRole: async (asked) => (calls++ === 0 ? answerOf(asked, time, 1) : hang()),
    });
    const provide = broker.provider(request);
    await provide();
    time += 40 * 60_000;
    await provide();
    broker.revoke(() => true);
    createAssumeRole({ credentials: hang, timeoutMs: 600_000 })(request).catch(() => undefined);
    const began = performance.now();
    process.on("exit", () => console.log(performance.now() - began < 60_000));`);
  expect(said).toBe("true\n");
});
