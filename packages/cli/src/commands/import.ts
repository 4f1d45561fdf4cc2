// Takes over what aacli or aws-auth knew: keys to the secret store, environments to the configuration. The old file is
// left as it is.
import type { Home } from "@daypass/auth";
import { AuthError, display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import type { LegacyHub } from "../legacy/plan-legacy-import.js";
import type { LegacyFile } from "../legacy/open-legacy-file.js";
import { askText, askYes } from "../menus/ask-choice.js";
import { renderJson } from "../render/render-table.js";
import { describeError, renderError } from "../render/render-error.js";
import { describeHub, setUpHub } from "../setup/set-up-hub.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly passphraseStdin: boolean;
  readonly mfaSerial?: string;
  readonly withoutMfa: boolean;
  readonly plain: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

const open = async (
  workbench: Workbench,
  { passphraseStdin }: Flags,
  path: string | undefined,
): Promise<LegacyFile> => {
  const { openLegacyFile } = await import("../legacy/open-legacy-file.js");
  const { prompt, homeDir } = workbench;
  return openLegacyFile(homeDir, path, async (isAgain) => {
    if (passphraseStdin && !isAgain) return (await workbench.readStdin()).replace(/\r?\n$/, "");
    if (passphraseStdin)
      throw new AuthError("wrong_passphrase", "the old file does not open under that passphrase", {
        hint: "it is the one that you gave to aacli or aws-auth",
      });
    if (!prompt.isAvailable)
      throw new UsageError("the old file is encrypted, and nobody can be asked", "say --passphrase-stdin");
    return prompt.ask({
      kind: "passphrase",
      message: isAgain ? "not that one. Passphrase of the old file:" : "passphrase of the old file:",
    });
  });
};

const warn = (workbench: Workbench, { path, isEncrypted }: LegacyFile, hubs: readonly LegacyHub[]): void => {
  const why = isEncrypted
    ? "is encrypted weakly (no salt, no slow key, nothing that notices a change)"
    : "has your keys in clear";
  const rotate = hubs.map(({ name }) => `\`${workbench.names.program} rotate ${name}\``).join(", ");
  workbench.say(
    `${display(path)} ${why}, and was not changed\n` +
      `  hint: exchange the keys with ${rotate}, then delete that file\n`,
  );
};

/** Where the user may not look their devices up, the person knows the device. */
const takeHub = async (workbench: Workbench, home: Home, { name, profile }: LegacyHub, flags: Flags) => {
  const { withoutMfa } = flags;
  const mfaSerial = withoutMfa ? undefined : (flags.mfaSerial ?? profile.mfaSerial);
  const wish = {
    name,
    ...(withoutMfa && ({ withoutMfa } as const)),
    ...(mfaSerial !== undefined && { mfaSerial }),
  };
  try {
    return await setUpHub(home, wish, profile.keys);
  } catch (error) {
    const isHidden = error instanceof AuthError && error.code === "access_denied" && mfaSerial === undefined;
    if (!isHidden || !workbench.prompt.isAvailable) throw error;
    const asked = await askText(workbench, `ARN of the MFA device of hub ${name}:`, {
      instead: "say --mfa-serial ARN",
    });
    return setUpHub(home, { ...wish, mfaSerial: asked }, profile.keys);
  }
};

/** One hub that cannot be taken does not hold up the others; the file is there to be read again. */
const takeAll = async (workbench: Workbench, home: Home, hubs: readonly LegacyHub[], flags: Flags): Promise<void> => {
  const { withEnvironment } = await import("../setup/edit-environments.js");
  for (const hub of hubs) {
    try {
      if (!hub.isThere) workbench.say(describeHub(await takeHub(workbench, home, hub, flags)));
      await home.config.update((config) => hub.environments.reduce(withEnvironment, config));
    } catch (error) {
      const described = describeError(error);
      if (described.code === "cancelled" || described.code === "unexpected") throw error;
      workbench.say(`hub ${hub.name} was not taken over\n${renderError(described, workbench.names)}`);
      workbench.setExitCode(1);
    }
  }
};

async function importLegacy(this: Workbench, flags: Flags, path?: string): Promise<void> {
  const home = await this.home({ plain: flags.plain });
  const file = await open(this, flags, path);
  if (file.path === home.config.path) {
    throw new AuthError("invalid_option", "the old file is where this tool keeps its own configuration", {
      hint: "move it elsewhere, and name it there",
    });
  }
  const { describePlan, planLegacyImport } = await import("../legacy/plan-legacy-import.js");
  const hubs = planLegacyImport(await home.config.read(), file.profiles);
  if (flags.json) {
    const shown = hubs.map(({ name, isThere, profile, environments }) => ({
      name,
      isThere,
      accessKeyId: profile.keys.accessKeyId,
      environments,
    }));
    this.print(renderJson({ file: file.path, isEncrypted: file.isEncrypted, hubs: shown }));
  } else this.print(describePlan(hubs));
  if (hubs.length === 0) {
    this.say("there is nothing in it to take over\n");
    return;
  }
  if (flags.dryRun) return;
  if (!(await askYes(this, `take over ${hubs.length === 1 ? "this hub" : `these ${hubs.length} hubs`}?`, flags.yes))) {
    this.say("nothing was taken over\n");
    return;
  }
  await takeAll(this, home, hubs, flags);
  warn(this, file, hubs);
}

export const importCommand = buildCommand<Flags, [string?], Workbench>({
  func: importLegacy,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { placeholder: "FILE", brief: "the old file; else ~/.aacli or ~/.aws-auth", parse: String, optional: true },
      ],
    },
    flags: {
      passphraseStdin: { kind: "boolean", brief: "its passphrase is piped in", default: false, withNegated: false },
      mfaSerial: { kind: "parsed", parse: String, brief: "the MFA device, where it is not known", optional: true },
      withoutMfa: {
        kind: "boolean",
        brief: "use the users without MFA, on purpose",
        default: false,
        withNegated: false,
      },
      plain: {
        kind: "boolean",
        brief: "keep secrets in clear, for whoever reads the disk",
        default: false,
        withNegated: false,
      },
      dryRun: { kind: "boolean", brief: "show what would be taken only", default: false, withNegated: false },
      yes: { kind: "boolean", brief: "do not ask", default: false, withNegated: false },
      json: {
        kind: "boolean",
        brief: "what would be taken, as JSON (without secrets)",
        default: false,
        withNegated: false,
      },
    },
  },
  docs: { brief: "take over what aacli or aws-auth knew" },
});
