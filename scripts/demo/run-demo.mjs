// The whole story in order. Returns what held and what did not; prints through `write` only.
import { auditHolds } from "./audit.mjs";
import {
  customerJoins,
  customerLaunches,
  vendorPrepares,
  vendorProves,
  vendorPublishes,
  vendorReads,
} from "./access.mjs";
import { carelessTrust, confusedDeputy, doubleClaim, partWays, pinnedPrincipal, recreatedRole } from "./attacks.mjs";
import { driftShows, externalIdChanges, setupEnds, templateChanges } from "./changes.mjs";
import { nothingByMistake, oneCodeForManyRoles, personSignsIn } from "./person.mjs";
import { openPersonStage } from "./person-stage.mjs";
import { openStage } from "./stage.mjs";
import { createStory } from "./story.mjs";

/**
 * @param {{ write: (text: string) => void, colour: boolean, verbose: boolean }} options
 * @returns {Promise<{ held: number, broken: readonly string[] }>}
 */
export async function runDemo({ write, colour, verbose }) {
  const stage = await openStage();
  const person = await openPersonStage();
  try {
    const newCalls = () => [...stage.newCalls(), ...person.newCalls()];
    const story = createStory({ write, colour, verbose, newCalls });
    write(`daypass: AWS access that expires by itself\n\n`);
    write(`A small AWS that can say no answers at ${stage.sandbox.endpoint}; nothing leaves this machine.\n`);
    write("Each line below rests on real calls: signed requests of the AWS SDK over HTTP.\n");
    await vendorPrepares(story, stage);
    await vendorPublishes(story, stage);
    const { integrationId } = await customerJoins(story, stage);
    const launch = await customerLaunches(story, stage, integrationId);
    await vendorProves(story, stage, integrationId);
    await vendorReads(story, stage);
    await setupEnds(story, stage, integrationId, launch);
    await driftShows(story, stage, integrationId, launch);
    await templateChanges(story, stage, integrationId, launch);
    await externalIdChanges(story, stage, integrationId, launch);
    const { role } = await stage.crossAccount.getIntegration(integrationId);
    await confusedDeputy(story, stage, integrationId, role.roleArn);
    await carelessTrust(story, stage);
    await doubleClaim(story, stage, integrationId, role.roleArn);
    await recreatedRole(story, stage, integrationId, launch);
    await pinnedPrincipal(story, stage);
    await partWays(story, stage, integrationId, launch);
    await auditHolds(story, stage);
    await oneCodeForManyRoles(story, person);
    await personSignsIn(story, person);
    await nothingByMistake(story, person);
    return story.end();
  } finally {
    await person.close();
    await stage.close();
  }
}
