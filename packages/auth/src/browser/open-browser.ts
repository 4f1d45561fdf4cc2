// Shows a page in the person's browser. What is opened may come from files and answers, and what opens it is a program:
// no option, no other scheme than the web's.
import { AuthError } from "../errors.js";
import { readWebUrl } from "../sso/judge-start-url.js";
import type { OpenBrowser } from "../sso/sso-types.js";
import { startBrowser, type StartBrowserOptions } from "./start-browser.js";

/**
 * Returns the function that shows a page. It rejects with `invalid_option` for what is no https address (http: this
 * machine only), and with `prompt_unavailable` where no program opens it.
 * The address is seen by everybody who may list processes: it must be worth nothing to them, as a one-time link is.
 */
export const createBrowserOpener =
  (options: StartBrowserOptions): OpenBrowser =>
  async (text) => {
    const url = readWebUrl(text);
    if (url === undefined) {
      throw new AuthError("invalid_option", "only https addresses are shown in a browser", {
        hint: "give an https address, or an http one of this machine",
      });
    }
    if (await startBrowser(options, url.href)) return;
    throw new AuthError("prompt_unavailable", "no browser could be opened", {
      hint: "open the address by hand, or sign in with a code on another device",
    });
  };
