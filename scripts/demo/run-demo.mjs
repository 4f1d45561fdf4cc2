// The whole story in order. Returns what held and what did not; prints through `write` only.
import { customerJoins, customerMakesRole, vendorPrepares, vendorProves, vendorReads } from "./access.mjs";
import { carelessTrust, confusedDeputy, doubleClaim, partWays, pinnedPrincipal, recreatedRole } from "./attacks.mjs";
import { openStage } from "./stage.mjs";
import { createStory } from "./story.mjs";

/**
 * @param {{ write: (text: string) => void, colour: boolean, verbose: boolean }} options
 * @returns {Promise<{ held: number, broken: readonly string[] }>}
 */
export async function runDemo({ write, colour, verbose }) {
  const stage = await openStage();
  try {
    const story = createStory({ write, colour, verbose, newCalls: stage.newCalls });
    write(`daypass: AWS access that expires by itself\n\n`);
    write(`A small AWS that can say no answers at ${stage.sandbox.endpoint}; nothing leaves this machine.\n`);
    write("Each line below rests on real calls: signed requests of the AWS SDK over HTTP.\n");
    await vendorPrepares(story, stage);
    const { integrationId } = await customerJoins(story, stage);
    const roleArn = await customerMakesRole(story, stage, integrationId);
    await vendorProves(story, stage, integrationId);
    await vendorReads(story, stage);
    await confusedDeputy(story, stage, integrationId, roleArn);
    await carelessTrust(story, stage);
    await doubleClaim(story, stage, integrationId, roleArn);
    await recreatedRole(story, stage, integrationId, roleArn);
    await pinnedPrincipal(story, stage);
    await partWays(story, stage, integrationId);
    return story.end();
  } finally {
    await stage.close();
  }
}
