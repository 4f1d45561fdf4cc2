// Who this shell is now. Read from its environment only: AWS is not asked, and nothing is opened but with `--why`.
import { buildCommand } from "@stricli/core";
import type { SdksJudgement } from "../judge-sdks.js";
import { renderJson, renderTable, renderTimeLeft } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly json: boolean;
  readonly why: boolean;
}

interface Who {
  /** Absent: not one that this program switched to. */
  readonly identity: string | undefined;
  readonly by: "keys" | "profile" | "web_identity" | "container" | "nothing";
  readonly profile: string | undefined;
  /** The public half: it is no secret. */
  readonly accessKeyId: string | undefined;
  readonly region: string | undefined;
  readonly expiration: Date | undefined;
}

const filled = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** Returns what the environment says. Pure. */
export const readWho = (env: Workbench["env"], prefix: string): Who => {
  const profile = filled(env["AWS_PROFILE"]) ?? filled(env["AWS_DEFAULT_PROFILE"]);
  const accessKeyId = filled(env["AWS_ACCESS_KEY_ID"]);
  const hasContainer = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].some(
    (name) => filled(env[name]) !== undefined,
  );
  const by =
    accessKeyId !== undefined
      ? "keys"
      : profile !== undefined
        ? "profile"
        : filled(env["AWS_WEB_IDENTITY_TOKEN_FILE"]) !== undefined
          ? "web_identity"
          : hasContainer
            ? "container"
            : "nothing";
  const time = Date.parse(env["AWS_CREDENTIAL_EXPIRATION"] ?? "");
  return {
    // A label that outlived what it named would say the wrong name with confidence.
    identity: by === "nothing" ? undefined : filled(env[`${prefix}IDENTITY`]),
    by,
    profile,
    accessKeyId,
    region: filled(env["AWS_REGION"]) ?? filled(env["AWS_DEFAULT_REGION"]),
    expiration: by !== "keys" || Number.isNaN(time) ? undefined : new Date(time),
  };
};

const sayWho = ({ identity, by, profile, accessKeyId, region, expiration }: Who, now: number): string => {
  const name: Readonly<Record<Who["by"], string>> = {
    keys: identity ?? `keys ${accessKeyId ?? ""}, set by somebody else`,
    profile: identity ?? `profile ${profile ?? ""}`,
    web_identity: "the web identity of this environment",
    container: "the container's role",
    nothing: "-",
  };
  const left =
    expiration === undefined
      ? by === "profile" && identity !== undefined
        ? ["renewed by itself"]
        : []
      : [expiration.getTime() > now ? `${renderTimeLeft(expiration.getTime() - now)} left` : "expired"];
  return [name[by], ...(region === undefined ? [] : [region]), ...left].join(", ");
};

const judge = async (workbench: Workbench): Promise<SdksJudgement> => {
  const { judgeSdks } = await import("../judge-sdks.js");
  return judgeSdks({ env: workbench.env, profiles: await (await workbench.home()).profiles() });
};

async function showWho(this: Workbench, { json, why }: Flags): Promise<void> {
  const who = readWho(this.env, this.names.envPrefix);
  const sdks = why ? await judge(this) : undefined;
  if (json) {
    const left = who.expiration === undefined ? undefined : Math.floor((who.expiration.getTime() - this.now()) / 1000);
    this.print(renderJson({ ...who, secondsLeft: left, ...(sdks !== undefined && { sdks }) }));
    return;
  }
  this.print(renderTable([[sayWho(who, this.now())]]));
  if (sdks === undefined) return;
  const { SDK_NAMES } = await import("../judge-sdks.js");
  this.print(
    renderTable(
      sdks.families.map(({ family, uses, profile, region = "no region", why: reason }) => [
        `  ${SDK_NAMES[family]}`,
        profile === undefined ? uses.replaceAll("_", " ") : `profile ${profile}`,
        region,
        reason,
      ]),
    ),
  );
  for (const warning of sdks.warnings) this.say(`  hint: ${warning}\n`);
}

export const whoamiCommand = buildCommand<Flags, [], Workbench>({
  func: showWho,
  parameters: {
    flags: {
      json: { kind: "boolean", brief: "as JSON, for programs", default: false, withNegated: false },
      why: {
        kind: "boolean",
        brief: "what the AWS CLI and each SDK would use here, and why",
        default: false,
        withNegated: false,
      },
    },
  },
  docs: { brief: "show who this shell is, and for how long" },
});
