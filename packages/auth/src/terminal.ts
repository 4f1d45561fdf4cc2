// The second door: asking a person, and showing them pages and what others wrote, for programs that must start before they know
// whether they will need the rest.
export { createTerminalPrompt } from "./prompts/terminal-prompt.js";
export { neverPrompt } from "./prompts/never-prompt.js";
export { display } from "./prompts/display.js";
export { BROWSERS, startBrowser } from "./browser/start-browser.js";
export type { Browser } from "./browser/start-browser.js";
export { detectCi } from "./resolver/detect-ci.js";
export { AuthError } from "./errors.js";
