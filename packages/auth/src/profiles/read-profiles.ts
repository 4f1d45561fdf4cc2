// Finds and reads ~/.aws/config and ~/.aws/credentials. A file that is not there is empty; one that cannot be read or
// understood is an error, never an empty one.
import { isAbsolute, join, resolve } from "node:path";
import { readTextFile } from "../files/read-text-file.js";
import { interpretProfiles, type ProfileFile } from "./interpret-profiles.js";
import type { Environment, Profiles } from "./profile-types.js";
import { readVariable } from "./read-variable.js";

export interface ReadProfilesOptions {
  readonly env: Environment;
  readonly homeDir: string;
}

/** Returns the path with a leading `~` made the home directory, absolute. */
export const expandPath = (path: string, homeDir: string): string => {
  if (path === "~") return homeDir;
  if (path.startsWith("~/") || path.startsWith("~\\")) return join(homeDir, path.slice(2));
  return isAbsolute(path) ? path : resolve(path);
};

/**
 * Returns where the two files are: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else below ~/.aws.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files: location".
 */
export const profileFiles = (
  env: Environment,
  homeDir: string,
): { readonly configFile: string; readonly credentialsFile: string } => ({
  configFile: expandPath(readVariable(env, "AWS_CONFIG_FILE") ?? join(homeDir, ".aws", "config"), homeDir),
  credentialsFile: expandPath(
    readVariable(env, "AWS_SHARED_CREDENTIALS_FILE") ?? join(homeDir, ".aws", "credentials"),
    homeDir,
  ),
});

/** Returns every profile, sso-session and services section. Throws `file_malformed`, `file_unusable`. */
export const readProfiles = async ({ env, homeDir }: ReadProfilesOptions): Promise<Profiles> => {
  const { configFile, credentialsFile } = profileFiles(env, homeDir);
  const read = async (path: string): Promise<ProfileFile> => ({ path, text: await readTextFile(path) });
  const [config, credentials] = await Promise.all([read(configFile), read(credentialsFile)]);
  return interpretProfiles({ config, credentials });
};
