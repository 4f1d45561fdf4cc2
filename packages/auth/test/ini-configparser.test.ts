// The AWS CLI reads these files with Python's configparser: sections, keys and values must be the same, and so must be
// which files cannot be read.
import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIni } from "../dist/files/parse-ini.js";

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const available = spawnSync(python, ["--version"]).status === 0;

/** As botocore does: universal newlines, no interpolation. `strict` is off, for two of a name are told elsewhere. */
const READER = `
import configparser, io, json, sys
answers = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_file(io.StringIO(text, newline=None))
        answers.append({name: dict(parser._sections[name]) for name in parser.sections()})
    except configparser.Error:
        answers.append(None)
json.dump(answers, sys.stdout)
`;

/** Our reading in the form of configparser: later ones win, keys in lower case, lines of a value joined. */
function readAsPython(text: string) {
  const { sections, problems, lines } = parseIni(text, "/config");
  if (problems.length > 0) return null;
  const all = new Map<string, Map<string, string>>();
  for (const { header, entries } of sections) {
    const section = all.get(header) ?? new Map<string, string>();
    all.set(header, section);
    for (const { key, value, line, children } of entries) {
      // Blank lines between two parts of a value are parts of it; comments are not.
      const parts = children.flatMap(({ text, line: at }, index) => {
        const from = children[index - 1]?.line ?? line;
        const blank = lines.slice(from, at - 1).filter(({ text }) => !/[#;]/.test(text));
        return [...blank.map(() => ""), text];
      });
      section.set(key.toLowerCase(), [value, ...parts].join("\n"));
    }
  }
  return Object.fromEntries([...all].map(([name, section]) => [name, Object.fromEntries(section)]));
}

const piece = fc.constantFrom(
  "[a]\n",
  "[a] ; c\n",
  "[profile b]\r\n",
  " [c]\n",
  "[d\n",
  "k = v\n",
  "K: v ; c\n",
  "k=\n",
  "  n = 1\n",
  "\tn\r\n",
  "# c\n",
  " ; c\n",
  "\n",
  "  \n",
  "= x\n",
  "k",
  "=",
  ":",
  " ",
  "[",
  "]",
  "\r",
  "\x1c",
  "\xa0",
  "\u2028",
  "x]y]\n",
);

test.skipIf(!available)(
  "a thousand odd files are read as configparser reads them, or refused as it refuses them",
  () => {
    const texts = fc.sample(
      fc.array(piece, { maxLength: 14 }).map((all) => all.join("")),
      { numRuns: 1000, seed: 7 },
    );
    const answers = JSON.parse(
      execFileSync(python, ["-c", READER], { input: JSON.stringify(texts), encoding: "utf8" }),
    ) as unknown[];
    expect(answers.filter((answer) => answer !== null).length).toBeGreaterThan(100);
    texts.forEach((text, index) => expect([text, readAsPython(text)]).toEqual([text, answers[index]]));
  },
);

test("Python is there when it is required", () => expect(available || !required).toBe(true));
