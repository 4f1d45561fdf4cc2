// A program by the three lines on an odd machine: its own environment and home, nothing handed in but the tool's name and a
// prompt. Says who it is, or by which code it was refused; an error that is none of ours ends it.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AuthError, createAuth, neverPrompt } from "@daypass/auth";

const [profile, directory] = process.argv.slice(2);
const options = { toolName: "my-tool", keychain: "off", plain: true, prompt: neverPrompt("a test"), profile };
try {
  const config = await createAuth({ ...options, ...(directory && { directory }) }).getAwsConfig();
  const sts = new STSClient({ ...config, endpoint: process.env.AWS_ENDPOINT_URL });
  process.stdout.write(`${(await sts.send(new GetCallerIdentityCommand({}))).Arn}\n`);
} catch (error) {
  if (!(error instanceof AuthError)) throw error;
  process.stdout.write(`${error.code}: ${error.hint}\n`);
}
