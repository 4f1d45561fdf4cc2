// Which way of signing in can work here. A browser of this machine is safer: a code on another device can be phished.
import { existsSync } from "node:fs";
import type { SignInMode } from "./sso-types.js";

export interface SignInModeFacts {
  /** The process's environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Default: looks at the file system. */
  readonly fileExists?: (path: string) => boolean;
}

export interface ChosenSignInMode {
  readonly mode: SignInMode;
  /** Why, in words for a person. */
  readonly because: string;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

/** Returns how a person can sign in here, and why. Pure but for `fileExists`. */
export const chooseSignInMode = (facts: SignInModeFacts): ChosenSignInMode => {
  const { env, platform = process.platform, fileExists = existsSync } = facts;
  // The browser of the other machine could not answer to this one's 127.0.0.1.
  if (isSet(env["SSH_CONNECTION"]) || isSet(env["SSH_TTY"])) {
    return { mode: "device_code", because: "this is a session over SSH" };
  }
  if (isSet(env["BROWSER"])) return { mode: "browser", because: "BROWSER is set" };
  if (fileExists("/.dockerenv") || fileExists("/run/.containerenv")) {
    return { mode: "device_code", because: "this is a container" };
  }
  if (platform === "darwin" || platform === "win32") return { mode: "browser", because: "this machine has a desktop" };
  if (isSet(env["WSL_DISTRO_NAME"]) || isSet(env["WSL_INTEROP"])) {
    return { mode: "browser", because: "Windows opens the page" };
  }
  if (isSet(env["DISPLAY"]) || isSet(env["WAYLAND_DISPLAY"])) {
    return { mode: "browser", because: "this machine has a display" };
  }
  return { mode: "device_code", because: "this machine has no display" };
};
