// The documents that make a hub and its spokes, ready for CloudFormation: for given accounts, or as it is set up here.
import type { HubEnvironment, SpokeDescription } from "@daypass/templates";
import { AuthError } from "@daypass/auth/terminal";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

type Partition = SpokeDescription["partition"];
const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"] as const;
const FORMATS = ["yaml", "json"] as const;

interface CommonFlags {
  readonly hub?: string;
  readonly hubAccount?: string;
  readonly partition?: Partition;
  readonly format: (typeof FORMATS)[number];
}
interface HubFlags extends CommonFlags {
  readonly environment?: readonly string[];
}
interface SpokeFlags extends CommonFlags {
  readonly account: string;
  readonly role: string;
  readonly rolePath: string;
  readonly user?: readonly string[];
  readonly anyUser: boolean;
  readonly policy: readonly string[];
  readonly mfaMaxAge: number;
  readonly maxSession: number;
}

const readSeconds = (text: string): number => {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError("that is no number of seconds", "write seconds, such as 43200");
};

/** `prod=333333333333:ADMIN,RO`. The templates judge what the parts are. */
const readEnvironment = (text: string): HubEnvironment => {
  const [, name, accountId, roles] = /^([^=]+)=([^:]+):(.+)$/.exec(text) ?? [];
  if (name !== undefined && accountId !== undefined && roles !== undefined)
    return { name, accountId, roles: roles.split(",") };
  throw new UsageError(
    "--environment is not understood",
    "write NAME=ACCOUNT:ROLE,ROLE, such as prod=333333333333:ADMIN,RO",
  );
};

/** The hub's account: as it is set up here, or as it is said. */
const hubOf = async (workbench: Workbench, { hub, hubAccount, partition }: CommonFlags) => {
  if ((hub === undefined) === (hubAccount === undefined)) {
    throw new UsageError("say which hub account it is", "--hub NAME as it is set up here, or --hub-account ID");
  }
  if (hubAccount !== undefined) return { hubAccountId: hubAccount, partition: partition ?? "aws", environments: [] };
  const config = await (await workbench.home()).config.read();
  const known = config.hubs.find(({ name }) => name === hub);
  if (known === undefined) {
    throw new AuthError("not_found", `there is no hub ${JSON.stringify(hub?.slice(0, 130))}`, {
      hint: `known are ${config.hubs.map(({ name }) => name).join(", ") || "none"}`,
    });
  }
  const own = PARTITIONS.find((each) => each === known.partition);
  if (own === undefined || (partition ?? own) !== own) {
    throw new UsageError(`the hub is in partition ${known.partition}`, "leave out --partition, or name another hub");
  }
  const environments = config.environments.filter((each) => each.hub === known.name);
  return { hubAccountId: known.accountId, partition: own, environments };
};

/** What the templates refuse is said as what was typed wrongly. */
const refusing = async <T>(make: () => T): Promise<T> => {
  const { TemplateError } = await import("@daypass/templates");
  try {
    return make();
  } catch (error) {
    throw error instanceof TemplateError ? new UsageError(error.message, error.hint) : error;
  }
};

async function printHub(this: Workbench, flags: HubFlags): Promise<void> {
  const { createHubTemplate, renderJson, renderYaml } = await import("@daypass/templates");
  const { environments: known, ...hub } = await hubOf(this, flags);
  const said = (flags.environment ?? []).map(readEnvironment);
  const environments =
    said.length > 0
      ? said
      : known.map(({ name, accountId, roles, rolePath }) => ({ name, accountId, roles, rolePath }));
  const template = await refusing(() => createHubTemplate({ ...hub, environments }));
  this.print(flags.format === "json" ? renderJson(template) : renderYaml(template));
  this.say(`deploy it in account ${hub.hubAccountId}, with the capability CAPABILITY_NAMED_IAM\n`);
}

async function printSpoke(this: Workbench, flags: SpokeFlags): Promise<void> {
  const { createSpokeTemplate, renderJson, renderYaml } = await import("@daypass/templates");
  const { hubAccountId, partition } = await hubOf(this, flags);
  const { user = [], anyUser, account, role, rolePath, policy, mfaMaxAge, maxSession } = flags;
  if (user.length > 0 === anyUser) {
    throw new UsageError("say who may enter", "--user NAME for each of them, or --any-user for all of the hub's");
  }
  const arnOf = (name: string) =>
    name.startsWith("arn:") ? name : `arn:${partition}:iam::${hubAccountId}:user/${name}`;
  const template = await refusing(() =>
    createSpokeTemplate({
      partition,
      hubAccountId,
      accountId: account,
      roleName: role,
      rolePath,
      users: anyUser ? null : user.map(arnOf),
      mfaMaxAgeSeconds: mfaMaxAge,
      maxSessionDuration: maxSession,
      // AWS's own are named by their names.
      managedPolicyArns: policy.map((name) =>
        name.startsWith("arn:") ? name : `arn:${partition}:iam::aws:policy/${name}`,
      ),
    }),
  );
  this.print(flags.format === "json" ? renderJson(template) : renderYaml(template));
  this.say(`deploy it in account ${account}, with the capability CAPABILITY_NAMED_IAM\n`);
}

const common = {
  hub: { kind: "parsed", parse: String, brief: "a hub that is set up here", optional: true },
  hubAccount: { kind: "parsed", parse: String, brief: "the account id of the hub", optional: true },
  partition: { kind: "enum", values: PARTITIONS, brief: "the partition; default aws", optional: true },
  format: { kind: "enum", values: FORMATS, brief: "how to write it", default: "yaml" },
} as const;

export const documentsRoutes = buildRouteMap<string, Workbench>({
  routes: {
    hub: buildCommand<HubFlags, [], Workbench>({
      func: printHub,
      parameters: {
        flags: {
          ...common,
          environment: {
            kind: "parsed",
            parse: String,
            brief: "NAME=ACCOUNT:ROLE,ROLE; else those that are set up here",
            variadic: true,
            optional: true,
          },
        },
      },
      docs: { brief: "groups of the account in which people have users" },
    }),
    spoke: buildCommand<SpokeFlags, [], Workbench>({
      func: printSpoke,
      parameters: {
        flags: {
          ...common,
          account: { kind: "parsed", parse: String, brief: "the account that is entered" },
          role: { kind: "parsed", parse: String, brief: "the role's name" },
          rolePath: { kind: "parsed", parse: String, brief: "its IAM path", default: "/" },
          user: {
            kind: "parsed",
            parse: String,
            brief: "who may enter; say it again for more",
            variadic: true,
            optional: true,
          },
          anyUser: { kind: "boolean", brief: "all users of the hub, on purpose", default: false, withNegated: false },
          policy: {
            kind: "parsed",
            parse: String,
            brief: "what it may do: AWS's policy by name, or an ARN",
            variadic: true,
          },
          mfaMaxAge: {
            kind: "parsed",
            parse: readSeconds,
            brief: "seconds since the code was shown",
            default: "43200",
          },
          maxSession: { kind: "parsed", parse: readSeconds, brief: "longest session in seconds", default: "3600" },
        },
      },
      docs: { brief: "a role that is entered from the hub" },
    }),
  },
  docs: { brief: "CloudFormation documents that make a hub and its spokes" },
});
