// What the browser shows after AWS sent it back to us. The address of the page carries the code, so the page loads
// nothing, runs nothing and is kept by nobody.
import { createHash } from "node:crypto";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34em;padding:0 1em}h1{font-size:1.4em}";
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** The headers of every answer to the browser. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  connection: "close",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Returns text as HTML shows it, whatever is in it. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? "");

const createPage = (title: string, words: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>` +
  `<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(words)}</p></main></body></html>`;

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
