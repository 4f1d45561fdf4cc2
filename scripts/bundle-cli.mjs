// Bundles the command line: one small CommonJS file that must start fast, and the rest beside it, loaded when it is needed.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../packages/cli/", import.meta.url));
const keychainProgram = fileURLToPath(new URL("../packages/auth/dist/secrets/keychain-program.js", import.meta.url));
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  // The ESM builds of the AWS SDK can be shaken; its CommonJS builds cannot.
  mainFields: ["module", "main"],
  logLevel: "warning",
};

rmSync(`${root}dist/cold`, { recursive: true, force: true });
rmSync(`${root}dist/help.txt`, { force: true });
await Promise.all([
  build({ ...common, entryPoints: [`${root}dist/hot.js`], outfile: `${root}dist/hot.cjs`, format: "cjs" }),
  build({
    ...common,
    entryPoints: { main: `${root}dist/run-program.js`, agent: `${root}dist/serve-agent.js` },
    outdir: `${root}dist/cold`,
    format: "esm",
    splitting: true,
    outExtension: { ".js": ".mjs" },
    external: ["@napi-rs/keyring"],
    // Some dependencies are CommonJS and ask for Node's own modules by `require`.
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  }),
  // The keychain is asked by a program of its own, which can be killed when the keychain does not answer.
  build({
    ...common,
    entryPoints: [keychainProgram],
    outfile: `${root}dist/keychain-program.mjs`,
    format: "esm",
    external: ["@napi-rs/keyring"],
  }),
]);

// The help as the program itself writes it, with a mark where the name stands that was typed (src/answer-help.ts).
const cold = new URL("../packages/cli/dist/cold/main.mjs", import.meta.url).href;
const program = `const { runProgram } = await import(${JSON.stringify(cold)});
await runProgram("%PROGRAM%", ["--help"], ${JSON.stringify(root)});`;
const env = { ...process.env, NO_COLOR: "1", STRICLI_NO_COLOR: "1" };
writeFileSync(`${root}dist/help.txt`, execFileSync(process.execPath, ["--input-type=module", "-e", program], { env }));
