// Bundles the command line: one small CommonJS file that must start fast, and the rest beside it, loaded when it is needed.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Some dependencies are CommonJS and ask for Node's own modules by `require`. */
const WITH_REQUIRE = { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' };

const sandbox = fileURLToPath(new URL("../packages/sandbox/dist/index.js", import.meta.url));
const OWN_REQUIRE = "const require = createRequire(import.meta.url);";
/** The sandbox loads its YAML reader when it needs it; in a bundle the reader has to be inside, and waits there. */
const lazyParts = {
  name: "lazy parts",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]read-yaml\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes(OWN_REQUIRE)) throw new Error(`${path} does not load the YAML reader as this expects`);
      return { contents: text.replace(OWN_REQUIRE, ""), loader: "js" };
    }),
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
    banner: WITH_REQUIRE,
  }),
  // Packed only (scripts/pack-cli.mjs): whoever installs the program has no workspace beside it to practise in.
  build({
    ...common,
    entryPoints: [sandbox],
    outfile: `${root}dist/packed/sandbox.mjs`,
    format: "esm",
    banner: WITH_REQUIRE,
    plugins: [lazyParts],
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
