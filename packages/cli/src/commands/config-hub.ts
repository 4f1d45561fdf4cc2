// Hubs by flags: the same as the menu does, for scripts and for who knows what they want.
import type { Home } from "@daypass/auth";
import { buildCommand } from "@stricli/core";
import { askText, askYes } from "../menus/ask-choice.js";
import { askKeys, describeHub, setUpHub, type HubWish } from "../setup/set-up-hub.js";
import { expandRegion } from "../region-shorthand.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface AddFlags {
  readonly region?: string;
  readonly mfaSerial?: string;
  readonly withoutMfa: boolean;
  readonly codes: "terminal" | "totp" | "command";
  readonly codesCommand?: readonly string[];
  readonly keysStdin: boolean;
  readonly plain: boolean;
}

const codesOf = ({ codes, codesCommand = [] }: AddFlags): HubWish["codes"] => {
  if ((codes === "command") !== codesCommand.length > 0) {
    throw new UsageError(
      "--codes command and --codes-command belong together",
      "say --codes command --codes-command /path/of/program --codes-command ARGUMENT",
    );
  }
  return codes === "command" ? { from: "command", command: [...codesCommand] } : { from: codes };
};

async function addOneHub(this: Workbench, flags: AddFlags, name: string): Promise<void> {
  const { region, mfaSerial, withoutMfa, keysStdin, plain } = flags;
  if (withoutMfa && mfaSerial !== undefined) {
    throw new UsageError("--without-mfa and --mfa-serial contradict each other", "say one of them");
  }
  const codes = codesOf(flags);
  const keys = await askKeys(this, keysStdin);
  const totpSecret =
    flags.codes === "totp"
      ? await askText(this, "secret of the MFA device (not shown):", {
          instead: "a stored secret is typed on a terminal, once",
          kind: "secret",
        })
      : undefined;
  const home = await this.home({ plain });
  const hub = await setUpHub(
    home,
    {
      name,
      ...(codes !== undefined && { codes }),
      ...(region !== undefined && { region }),
      ...(mfaSerial !== undefined && { mfaSerial }),
      ...(withoutMfa && { withoutMfa }),
      ...(totpSecret !== undefined && { totpSecret }),
    },
    keys,
  );
  this.say(describeHub(hub));
}

/** Removes a hub from this machine, and says what AWS still knows. */
export const takeHubAway = async (workbench: Workbench, home: Home, name: string): Promise<void> => {
  const { removeHub } = await import("@daypass/auth");
  const { findKnownHub } = await import("../setup/find-known-hub.js");
  const hub = await findKnownHub(home, name);
  await removeHub(home.context, await home.hubs(), { name, record: home.record });
  workbench.say(
    `hub ${name}, its environments and its keys are gone from this machine\n` +
      `  hint: key ${hub.accessKeyId} goes on working until it is deleted in the IAM console\n`,
  );
};

async function removeOneHub(this: Workbench, { yes }: { readonly yes: boolean }, name: string): Promise<void> {
  const home = await this.home();
  const { findKnownHub } = await import("../setup/find-known-hub.js");
  await findKnownHub(home, name);
  const isSure = await askYes(this, `remove hub ${name}, its environments and its keys from this machine?`, yes);
  if (isSure) await takeHubAway(this, home, name);
  else this.say("nothing was removed\n");
}

const NAME = { kind: "tuple", parameters: [{ placeholder: "NAME", brief: "the hub's name", parse: String }] } as const;

export const addHubCommand = buildCommand<AddFlags, [string], Workbench>({
  func: addOneHub,
  parameters: {
    positional: NAME,
    flags: {
      region: { kind: "parsed", parse: expandRegion, brief: "whose STS is asked", optional: true },
      mfaSerial: { kind: "parsed", parse: String, brief: "the device, where the user has several", optional: true },
      withoutMfa: {
        kind: "boolean",
        brief: "use the user without MFA, on purpose",
        default: false,
        withNegated: false,
      },
      codes: {
        kind: "enum",
        values: ["terminal", "totp", "command"],
        brief: "where MFA codes come from",
        default: "terminal",
      },
      codesCommand: {
        kind: "parsed",
        parse: String,
        brief: "the program that prints a code, and its arguments",
        variadic: true,
        optional: true,
      },
      keysStdin: { kind: "boolean", brief: "keys are piped in, as JSON or CSV", default: false, withNegated: false },
      plain: {
        kind: "boolean",
        brief: "keep secrets in clear, for whoever reads the disk",
        default: false,
        withNegated: false,
      },
    },
  },
  docs: { brief: "add a hub, or give it new keys" },
});

export const removeHubCommand = buildCommand<{ readonly yes: boolean }, [string], Workbench>({
  func: removeOneHub,
  parameters: {
    positional: NAME,
    flags: { yes: { kind: "boolean", brief: "do not ask", default: false, withNegated: false } },
  },
  docs: { brief: "remove a hub from this machine" },
});
