// What the browser shows after AWS sent it back to us. The address of the page carries the code.
import { createPage } from "../browser/plain-page.js";

/** The answer came. Whether it is good shows in the terminal: the code is still to be exchanged. */
export const ANSWERED_PAGE: string = createPage(
  "The answer has arrived",
  "You may close this window. The terminal says how it ends.",
);

/** Somebody asked for something else, or with a state that is not ours. */
export const IGNORED_PAGE: string = createPage(
  "This is not the answer that is waited for",
  "Nothing was done. Go back to the page of AWS that was opened for you, or start again in the terminal.",
);

/** Returns the page for a sign-in that was not granted. `error` is OAuth's word from the address: anybody's text. */
export const createRefusedPage = (error: string): string =>
  createPage("The sign-in was not granted", `The answer is: ${error.slice(0, 100)}. You may close this window.`);
