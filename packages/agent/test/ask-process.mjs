// One of many programs that want credentials. Arguments: DIRECTORY LOG CODE IDENTITY; CODE is typed when asked, `-` has
// no terminal, `hang` never answers. With SPAWN (a JSON list) as fifth it makes sure that the agent runs.
import { appendFileSync } from "node:fs";
import { createAgentClient, ensureAgent, spawnAgent } from "@daypass/agent";
import { neverPrompt, openHome } from "@daypass/auth";

const [directory, log, code, identity, command] = process.argv.slice(2);
const prompt =
  code === "-"
    ? neverPrompt("nobody is here")
    : {
        isAvailable: true,
        async ask({ message }) {
          appendFileSync(log, `prompt ${process.pid} ${message}\n`);
          if (code === "hang") return new Promise(() => setInterval(() => undefined, 1000));
          // Whoever else wants it has the time to come.
          await new Promise((resolve) => setTimeout(resolve, 20));
          return code;
        },
        tell: () => undefined,
      };
if (command !== undefined) {
  const home = await openHome({ toolName: "daypass", directory, homeDir: directory, env: {}, prompt, keychain: "off" });
  await ensureAgent({
    directory,
    locks: home.context.locks,
    isOn: true,
    readyWithinMs: 60_000,
    spawn: async () => {
      const pid = await spawnAgent({ command: JSON.parse(command), env: process.env });
      appendFileSync(log, `spawn ${pid}\n`);
    },
  });
}
const { credentials } = await createAgentClient({ directory, prompt, env: {} }).credentials({ identity });
process.stdout.write(`${credentials.sessionToken}\n`);
