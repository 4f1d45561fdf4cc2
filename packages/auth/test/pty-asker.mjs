// Asks for a secret on the terminal, its standard streams being elsewhere, and says what became of it there.
import { writeFileSync } from "node:fs";
import { createTerminalPrompt } from "../dist/prompts/terminal-prompt.js";

const prompt = createTerminalPrompt({ env: { TERM: "xterm" } });
const answer = await prompt
  .ask({ kind: "secret", message: "secret:" })
  .catch((/** @type {unknown} */ error) => error.code);
writeFileSync(process.argv[2], String(answer));
prompt.tell("over");
