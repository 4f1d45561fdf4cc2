// Walks the steps of the table and collects the actors: everybody whose credentials a case may use.
import { callSdk } from "./call-sdk.mjs";
import { fillIn, runsOn } from "./read-cases.mjs";

/**
 * Walks the steps that belong to `target`, with the administrators' keys as `vendor` and `customer` in `admins`.
 * Returns the credentials of every actor by name, and what was refused. The first refusal rejects when `strict`.
 *
 * `advance` moves the target's clock by seconds; `pause` waits for milliseconds; `call` asks like `callSdk`.
 */
export async function walkSteps(steps, { target, names, admins, strict, advance, pause, call = callSdk }) {
  const actors = { ...admins };
  const problems = [];
  let clockSeconds = 0;
  for (const step of steps.filter((each) => runsOn(each, target))) {
    if (step.advanceSeconds !== undefined) {
      await advance(step.advanceSeconds);
      clockSeconds += step.advanceSeconds;
    } else if (step.waitSeconds !== undefined) await pause(step.waitSeconds * 1000);
    else if (step.call !== undefined && actors[step.as] !== undefined) {
      const { input = {} } = fillIn(step, { names, actors });
      const answer = await call(step.call, input, actors[step.as], clockSeconds);
      if (!answer.allowed)
        problems.push(`${step.call} as ${step.as}: ${answer.status} ${answer.code}: ${answer.message}`);
      else if (step.actor !== undefined) actors[step.actor] = issued(answer.answer);
    } else if (step.from !== undefined && actors[step.from] !== undefined) actors[step.actor] = spoil(step, actors);
    if (strict && problems.length > 0) throw new Error(`the set-up was refused: ${problems[0]}`);
  }
  return { actors, problems };
}

function spoil({ from, accessKeyId, secretAccessKey, sessionToken }, actors) {
  const keys = actors[from];
  const changes = { drop: () => undefined, flip: () => flip(keys.sessionToken ?? "") };
  const token = () => actors[sessionToken]?.sessionToken;
  return {
    accessKeyId: accessKeyId ?? keys.accessKeyId,
    secretAccessKey: secretAccessKey === "flip" ? flip(keys.secretAccessKey) : keys.secretAccessKey,
    sessionToken: sessionToken === undefined ? keys.sessionToken : (changes[sessionToken] ?? token)(),
  };
}

/** The same text with one letter in its middle changed. */
function flip(secret) {
  const at = Math.floor(secret.length / 2);
  return `${secret.slice(0, at)}${secret[at] === "a" ? "b" : "a"}${secret.slice(at + 1)}`;
}

function issued({ AccessKey, Credentials }) {
  const { AccessKeyId, SecretAccessKey, SessionToken } = AccessKey ?? Credentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
