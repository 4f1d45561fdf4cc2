// A hub that is to be changed: whether there is one is said before the person is asked whether they are sure.
import type { Home } from "@daypass/auth";
import { UsageError } from "../usage-error.js";

type KnownHub = Awaited<ReturnType<Home["config"]["read"]>>["hubs"][number];

/** Returns the hub of that name. Throws `UsageError` with the names that there are. */
export const findKnownHub = async (home: Home, name: string): Promise<KnownHub> => {
  const { hubs } = await home.config.read();
  const hub = hubs.find((known) => known.name === name);
  if (hub !== undefined) return hub;
  const known = hubs.map((each) => each.name).join(", ");
  throw new UsageError(
    `there is no hub ${JSON.stringify(name.slice(0, 130))}`,
    known === "" ? "there is none" : `known are ${known}`,
  );
};
