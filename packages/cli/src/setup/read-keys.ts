// A user's keys as AWS hands them out: the console's CSV file, the AWS CLI's JSON, or plain JSON. They come through a
// pipe or a hidden question, never through arguments, which everybody on the machine may read.
import type { LongLivedKeys } from "@daypass/auth";
import * as v from "valibot";
import { UsageError } from "../usage-error.js";

// IAM API reference, AccessKey: 16 to 128 characters. AWS's secrets are 40 of base 64; nothing promises it.
const ID = /^[A-Z0-9]{16,128}$/;
const SECRET = /^[\x21-\x7e]{16,256}$/;

const PLAIN = v.object({ accessKeyId: v.string(), secretAccessKey: v.string() });
const CREATED = v.object({ AccessKey: v.object({ AccessKeyId: v.string(), SecretAccessKey: v.string() }) });

const refuse = (message: string): UsageError =>
  new UsageError(message, "give the console's CSV file, or the JSON of `aws iam create-access-key`");

const fromJson = (text: string): readonly [id: string, secret: string] | undefined => {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  const plain = v.safeParse(PLAIN, given);
  if (plain.success) return [plain.output.accessKeyId, plain.output.secretAccessKey];
  const created = v.safeParse(CREATED, given);
  if (!created.success) return undefined;
  return [created.output.AccessKey.AccessKeyId, created.output.AccessKey.SecretAccessKey];
};

const cellsOf = (line: string): readonly string[] =>
  line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));

/** By the names in its first line: the console has written two forms of it. */
const fromCsv = (text: string): readonly [id: string, secret: string] | undefined => {
  const [head = "", first = "", ...more] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = cellsOf(head).map((name) => name.toLowerCase());
  const [id, secret] = [names.indexOf("access key id"), names.indexOf("secret access key")];
  if (id === -1 || secret === -1) return undefined;
  if (more.length > 0) throw refuse("there are keys of more than one user");
  const cells = cellsOf(first);
  return [cells[id] ?? "", cells[secret] ?? ""];
};

/** Returns what is wrong with an access key id, in words, or `undefined`. */
export const checkAccessKeyId = (id: string): string | undefined => {
  if (ID.test(id) && id.startsWith("ASIA"))
    return "that is a temporary key: give the user's own, which begins with AKIA";
  return ID.test(id) ? undefined : "an access key id is 16 or more capital letters and digits";
};

/** Returns what is wrong with a secret access key, in words that do not repeat it, or `undefined`. */
export const checkSecretAccessKey = (secret: string): string | undefined =>
  SECRET.test(secret) ? undefined : "a secret access key is one word of 16 or more letters, digits and signs";

/** Returns the keys in a text of one of the three forms. Throws `UsageError`, which never repeats any of it. */
export const readKeys = (text: string): LongLivedKeys => {
  const bare = text.replace(/^\uFEFF/, "").trim();
  const [accessKeyId, secretAccessKey] = fromJson(bare) ?? fromCsv(bare) ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined) throw refuse("what was piped is no access key");
  const problem = checkAccessKeyId(accessKeyId) ?? checkSecretAccessKey(secretAccessKey);
  if (problem !== undefined) throw refuse(`what was piped is no access key: ${problem}`);
  return { accessKeyId, secretAccessKey };
};
