// Says who somebody is by the AWS SDK's own chain, row by row: a JSON list of environments comes in, a list of answers
// goes out.
import { text } from "node:stream/consumers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

const answer = async (env) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    const credentials = fromNodeProviderChain({
      mfaCodeProvider: async () => env.TEST_MFA_CODE ?? "",
      ignoreCache: true,
    });
    const client = new STSClient({ region: "eu-west-1", endpoint: env.TEST_ENDPOINT, credentials });
    return (await client.send(new GetCallerIdentityCommand({}))).Arn;
  } catch (error) {
    return process.env.TEST_WHY === undefined ? "refused" : `refused: ${error.message}`;
  }
};

const answers = [];
for (const { env } of JSON.parse(await text(process.stdin))) answers.push(await answer(env));
process.stdout.write(JSON.stringify(answers));
