// A vendor's service as careless people write it: it does everything once, fails in every way, and logs all that it holds.
// What it learns on its way, and every trace that it leaves, it tells those who run it.
import { inspect } from "node:util";
import { IAM } from "@aws-sdk/client-iam";
import { createAssumeRole, createCredentialsBroker } from "@daypass/credentials";
import { createCrossAccount, verifyCertificate } from "@daypass/cross-account";
import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { createSqliteStore } from "@daypass/stores";

const VENDOR = "111111111111";
const CUSTOMER = "222222222222";
const region = "eu-west-1";

const everything = { depth: 30, showHidden: true, maxArrayLength: null, maxStringLength: null };

/**
 * Does everything once. `tell(name, value)` hears what is left where and is awaited; `out` and `err` are the program's two
 * streams.
 */
export async function runTrip(
  { endpoint, credentials, admin, path, sealing, previous, certificatePem, planted },
  { tell, out, err },
) {
  const learned = [];
  const learn = (kind, value) => learned.push({ kind, value });
  const sealingKeys = {
    current: { id: "now", key: Buffer.from(sealing, "base64") },
    previous: [{ id: "before", key: Buffer.from(previous, "base64") }],
  };
  const store = await createSqliteStore({ path, sealingKeys });
  const privateKey = createPrivateKey(certificatePem);
  const options = {
    serviceName: "Acme",
    vendorAccountId: VENDOR,
    region,
    vendorPrincipals: [`arn:aws:iam::${VENDOR}:user/service`],
    canaryRoleArn: `arn:aws:iam::${VENDOR}:role/daypass-canary`,
    store,
    credentials,
    endpoint,
    propagationMs: 0,
    certificateKey: { keyId: "canary-key", privateKey },
    capabilityChecks: planted.checks.map((text, at) => ({
      name: `check ${at}`,
      expect: "allowed",
      run: () =>
        Promise.reject(Object.assign(new Error(text), { name: at === 0 ? `${text} \u001B[2J` : "AccessDenied" })),
    })),
  };
  const vendor = createCrossAccount(options);
  const iam = new IAM({ endpoint, region, credentials: admin });
  const errors = [];
  const shown = [vendor, store, options.capabilityChecks];
  const fail = async (attempt) => {
    try {
      shown.push(await attempt());
    } catch (error) {
      errors.push(error);
    }
  };

  const made = [];
  for (const [at, { customerId, label, reason, why, part, policy }] of planted.customers.entries()) {
    const { integrationId } = await vendor.createIntegration({ customerId, label, declaredAccountId: CUSTOMER });
    const role = await vendor.roleDocuments(integrationId);
    learn("external ID", role.externalId);
    const put = (trustPolicy) =>
      iam.updateAssumeRolePolicy({ RoleName: role.roleName, PolicyDocument: JSON.stringify(trustPolicy) });
    await iam.createRole({
      RoleName: role.roleName,
      Path: role.path,
      AssumeRolePolicyDocument: JSON.stringify(role.trustPolicy),
    });
    shown.push(await vendor.verifyIntegration({ integrationId }));
    const access = vendor.assumeCustomerRole(customerId, {
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Sid: policy, Effect: "Allow", Action: "s3:*", Resource: "*" }],
      }),
      sessionName: [part],
      subject: { why },
    });
    const session = await access.credentials();
    learn("session's secret", session.secretAccessKey);
    learn("session's token", session.sessionToken);
    learn("session's key id", session.accessKeyId);
    shown.push(access, session, await vendor.getIntegration(integrationId), await vendor.certify(integrationId));
    shown.push(verifyCertificate((await vendor.certify(integrationId)).text, createPublicKey(privateKey)));
    if (at % 3 === 1) {
      const { parameters, steps } = await vendor.rotateExternalId(integrationId);
      const next = [...JSON.stringify([parameters, steps]).matchAll(/[0-9A-Za-z]{32}/g)]
        .map(([text]) => text)
        .find((text) => text !== role.externalId);
      learn("external ID", next);
      if (at % 2 === 0) {
        const both = structuredClone(role.trustPolicy);
        both.Statement[0].Condition.StringEquals["sts:ExternalId"] = [role.externalId, next];
        await put(both);
        shown.push(await vendor.advanceRotation(integrationId));
      } else shown.push(await vendor.cancelRotation(integrationId));
    }
    made.push({ integrationId, customerId, reason, put, role });
  }
  for (const { customerId, accessKeyId, secretAccessKey } of planted.legacy) {
    const { integrationId } = await vendor.createIntegration({ customerId, declaredAccountId: null });
    learn("external ID", (await vendor.roleDocuments(integrationId)).externalId);
    const key = { accessKeyId, secretAccessKey, created: new Date(0), cutOff: new Date(Date.now() + 86_400_000) };
    shown.push(await vendor.attachLegacyKey({ integrationId, ...key }));
    await vendor.assumeCustomerRole(customerId).credentials();
    await fail(() => vendor.attachLegacyKey({ integrationId, ...key, cutOff: new Date(0) }));
    await fail(() => vendor.attachLegacyKey({ integrationId, ...key, accessKeyId: `${accessKeyId}\n` }));
    if (Number(accessKeyId.slice(-1)) % 2 === 0) shown.push(await vendor.purgeLegacyKey(integrationId));
  }
  shown.push(await vendor.reviewMigrations());

  await failInEveryWay({ vendor, options, made, planted, fail, endpoint, path });
  for (const { integrationId, reason } of made.slice(0, 8)) shown.push(await vendor.revoke({ integrationId, reason }));
  for (const { customerId, integrationId } of made) {
    await fail(() => vendor.assumeCustomerRole(customerId).credentials());
    await fail(() => vendor.probeAccess(integrationId));
  }
  shown.push(await vendor.listIntegrations({}), await vendor.listTemplateVersions(), await vendor.listOverdueSetups());

  for (const each of shown) out(each);
  out(inspect(shown, everything));
  for (const error of errors) err(error);
  const chains = errors.map(chainOf);
  await tell("learned", learned);
  await tell("codes", [...new Set(errors.map(({ code, name }) => code ?? name))]);
  await tell(
    "error messages",
    chains.flatMap((chain) => chain.map(({ message, hint }) => [message, hint])),
  );
  await tell(
    "error stacks",
    chains.flatMap((chain) => chain.map(({ stack }) => stack)),
  );
  await tell(
    "inspected errors",
    errors.map((error) => inspect(error, everything)),
  );
  await tell(
    "errors as JSON",
    errors.map((error) => JSON.stringify(error)),
  );
  await tell(
    "errors' own properties",
    chains.flatMap((chain) =>
      chain.map((error) => Object.getOwnPropertyNames(error).map((name) => String(error[name]))),
    ),
  );
  await tell("audit events", await store.listEvents({ limit: 100_000 }));
  await tell(
    "views as JSON",
    JSON.stringify(shown, (_, value) => (typeof value === "function" ? undefined : value)),
  );
  await tell("diagnostic report", process.report.getReport());
  await tell("command line and environment", [process.argv, process.env, process.title]);
  await tell("open", "");
  await store.close();
  iam.destroy();
}

function chainOf(error) {
  const chain = [];
  for (let each = error; each instanceof Error && !chain.includes(each); each = each.cause) chain.push(each);
  return chain;
}

/** One failure of every code that can be had, each with a secret where a caller would put one. */
async function failInEveryWay({ vendor, options, made, planted, fail, endpoint, path }) {
  const [first, second] = made;
  const { integrationId } = first;
  const refused = planted.refused.values();
  const next = () => refused.next().value;
  for (const key of ["externalId", "external_id", "ExternalID", "token"]) {
    await fail(() => vendor.createIntegration({ customerId: "x", declaredAccountId: null, [key]: next() }));
    await fail(() => vendor.verifyIntegration({ integrationId, [key]: next() }));
    await fail(() => vendor.revoke({ integrationId, reason: "x", [key]: next() }));
    await fail(() => vendor.generateRoleCommands({ integrationId, region, [key]: next() }));
    await fail(async () => vendor.assumeCustomerRole("x", { [key]: next() }));
    await fail(async () => createCrossAccount({ ...options, [key]: next() }));
  }
  for (const option of [
    "serviceName",
    "vendorAccountId",
    "region",
    "endpoint",
    "rolePath",
    "canaryRoleArn",
    "credentials",
  ]) {
    await fail(async () => createCrossAccount({ ...options, [option]: `${next()} \n` }));
  }
  await fail(() => vendor.createIntegration({ customerId: `${next()}\n`, declaredAccountId: null }));
  await fail(() => vendor.createIntegration({ customerId: "x", declaredAccountId: next() }));
  await fail(() => vendor.verifyIntegration({ integrationId, roleArn: next() }));
  await fail(() => vendor.getIntegration("nobody-made-this"));
  await fail(async () => vendor.assumeCustomerRole("x", { policy: next() }));
  await fail(async () => vendor.assumeCustomerRole("x", { region: next() }));
  await fail(() => vendor.assumeCustomerRole(next()).credentials());
  await fail(() => vendor.generateIntegrationUrl({ integrationId, region }));
  await fail(() => vendor.inspectRole(integrationId));
  await fail(() => vendor.verifySetupRemoved(integrationId));
  await fail(() => vendor.describeUpdate(integrationId));
  await fail(() => vendor.publishTemplate());
  await fail(() => vendor.advanceRotation(integrationId));
  await fail(async () => verifyCertificate(next(), next()));
  for (const text of planted.passwords) {
    const keyed = (key) => createSqliteStore({ path, sealingKeys: { current: { id: "now", key } } });
    await fail(() => keyed(text));
    await fail(() => keyed(Buffer.from(text.padEnd(32, "x").slice(0, 32))));
  }
  await fail(() =>
    createSqliteStore({ path, sealingKeys: { current: { id: "now", key: Buffer.alloc(32, "aXc9-Qz") } } }),
  );
  await fail(() => createSqliteStore({ path, sealingKeys: { current: { id: "another", key: randomBytes(32) } } }));
  // Another account's role, a role that is denied, and one whose trust is open.
  await second.put({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }],
  });
  await fail(() => vendor.verifyIntegration({ integrationId: second.integrationId }));

  const request = {
    roleArn: first.role.expectedRoleArn,
    roleSessionName: "canary.trip",
    externalId: first.role.externalId,
    durationSeconds: 900,
    region,
  };
  const ask = (credentials, change = {}, more = {}) =>
    createAssumeRole({ credentials, endpoint, ...more })({ ...request, ...change });
  for (const { accessKeyId, secretAccessKey, sessionToken } of planted.foreignKeys) {
    await fail(() => ask({ accessKeyId, secretAccessKey, sessionToken }));
  }
  for (const text of planted.providers) {
    await fail(() => ask(() => Promise.reject(new Error(text))));
    await fail(() => ask(() => Promise.reject(Object.assign(new Error("x"), { name: `${text} \u001B[2J` }))));
  }
  for (const text of planted.mfa) {
    const mfaCode = async () => text;
    await fail(() => ask(options.credentials, { mfaSerial: "GAHT12345678" }, { mfaCode }));
  }
  for (const text of planted.tags) {
    await fail(() => ask(options.credentials, { tags: { team: text } }));
    await fail(() => ask(options.credentials, { tags: { [`${text}!`]: "x" } }));
    await fail(() => ask(options.credentials, { sourceIdentity: `${text} x` }));
  }
  await fail(() => ask(options.credentials, { externalId: `${first.role.externalId}x` }));
  await fail(() => ask(options.credentials, { externalId: `${first.role.externalId}*` }));
  await fail(() => ask(options.credentials, { durationSeconds: 43_200 }));
  await fail(() => ask(options.credentials, { region: "xx-nowhere-1" }, { endpoint: "http://127.0.0.1:9" }));
  await fail(() => ask(options.credentials, {}, { timeoutMs: 1 }));
  await fail(() =>
    createAssumeRole({ credentials: options.credentials, endpoint })(request, { signal: AbortSignal.abort() }),
  );
  const broken = (record, assumeRole = createAssumeRole({ credentials: options.credentials, endpoint })) =>
    createCredentialsBroker({ assumeRole, record, waitMs: 0 }).provider(request)();
  await fail(() => broken(() => Promise.reject(new Error("disk full"))));
  await fail(() =>
    broken(
      async () => undefined,
      async () => ({ credentials: { secretAccessKey: planted.providers[0] } }),
    ),
  );
}
