// Walks the steps of the table and collects the actors: everybody whose credentials a case may use.
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Answer } from "./judge-answer.js";
import { fillIn, STEPS, type Keys, type Step } from "./read-table.js";
import { callSdk } from "./sdk-client.js";
import type { Program } from "./start-program.js";

/** Returns the credentials of every actor by name. Throws when a step is refused. */
export async function prepareSandbox({ accounts, control }: Program): Promise<Record<string, Keys>> {
  const actors: Record<string, Keys> = Object.fromEntries(accounts.map(({ name, admin }) => [name, admin]));
  let clockSeconds = 0;
  for (const step of STEPS) {
    if (step.advanceSeconds !== undefined) {
      await advance(control, step.advanceSeconds);
      clockSeconds += step.advanceSeconds;
    } else if (step.from !== undefined && step.actor !== undefined) actors[step.actor] = spoil(step, actors);
    else if (step.call !== undefined) {
      const { input = {} } = fillIn(step, "setup", actors);
      const answer = await callSdk(step.call, input, keysOf(actors, step.as), clockSeconds);
      if (!answer.allowed) throw new Error(`${step.call} as ${step.as ?? "?"}: ${answer.code}: ${answer.message}`);
      if (step.actor !== undefined) actors[step.actor] = issued(answer);
    }
  }
  return actors;
}

function keysOf(actors: Readonly<Record<string, Keys>>, name: string | undefined): Keys {
  const keys = actors[name ?? ""];
  if (keys === undefined) throw new Error(`there is no actor "${name ?? ""}"`);
  return keys;
}

async function advance(control: string, advanceSeconds: number): Promise<void> {
  // Not fetch: Node's sends a header of browsers, which the control door refuses.
  const asked = request(`${control.replace(/\/$/, "")}/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  asked.end(JSON.stringify({ advanceSeconds }));
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`the clock did not move: ${answer}`);
}

function spoil(step: Step, actors: Readonly<Record<string, Keys>>): Keys {
  const keys = keysOf(actors, step.from);
  const { sessionToken: change } = step;
  const sessionToken =
    change === "drop"
      ? undefined
      : change === "flip"
        ? flip(keys.sessionToken ?? "")
        : change === undefined
          ? keys.sessionToken
          : keysOf(actors, change).sessionToken;
  return {
    accessKeyId: step.accessKeyId ?? keys.accessKeyId,
    secretAccessKey: step.secretAccessKey === "flip" ? flip(keys.secretAccessKey) : keys.secretAccessKey,
    sessionToken,
  };
}

/** The same text with one letter in its middle changed. */
function flip(secret: string): string {
  const at = Math.floor(secret.length / 2);
  return `${secret.slice(0, at)}${secret[at] === "a" ? "b" : "a"}${secret.slice(at + 1)}`;
}

function issued(answer: Answer & { readonly allowed: true }): Keys {
  const { AccessKey, Credentials } = answer.answer as Record<"AccessKey" | "Credentials", Issued | undefined>;
  const found = AccessKey ?? Credentials;
  if (found === undefined) throw new Error("the step issued no credentials");
  return { accessKeyId: found.AccessKeyId, secretAccessKey: found.SecretAccessKey, sessionToken: found.SessionToken };
}

interface Issued {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
}
