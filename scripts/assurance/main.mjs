// npm run assurance -- [--tests FILE] [--teeth FILE] [--torture FILE]… [--mutation FILE] [--bench FILE] [--coverage FILE]:
// puts the figures of real runs into docs/assurance.json and writes docs/assurance.md from it. What is not given stays as it
// was. Without any flag only the page is written anew. The flags name the reports that the commands themselves wrote.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { collect } from "./collect.mjs";
import { renderPage } from "./render-page.mjs";

const file = (name) => new URL(`../../docs/${name}`, import.meta.url);
const one = { type: "string" };
const options = {
  tests: one,
  teeth: one,
  mutation: one,
  bench: one,
  coverage: one,
  torture: { ...one, multiple: true },
};

try {
  const { values } = parseArgs({ options });
  const data = collect(JSON.parse(readFileSync(file("assurance.json"), "utf8")), values);
  writeFileSync(file("assurance.json"), `${JSON.stringify(data, null, 2)}\n`);
  writeFileSync(file("assurance.md"), renderPage(data));
} catch (error) {
  process.stderr.write(
    `assurance: error: ${error.message.split("\n")[0]}\nassurance: hint: name the reports that the commands wrote, see the head of scripts/assurance/main.mjs\n`,
  );
  process.exitCode = 2;
}
