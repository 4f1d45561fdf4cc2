// A tool that lists your buckets. Its author wrote three lines for AWS; everybody who uses it signs in as they do anyway.
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AuthError, createAuth, display } from "@daypass/auth";

const auth = createAuth({ toolName: "list-buckets", requiredActions: ["s3:ListAllMyBuckets"] });

const list = async () => {
  const s3 = new S3Client(await auth.getAwsConfig());
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  for (const { Name = "" } of Buckets) process.stdout.write(`${display(Name)}\n`);
};

const setUp = async () => {
  const { identity, check } = await auth.setUp({ in: "terminal" });
  process.stderr.write(`list-buckets is ${display(identity)}, ${display(check.arn ?? "not tested")}\n`);
};

const setUpInBrowser = async () => {
  const page = await auth.serveSetup();
  process.stderr.write(`Open this in your browser:\n${page.url}\n`);
  const { identity } = await page.finished;
  process.stderr.write(`list-buckets is ${display(identity)}\n`);
};

const explain = async () => {
  const { steps, warnings } = await auth.explain();
  for (const { step, outcome, why } of steps) {
    process.stdout.write(`${step.padEnd(12)}${outcome.padEnd(16)}${display(why)}\n`);
  }
  for (const warning of warnings) process.stderr.write(`warning: ${display(warning)}\n`);
};

const commands = { "--setup": setUp, "--setup-page": setUpInBrowser, "--explain": explain, "": list };
const [flag = ""] = process.argv.slice(2);

try {
  if (!Object.hasOwn(commands, flag)) {
    const hint = "there are --setup, --setup-page and --explain";
    throw new AuthError("invalid_option", `there is no flag ${flag}`, { hint });
  }
  await commands[flag]();
} catch (error) {
  const { message, hint } =
    error instanceof AuthError ? error : { message: error.message, hint: "list-buckets --explain says who asked" };
  process.stderr.write(`list-buckets: error: ${display(message)}\nlist-buckets: hint: ${display(hint)}\n`);
  process.exitCode = error instanceof AuthError && error.code === "invalid_option" ? 2 : 1;
}
