// The configuration of aacli 1 and aws-auth 2 up to 2.1 (`environments`), and of aws-auth 2.2 (`identities`). What is not
// wholly understood is not taken.
import type { LongLivedKeys } from "@daypass/auth";
import { AuthError } from "@daypass/auth/terminal";
import * as v from "valibot";

export interface LegacyEnvironment {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: readonly string[];
}

export interface LegacyProfile {
  readonly name: string;
  readonly keys: LongLivedKeys;
  readonly mfaSerial: string | undefined;
  readonly environments: readonly LegacyEnvironment[];
}

// Account ids came from files that people wrote by hand; as a number they may have lost a zero in front.
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/));

const environment = v.object({
  name: v.string(),
  accountId,
  region: v.string(),
  roles: v.pipe(v.array(v.string()), v.minLength(1)),
});
const identity = v.object({
  accountName: v.string(),
  accountId,
  accountRegion: v.string(),
  iamRoleName: v.string(),
});
const CONFIG = v.object({
  profiles: v.array(
    v.object({
      name: v.string(),
      awsCredentials: v.object({
        accessKeyId: v.string(),
        secretAccessKey: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
        mfaArn: v.optional(v.string()),
      }),
      environments: v.optional(v.array(environment)),
      identities: v.optional(v.array(identity)),
    }),
  ),
});

type Identity = v.InferOutput<typeof identity>;

/** 2.2 kept one entry for each role; those of one name, account and region are one environment. */
const groupIdentities = (identities: readonly Identity[]): readonly LegacyEnvironment[] => {
  const found: LegacyEnvironment[] = [];
  for (const { accountName, accountId: id, accountRegion, iamRoleName } of identities) {
    const at = found.findIndex(
      (each) => each.name === accountName && each.accountId === id && each.region === accountRegion,
    );
    const known = found[at];
    if (known === undefined)
      found.push({ name: accountName, accountId: id, region: accountRegion, roles: [iamRoleName] });
    else found[at] = { ...known, roles: [...new Set([...known.roles, iamRoleName])] };
  }
  return found;
};

/** Returns the profiles of an old configuration. Throws `file_malformed` with the place, and never with a value. */
export const readLegacy = (value: unknown): readonly LegacyProfile[] => {
  const result = v.safeParse(CONFIG, value);
  if (!result.success) {
    const place = v.getDotPath(result.issues[0]) ?? "its start";
    throw new AuthError("file_malformed", `the old configuration is not understood at ${place}`, {
      hint: "correct the file with the tool that wrote it; it was not changed",
    });
  }
  return result.output.profiles.map(({ name, awsCredentials, environments = [], identities = [] }) => ({
    name,
    keys: { accessKeyId: awsCredentials.accessKeyId, secretAccessKey: awsCredentials.secretAccessKey },
    mfaSerial: awsCredentials.mfaArn === "" ? undefined : awsCredentials.mfaArn,
    environments: [...environments, ...groupIdentities(identities)],
  }));
};
