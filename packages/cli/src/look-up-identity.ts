// Who a name is, and whether it still is: for a process that keeps answers longer than files stay as they are.
import type { CredentialsSource, Home, Identity, Narrowing } from "@daypass/auth";

/** An identity as the files say it is now. */
export interface LookedUp {
  readonly identity: Identity;
  readonly source: CredentialsSource;
  /** Whether the files still say the same of it. They are read again only after they changed. Rejects as `home.find`. */
  readonly isCurrent: () => Promise<boolean>;
}

/** Looks the name up. Rejects as `home.find` and `home.source` do. */
export const lookUpIdentity = async (home: Home, name: string, narrowing?: Narrowing): Promise<LookedUp> => {
  const look = async () => {
    const identity = await home.find(name);
    const source = await home.source(identity.name, narrowing === undefined ? {} : { narrowing });
    return { identity, source, meaning: JSON.stringify([identity.region, source.question]) };
  };
  // Before they are read: a change that comes between is seen the next time.
  let seen = await home.stamp();
  const { identity, source, meaning } = await look();
  const isCurrent = async (): Promise<boolean> => {
    const stamp = await home.stamp();
    if (stamp === seen) return true;
    // Many changes are about somebody else.
    if ((await look()).meaning !== meaning) return false;
    seen = stamp;
    return true;
  };
  return { identity, source, isCurrent };
};
