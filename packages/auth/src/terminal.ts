// The second door: asking a person and showing them what others wrote, for programs that must start before they know
// whether they will need the rest.
export { createTerminalPrompt } from "./prompts/terminal-prompt.js";
export { neverPrompt } from "./prompts/never-prompt.js";
export { display } from "./prompts/display.js";
export { detectCi } from "./resolver/detect-ci.js";
export { AuthError } from "./errors.js";
