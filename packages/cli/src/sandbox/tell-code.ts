// The code that the phone of the practice shows now. The running sandbox is asked, so that a code that was used is not
// told again.
import { AuthError } from "@daypass/auth/terminal";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Workbench } from "../workbench.js";
import { DOOR_FILE } from "./furnish-home.js";
import { DEVICE_SERIAL } from "./practice-world.js";

/** Only this machine: whoever writes the file must not learn where we would go. */
const DOOR = v.object({
  control: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/_sandbox\/[0-9a-f]{64}\/$/)),
});
const CODE = v.object({ code: v.pipe(v.string(), v.regex(/^\d{6}$/)) });
const REFUSAL = v.object({ error: v.string(), hint: v.optional(v.string(), "wait for the next one") });

const noSandbox = ({ names }: Workbench): AuthError =>
  new AuthError("not_found", "no sandbox runs for this home directory", {
    hint: `start one with \`${names.name} sandbox\`, and ask in the shell that it opens`,
  });

/** Returns the six digits. Throws `not_found` where no sandbox runs, and `mfa_refused` where the code was used just now. */
export const tellPracticeCode = async (bench: Workbench): Promise<string> => {
  let door: string;
  try {
    const text = await readFile(join(bench.homeDir, bench.names.directoryName, DOOR_FILE), "utf8");
    door = v.parse(DOOR, JSON.parse(text)).control;
  } catch {
    throw noSandbox(bench);
  }
  const answer = await fetch(`${door}mfa-code`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ serialNumber: DEVICE_SERIAL }),
    redirect: "error",
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  if (answer === undefined) throw noSandbox(bench);
  const body: unknown = await answer.json();
  if (answer.ok) return v.parse(CODE, body).code;
  const { error, hint } = v.parse(REFUSAL, body);
  throw new AuthError("mfa_refused", error, { hint });
};
