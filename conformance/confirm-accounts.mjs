// Whose accounts a live run is about to change: asked of AWS, not of the caller, and confirmed by somebody.
import { createInterface } from "node:readline";
import { callSdk, loadProfile } from "./call-sdk.mjs";
import { ConformanceError } from "./read-arguments.mjs";

/** Returns `{ admins, accounts }` by vendor and customer. Throws `ConformanceError` for credentials that must not be used. */
export async function identifyAccounts(profiles) {
  const admins = {};
  const accounts = {};
  for (const [who, profile] of Object.entries(profiles)) {
    admins[who] = await load(profile);
    const answer = await callSdk("sts:GetCallerIdentity", {}, admins[who]);
    if (!answer.allowed) {
      const hint = "sign in again, or look into your AWS configuration";
      throw new ConformanceError(`AWS does not know the profile ${profile}: ${answer.code}`, hint);
    }
    const { Account, Arn } = answer.answer;
    judgeIdentity(profile, Arn);
    accounts[who] = { id: Account, arn: Arn, profile };
  }
  if (accounts.vendor.id === accounts.customer.id) {
    throw new ConformanceError(
      `both profiles are of the account ${accounts.vendor.id}`,
      "use two accounts: access across accounts is what this is about",
    );
  }
  return { admins, accounts };
}

/** Refuses an account's root user, and partitions whose ARNs the table does not have. */
export function judgeIdentity(profile, arn) {
  if (arn.endsWith(":root")) {
    throw new ConformanceError(
      `the profile ${profile} is the root user of its account`,
      "use an administrator's role or user; root cannot be taken back",
    );
  }
  if (!arn.startsWith("arn:aws:")) {
    throw new ConformanceError(
      `the profile ${profile} is in the partition ${arn.split(":")[1]}`,
      "use accounts in aws",
    );
  }
}

async function load(profile) {
  try {
    return await loadProfile(profile);
  } catch {
    // The SDK's message may repeat what stands in the configuration.
    throw new ConformanceError(
      `the profile ${profile} has no credentials`,
      "sign in, or look into your AWS configuration",
    );
  }
}

/** Asks for both account numbers on `talk` and reads a line of `input`. Throws `ConformanceError` unless they are typed. */
export async function confirmAccounts({ vendor, customer }, input, talk) {
  talk.write("type both account numbers, the vendor's first, to let the run change them: ");
  const lines = createInterface({ input });
  const [line] = await Promise.race([
    new Promise((resolve) => lines.once("line", (line) => resolve([line]))),
    new Promise((resolve) => lines.once("close", () => resolve([""]))),
  ]);
  lines.close();
  if (line.trim().split(/\s+/).join(" ") !== `${vendor.id} ${customer.id}`) {
    throw new ConformanceError(
      "the numbers are not those of the two accounts, so nothing was done",
      "type them, or use --yes",
    );
  }
}
