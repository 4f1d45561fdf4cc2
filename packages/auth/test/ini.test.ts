import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendSection, removeKeys, removeSection, setKeys } from "../dist/files/edit-ini.js";
import { parseIni, renderIni } from "../dist/files/parse-ini.js";
import { splitWords } from "../dist/files/split-words.js";

const ODD = [
  "\ufeff# mine\r\n[default]\r\nregion=eu-west-1\r\n\r\n",
  '[profile "a b"]\n  s3 =\n    max_concurrent_requests = 20\n\n    # inside\n    addressing_style=path\n  region : us-east-1 ; home\n',
  "[a]\nk = one\n  two\n  three = 3\n[a]\nk = again\nk = twice\n;end",
  "  [indented]\n  x = 1\n\ty = 2\nz=3\r\n[sso-session corp]\nsso_start_url = https://x.test/start#/\n",
  "lost = 1\n[]\n[open\n= none\nalone\n[__proto__]\nconstructor = x\n[x]y]\na==b\n\r[r]\rq = 1\r",
];
/** Pieces that mean something, in any order, and anything else. */
const pieces = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."[]=:;#\"' \t\n\r",
      "\r\n",
      "\n  ",
      "[a]\n",
      "[profile b]\n",
      "k = v\n",
      "s3 =\n  a = b\n",
      "# c\n",
      "\ufeff",
      "\x1c",
      "\xa0",
      "\x85",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
  fc.string(),
  fc.constantFrom(...ODD),
);
const parse = (text: string) => parseIni(text, "/config");

describe("a parsed file", () => {
  test("is written again byte for byte, whatever it is", () => {
    fc.assert(
      fc.property(texts, (text) => renderIni(parse(text)) === text),
      { numRuns: 3000 },
    );
  });

  test("is written again byte for byte when it is cut off anywhere", () => {
    for (const text of ODD)
      for (let end = 0; end <= text.length; end++)
        expect(renderIni(parse(text.slice(0, end)))).toBe(text.slice(0, end));
  });

  test("has its sections in order, with names as botocore takes them apart", () => {
    const headers = [
      "default",
      "profile a",
      'profile "a b"',
      "profile 'a b'",
      "profile a b",
      'profile "a',
      "sso-session corp",
      "profile\ta\\ b",
      '"default"',
    ];
    const { sections } = parse(headers.map((header) => `[${header}]\n`).join(""));
    expect(sections.map(({ header, type, name }) => [header, type, name])).toEqual([
      ["default", undefined, undefined],
      ["profile a", "profile", "a"],
      ['profile "a b"', "profile", "a b"],
      ["profile 'a b'", "profile", "a b"],
      ["profile a b", undefined, undefined],
      ['profile "a', undefined, undefined],
      ["sso-session corp", "sso-session", "corp"],
      ["profile\ta\\ b", "profile", "a b"],
      ['"default"', undefined, undefined],
    ]);
    expect(["", "  ", "a\\", "'a\\'", '"a\\"b\\c"', "a''b", "''"].map(splitWords)).toEqual([
      [],
      [],
      undefined,
      ["a\\"],
      ['a"b\\c'],
      ["ab"],
      [""],
    ]);
  });

  test("has keys with their raw and trimmed values, their lines, and what is nested below them", () => {
    const [section] = parse(ODD[1]!).sections;
    expect(section).toEqual({
      header: 'profile "a b"',
      type: "profile",
      name: "a b",
      line: 1,
      entries: [
        {
          key: "s3",
          delimiter: "=",
          rawValue: "",
          value: "",
          line: 2,
          children: [
            { text: "max_concurrent_requests = 20", key: "max_concurrent_requests", value: "20", line: 3 },
            { text: "addressing_style=path", key: "addressing_style", value: "path", line: 6 },
          ],
        },
        {
          key: "region",
          delimiter: ":",
          rawValue: " us-east-1 ; home",
          value: "us-east-1 ; home",
          line: 7,
          children: [],
        },
      ],
    });
  });

  test("names the lines that the AWS CLI refuses the file for, and keeps them", () => {
    const document = parse(ODD[4]!);
    expect(document.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(document.sections.map(({ header }) => header)).toEqual(["__proto__", "x]y", "r"]);
  });

  test("of 100,000 lines is read in a moment, and so is a line of a million spaces", () => {
    expect(parse("[a]\nk = v\n".repeat(50_000)).sections.length).toBe(50_000);
    expect(parse(`[a]\nk = ${" ".repeat(1_000_000)}x ${" ".repeat(1_000_000)}`).sections[0]?.entries[0]?.value).toBe(
      "x",
    );
  });
});

describe("an edit", () => {
  const settings = { region: "eu-west-1", output: "json" };

  test("touches no byte but its own, in any file: what is appended, then removed, leaves the file as it was", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const before = parse(text);
        const longer = appendSection(before, "profile ours", settings, "# ours");
        const grown = renderIni(longer);
        expect(grown.startsWith(text)).toBe(true);
        const after = renderIni(removeSection(longer, longer.sections.at(-1)!, 1));
        // Only an end of line is left where the file had none.
        expect(after === text || after === `${text}\n` || after === `${text}\r\n`).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  test("of one section changes how no other section or key is read, or is refused", () => {
    const reading = (text: string) =>
      parse(text).sections.map(
        ({ header, entries }) =>
          [header, entries.map(({ key, value, children }) => [key, value, children.length])] as const,
      );
    let edits = 0;
    fc.assert(
      fc.property(texts, fc.nat(), (text, pick) => {
        const before = parse(text);
        const index = pick % Math.max(1, before.sections.length);
        const section = before.sections[index];
        if (section === undefined) return;
        for (const edit of [
          () => setKeys(before, section, { k: "new", region: "x" }),
          () => removeKeys(before, section, ["k", "s3"]),
          () => removeSection(before, section),
        ]) {
          let after: string;
          try {
            after = renderIni(edit());
          } catch (error) {
            expect(error).toMatchObject({ code: "file_malformed" });
            continue;
          }
          edits++;
          const rest = reading(after);
          const others = reading(text).filter((_, at) => at !== index);
          if (rest.length > others.length) rest.splice(index, 1);
          expect(rest).toEqual(others);
        }
      }),
      { numRuns: 1500 },
    );
    expect(edits).toBeGreaterThan(1000);
  });

  test("sets keys where they are, in the file's own way of writing, and adds others below the last one", () => {
    const text =
      "\ufeff# top\r\n[profile a]\r\n  Region   =   old ; note\r\n  s3 =\r\n    # why\r\n    x = 1\r\n\r\n# next\r\n[b]\r\nz=1";
    const document = parse(text);
    const edited = setKeys(document, document.sections[0]!, { region: "new", s3: "flat", output: "json" });
    expect(renderIni(edited)).toBe(
      "\ufeff# top\r\n[profile a]\r\n  Region   =   new\r\n  s3 = flat\r\n    # why\r\n  output = json\r\n\r\n# next\r\n[b]\r\nz=1",
    );
    const last = parse("[b]\nz=1");
    expect(renderIni(setKeys(last, last.sections[0]!, { y: "2" }))).toBe("[b]\nz=1\ny = 2\n");
    expect(renderIni(removeKeys(edited, edited.sections[0]!, ["REGION", "none"]))).not.toContain("Region");
  });

  test("never makes a header or key below it part of a value", () => {
    const document = parse("[a]\n  [b]\n  k = 1\n");
    expect(renderIni(setKeys(document, document.sections[0]!, { x: "1" }))).toBe("[a]\n  x = 1\n  [b]\n  k = 1\n");
    const between = parse("[z]\nk = 1\n[a]\n [c]\n");
    expect(() => removeSection(between, between.sections[1]!)).toThrow(/would change what they mean/);
    const deeper = parse("[a]\n  k = 1\n # c\n [b]\n  c = 1\n");
    expect(renderIni(setKeys(deeper, deeper.sections[0]!, { x: "1" }))).toBe(
      "[a]\n  k = 1\n  x = 1\n # c\n [b]\n  c = 1\n",
    );
  });

  test("of a section or key that is there twice is refused with both lines", () => {
    const document = parse(ODD[2]!);
    expect(() => setKeys(document, document.sections[1]!, { k: "x" })).toThrow(/line 7: the key is already on line 6/);
  });
});

describe("nothing that could be read as more than it is", () => {
  const document = parse("[a]\nk = v\n");
  const refuses = (work: () => unknown) => expect(work).toThrow(expect.objectContaining({ code: "invalid_option" }));

  test("gets in as a value: no line ends, no control characters, no brackets, no comments", () => {
    const bad = [
      "x\n[default]\ncredential_process=evil",
      "x\r[b]",
      "x\u2028",
      "x\u0085y",
      "\x1b[31m",
      "a]b",
      "[a",
      "#x",
      ";x",
      "",
      " x",
      "x ",
      "x #y",
      "x\t;y",
      "x\0",
      "\ufeffx",
    ];
    for (const value of bad) {
      refuses(() => setKeys(document, document.sections[0]!, { k: value }));
      refuses(() => appendSection(document, "b", { k: value }));
    }
    expect(() => appendSection(document, "b", { k: "https://x.test/start#/;a=b:c" })).not.toThrow();
  });

  test("gets in as a name or a key, and no name that spoils the file for a reader", () => {
    for (const header of [
      "a]\n[b",
      "a]b",
      "a\rb",
      "#a",
      ";a",
      "[a",
      "",
      " a",
      "__proto__",
      "profile __proto__",
      "DEFAULT",
    ])
      refuses(() => appendSection(document, header, {}));
    for (const key of ["a=b", "a:b", "a b", "a\nb", "#a", "[a]", "", "ключ"])
      refuses(() => setKeys(document, document.sections[0]!, { [key]: "v" }));
  });

  test("and no value is repeated in the error, for it may be a secret", () => {
    try {
      setKeys(document, document.sections[0]!, { k: "TOPSECRET\n" });
    } catch (error) {
      expect(JSON.stringify([String(error), error])).not.toContain("TOPSECRET");
    }
    expect.assertions(1);
  });
});
