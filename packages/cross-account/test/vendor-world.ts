// A vendor with a service user and a canary, and a customer's administrator, in one sandbox: where the tests begin.
import { IAM } from "@aws-sdk/client-iam";
import {
  createCrossAccount,
  createMemoryStore,
  type CrossAccount,
  type CrossAccountOptions,
  type IntegrationStore,
} from "@daypass/cross-account";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";

export const VENDOR = "111111111111";
export const CUSTOMER = "222222222222";
export const OTHER_CUSTOMER = "333333333333";
export const region = "eu-west-1";
export const servicePrincipal = `arn:aws:iam::${VENDOR}:user/service`;
export const canaryRoleArn = `arn:aws:iam::${VENDOR}:role/daypass-canary`;

type Document = Record<string, unknown>;

export function document(...statements: readonly object[]): Document {
  return { Version: "2012-10-17", Statement: statements };
}

/** What the vendor has before any customer comes. */
export const vendorWorld: WorldFile = {
  accounts: [
    {
      id: VENDOR,
      users: [
        {
          name: "service",
          policies: {
            assume: document({ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: "*" }),
          },
        },
        {
          name: "bystander",
          policies: { assume: document({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }) },
        },
        { name: "powerless" },
      ],
      roles: [
        {
          name: "daypass-canary",
          // The account and not the user: named directly, a principal of the same account would need no permission.
          trustPolicy: document({ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }),
        },
      ],
    },
  ],
};

export interface VendorWorld {
  readonly sandbox: Sandbox;
  readonly store: IntegrationStore;
  readonly crossAccount: CrossAccount;
  /** Milliseconds by which the vendor's and AWS's clocks run ahead. */
  readonly clock: { now(): number; advance(milliseconds: number): void };
  /** What `wait` was asked for; it does not really wait. */
  readonly waits: number[];
  /** Runs in place of the next propagation times, in order. */
  readonly meanwhile: (() => Promise<unknown>)[];
  /** The same vendor again, as another process or with other options. */
  another(changes?: Partial<CrossAccountOptions>, without?: "template" | "publishing"): CrossAccount;
  iam(accountId?: string): IAM;
  /** Creates the role that an integration asks for; the trust policy can be written otherwise. */
  createRole(integrationId: string, changes?: RoleChanges): Promise<string>;
  /** A customer whose integration is active. */
  activeIntegration(customerId?: string, label?: string): Promise<{ integrationId: string; roleArn: string }>;
}

export interface RoleChanges {
  readonly accountId?: string;
  readonly roleName?: string;
  /** In place of the condition on `sts:ExternalId`. */
  readonly condition?: (externalId: string) => object | undefined;
  readonly principal?: string;
  /** Leaves out the statement on session tags, to stay under IAM's 2,048 characters. */
  readonly withoutTags?: boolean;
}

/** Starts the world; the caller stops `sandbox`. */
export async function openVendorWorld(
  changes: Partial<CrossAccountOptions> = {},
  begin: WorldFile = vendorWorld,
): Promise<VendorWorld> {
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    advance(milliseconds: number) {
      ahead += milliseconds;
    },
  };
  const sandbox = await startSandbox({ world: begin, now: clock.now });
  const store = changes.store ?? createMemoryStore();
  const waits: number[] = [];
  const meanwhile: (() => Promise<unknown>)[] = [];
  const options: CrossAccountOptions = {
    serviceName: "Acme",
    vendorAccountId: VENDOR,
    region,
    vendorPrincipals: [servicePrincipal],
    canaryRoleArn,
    store,
    credentials: sandbox.issueKey(VENDOR, "service"),
    endpoint: sandbox.endpoint,
    now: clock.now,
    jitter: () => 0.5,
    async wait(milliseconds, signal) {
      waits.push(milliseconds);
      signal?.throwIfAborted();
      await meanwhile.shift()?.();
    },
    ...changes,
  };
  const crossAccount = createCrossAccount(options);

  function iam(accountId = CUSTOMER): IAM {
    return new IAM({
      endpoint: sandbox.endpoint,
      region,
      credentials: sandbox.account(accountId).admin,
      maxAttempts: 1,
      systemClockOffset: ahead,
    });
  }

  async function createRole(integrationId: string, changes: RoleChanges = {}): Promise<string> {
    const { roleName, path, trustPolicy, externalId } = await crossAccount.roleDocuments(integrationId);
    const [enter, tags] = trustPolicy.Statement;
    const condition = changes.condition?.(externalId);
    const statement = {
      ...enter,
      ...(changes.principal !== undefined && { Principal: { AWS: changes.principal } }),
      ...(changes.condition !== undefined && { Condition: condition }),
    };
    const { Role } = await iam(changes.accountId).createRole({
      RoleName: changes.roleName ?? roleName,
      Path: path,
      AssumeRolePolicyDocument: JSON.stringify({
        ...trustPolicy,
        Statement: changes.withoutTags === true ? [statement] : [statement, tags],
      }),
    });
    return Role?.Arn ?? "";
  }

  return {
    sandbox,
    store,
    crossAccount,
    clock,
    waits,
    meanwhile,
    another(more = {}, without) {
      const given = Object.entries({ ...options, ...more }).filter(([name]) => name !== without);
      return createCrossAccount(Object.fromEntries(given) as unknown as CrossAccountOptions);
    },
    iam,
    createRole,
    async activeIntegration(customerId = "acme", label = "default") {
      const { integrationId } = await crossAccount.createIntegration({
        customerId,
        label,
        declaredAccountId: CUSTOMER,
      });
      const roleArn = await createRole(integrationId);
      const { integration } = await crossAccount.verifyIntegration({ integrationId });
      if (integration.state !== "active") throw new Error(`the integration is ${integration.state}`);
      return { integrationId, roleArn };
    },
  };
}
