// One of many programs of the same tool, started at once: the three lines. "The person" is a file: each question adds a line
// to it, so that questions of all programs can be counted.
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAuth } from "@daypass/auth";

const [homeDir, endpoint, identity, mode] = process.argv.slice(2);
const prompt = {
  isAvailable: true,
  tell: () => undefined,
  async ask() {
    await appendFile(join(homeDir, "questions"), `${process.pid}\n`);
    // Asked, and killed before the answer: the next must ask.
    if (mode === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
    return readFile(join(homeDir, "code"), "utf8");
  },
};
const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" };
const given = { toolName: "my-tool", homeDir, env, keychain: "off", plain: true, prompt, renewBehind: false };
const { credentials } = await createAuth({ ...given, identity }).getAwsConfig();
process.stdout.write(`${(await credentials()).accessKeyId}\n`);
