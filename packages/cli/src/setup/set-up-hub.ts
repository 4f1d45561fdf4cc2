// A hub's user is set up once: by menu, by flags, and from old files. What AWS says of the keys is not typed by anybody.
import type { addHub, Home, LongLivedKeys, NewHub } from "@daypass/auth";
import { display } from "@daypass/auth/terminal";
import { askText } from "../menus/ask-choice.js";
import type { Workbench } from "../workbench.js";
import { checkAccessKeyId, checkSecretAccessKey, readKeys } from "./read-keys.js";

/** A hub as it is set up. */
export type HubEntry = Awaited<ReturnType<typeof addHub>>;
/** What is wished of a hub besides its keys. */
export type HubWish = Omit<NewHub, "keys" | "record">;

const INSTEAD = "pipe them in and say --keys-stdin";

/** Returns keys that were piped, or that the person types: the secret one is not shown. */
export const askKeys = async (workbench: Workbench, isPiped: boolean): Promise<LongLivedKeys> => {
  if (isPiped) return readKeys(await workbench.readStdin());
  const accessKeyId = await askText(workbench, "access key id of your user:", {
    instead: INSTEAD,
    check: checkAccessKeyId,
  });
  const secretAccessKey = await askText(workbench, "secret access key (not shown):", {
    instead: INSTEAD,
    check: checkSecretAccessKey,
    kind: "secret",
  });
  return { accessKeyId, secretAccessKey };
};

/** Adds the hub and returns its entry. Rejects as `addHub` does; nothing is kept then. */
export const setUpHub = async (home: Home, wish: HubWish, keys: LongLivedKeys): Promise<HubEntry> => {
  const auth = await import("@daypass/auth");
  return auth.addHub(home.context, await home.hubs(), { ...wish, keys, record: home.record });
};

/** Returns what is now there, in a line. */
export const describeHub = (hub: HubEntry): string => {
  const { name, userName, accountId, mfaSerial } = hub;
  const device = mfaSerial === undefined ? "WITHOUT MFA" : `with ${mfaSerial}`;
  return `${display(`hub ${name} is user ${userName} of ${accountId}, ${device}`)}\n`;
};
