// Which MFA device a user has: AWS is asked, nobody has to type a serial, and it is never guessed from the user's name.
import { AuthError } from "../errors.js";
import { askAws, clientConfig, hearClock, type HeardClock } from "../sts/ask-aws.js";
import { explainFailure } from "../sts/explain-failure.js";
import type { AwsCredentials, ClientSettings, SourceContext } from "../types.js";

export interface FindDeviceOptions {
  /** The user's own keys. */
  readonly credentials: AwsCredentials;
  /** Of the `iam` service. */
  readonly client: ClientSettings;
  /** Whose they are, in words: `hub work`. */
  readonly owner: string;
}

// Passkeys and security keys have serials of their own kind (IAM API reference, GetMFADevice), and the only proof that STS
// takes is a code of six digits (STS API reference, GetSessionToken, TokenCode; aws/aws-cli issue 3607).
const isFido = (serial: string): boolean => /^arn:[a-z-]+:iam::\d{12}:u2f\//.test(serial);

const required = (message: string, hint: string): AuthError => new AuthError("mfa_required", message, { hint });

/** Returns the serials of all devices of the user that the keys are of. Rejects as a call of AWS does. */
export const listDevices = async (
  context: Pick<SourceContext, "now" | "requestHandler">,
  { credentials, client, owner }: FindDeviceOptions,
): Promise<readonly string[]> => {
  const { IAMClient, ListMFADevicesCommand } = await import("@aws-sdk/client-iam");
  const heard: HeardClock = { offsetMs: undefined };
  const iam = new IAMClient(clientConfig(context, client, credentials, 3));
  iam.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
  try {
    const answer = await askAws(iam, {
      now: context.now,
      heard,
      // A user has eight devices at most, so one page holds them: IAM User Guide, "IAM and AWS STS quotas".
      send: (abortSignal) => iam.send(new ListMFADevicesCommand({}), { abortSignal }),
    });
    return (answer.MFADevices ?? []).flatMap(({ SerialNumber }) => (SerialNumber === undefined ? [] : [SerialNumber]));
  } catch (error) {
    throw explainFailure(error, {
      what: `the list of MFA devices to ${owner}`,
      deniedHint: "have iam:ListMFADevices allowed for the user itself, or name the device in the configuration",
      externalId: null,
    });
  }
};

/**
 * Returns the serial of the one device that makes codes; where there are several, the person chooses.
 * Rejects with `mfa_required` where there is none that STS takes, and with `prompt_unavailable` where several are there
 * and nobody can be asked.
 */
export const findMfaDevice = async (
  context: Pick<SourceContext, "now" | "requestHandler" | "prompt">,
  options: FindDeviceOptions,
): Promise<string> => {
  const all = await listDevices(context, options);
  const usable = all.filter((serial) => !isFido(serial));
  const [only, ...more] = usable;
  if (only === undefined) {
    throw all.length === 0
      ? required(`${options.owner} has no MFA device`, "add a virtual MFA device to the user in the IAM console")
      : required(
          `${options.owner} has passkeys and security keys only, and STS takes none of them`,
          "add a virtual MFA device (an authenticator app) to the user as well",
        );
  }
  if (more.length === 0) return only;
  if (!context.prompt.isAvailable) {
    throw new AuthError(
      "prompt_unavailable",
      `${options.owner} has ${usable.length} MFA devices, and nobody can be asked`,
      {
        hint: `name one as mfaSerial in the configuration: ${usable.join(", ")}`,
      },
    );
  }
  const chosen = await context.prompt.ask({
    kind: "choice",
    message: `which MFA device does ${options.owner} use here?`,
    choices: usable.map((serial) => ({ value: serial, label: serial })),
  });
  if (usable.includes(chosen)) return chosen;
  throw new AuthError("invalid_option", "the answer is none of the devices", { hint: "choose one of them" });
};
