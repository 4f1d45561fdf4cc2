// Which programs took part in a run: a record without versions is worth little.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Returns the versions by client; those of Python's are given. */
export function findVersions(clients, python = {}) {
  const { version } = require("@aws-sdk/client-sts/package.json");
  const all = { sdk: `@aws-sdk/client-sts ${version}`, boto3: `boto3 ${python.boto3}`, cli: `awscli ${python.cli}` };
  return { node: process.version, ...Object.fromEntries(clients.map((client) => [client, all[client]])) };
}
