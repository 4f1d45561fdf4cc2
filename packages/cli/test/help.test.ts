// The help that starts at once is the help that the program itself writes, under whichever name it was typed.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { main } from "daypass";

const packageDirectory = fileURLToPath(new URL("..", import.meta.url));

test.each(["daypass", "aacli"])("%s --help says at once what the whole program would say", async (program) => {
  const atOnce = execFileSync(process.execPath, [`${packageDirectory}bin/${program}.cjs`, "--help"], {
    encoding: "utf8",
  });
  let written = "";
  const code = await main(program, ["--help"], {
    env: {},
    homeDir: "/nonexistent",
    platform: "linux",
    stdout: { write: (text) => void (written += text) },
    stderr: { write: () => undefined },
    readStdin: async () => "",
    now: Date.now,
    packageDirectory,
    packageName: "daypass",
    version: "0.0.0",
  });
  expect([code, atOnce]).toEqual([0, written]);
});
