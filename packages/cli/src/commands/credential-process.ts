// What SDKs run: one JSON document to stdout, or an exit code that says there is none. Nobody is asked unless it was
// allowed: editors run it for every profile when they start.
// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
import type { AwsCredentials } from "@daypass/auth";
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly prompt: boolean;
}

/** Returns the document. Without its `Expiration` an SDK would keep a session for ever. */
export const documentOf = (credentials: AwsCredentials): Readonly<Record<string, string | number>> => {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
  return {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(sessionToken !== undefined && { SessionToken: sessionToken }),
    ...(expiration !== undefined && { Expiration: expiration.toISOString() }),
    ...(accountId !== undefined && { AccountId: accountId }),
  };
};

async function writeDocument(this: Workbench, flags: Flags, name: string): Promise<void> {
  if (!flags.prompt) this.refuseQuestions("a program asks, not a person");
  const { handOut } = await import("../hand-out.js");
  const { credentials } = await handOut(this, name, flags);
  this.print(`${JSON.stringify(documentOf(credentials))}\n`);
}

export const credentialProcessCommand = buildCommand<Flags, [name: string], Workbench>({
  func: writeDocument,
  parameters: {
    flags: {
      prompt: {
        kind: "boolean",
        brief: "ask at the terminal where something is needed",
        default: false,
        withNegated: false,
      },
      ...narrowingFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "whose", placeholder: "IDENTITY", parse: (typed: string) => typed }],
    },
  },
  docs: { brief: "print credentials for an SDK (credential_process)" },
});
