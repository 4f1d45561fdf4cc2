// The program from its modules instead of its bundle, so that a broken twin of one module reaches it.
import { fileURLToPath } from "node:url";
import { runProgram } from "../dist/run-program.js";

await runProgram("daypass", process.argv.slice(2), fileURLToPath(new URL("..", import.meta.url)));
