// Identity Center for whoever started the sandbox: what a person would do in a browser, and what goes wrong on order.
import { SandboxError } from "../errors.js";
import type { World } from "../world-types.js";
import { allowRequest, denyRequest, readAuthorizeRequest } from "./authorize-request.js";
import type { AuthorizeRequest } from "./authorize-request.js";
import { decideDevice } from "./devices.js";
import type { Instance, RefreshAnswers } from "./types.js";

/** The people of the directory, acted for. Everything throws `SandboxError` `invalid_option` for what does not exist. */
export interface IdentityCenterDoor {
  /** Says yes to a device for a person of the directory. */
  approveDevice(userCode: string, user: string): void;
  /** Says no to a device. */
  denyDevice(userCode: string): void;
  /** Says yes at an address of `/authorize`. Returns where the browser would be sent, the code in it. */
  approveAuthorization(address: string, user: string): string;
  /** Says no at an address of `/authorize`. Returns where the browser would be sent. */
  denyAuthorization(address: string): string;
  /** Ends everything that a person allowed any client: their tokens are dead before they expire. */
  endSessions(user: string): void;
  /** Says whether answers to refreshes bring a new refresh token from now on. */
  setRefreshAnswers(answers: RefreshAnswers): void;
}

/** Returns the door to the world's Identity Center. */
export function openIdentityCenter(world: World): IdentityCenterDoor {
  const requireUser = (user: string) => {
    if (requireInstance(world).people.has(user)) return user;
    throw wrong(`there is no user ${user} in Identity Center`, "list the user in identityCenter.users of the world");
  };
  const decide = (userCode: string, decided: boolean) => {
    if (!decided) throw wrong(`no device waits with the code ${userCode.slice(0, 16)}`, "start a device authorization");
  };
  const read = (address: string): AuthorizeRequest => {
    const query = URL.canParse(address) ? new URL(address).searchParams : new URLSearchParams();
    const found = readAuthorizeRequest(world, query);
    if (found.kind === "right") return found.request;
    throw wrong(
      `the address of /authorize is refused: ${found.kind === "untrusted" ? found.reason : errorIn(found.location)}`,
      "use the address that the client opens in a browser, whole",
    );
  };
  return {
    approveDevice(userCode, user) {
      decide(userCode, decideDevice(world, userCode, { kind: "allowed", person: requireUser(user) }));
    },
    denyDevice(userCode) {
      decide(userCode, decideDevice(world, userCode, { kind: "denied" }));
    },
    approveAuthorization: (address, user) => allowRequest(world, read(address), requireUser(user)),
    denyAuthorization: (address) => denyRequest(read(address)),
    endSessions(user) {
      requireUser(user);
      const { accessTokens, refreshTokens } = world.identityCenter;
      const grants = [...[...accessTokens.values()].map(({ grant }) => grant), ...refreshTokens.values()];
      for (const grant of grants) if (grant.person === user) grant.ended = true;
    },
    setRefreshAnswers(answers) {
      if (!["alternating", "always", "never"].includes(answers)) {
        throw wrong("refresh answers are of no known kind", 'use "alternating", "always" or "never"');
      }
      requireInstance(world).refreshAnswers = answers;
    },
  };
}

function requireInstance({ identityCenter: { instance } }: World): Instance {
  if (instance !== undefined) return instance;
  throw wrong("there is no Identity Center", "give the world an identityCenter");
}

function errorIn(location: string): string {
  return new URL(location).searchParams.get("error_description") ?? "it is not right";
}

function wrong(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_option", message, { hint });
}
