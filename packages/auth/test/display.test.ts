// Texts of strangers on a terminal: nothing of them may be obeyed.
import { describe, expect, test } from "vitest";
import { columnsOf, display, fit, fitEnd, wrap } from "../dist/prompts/display.js";

const ESC = "\x1b";
const C1 = Array.from({ length: 32 }, (_, index) => String.fromCharCode(0x80 + index));
const C0 = [...Array.from({ length: 32 }, (_, index) => String.fromCharCode(index)), "\x7f"];
const BIDI = [..."\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"];
const UNSEEN = [
  ..."\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u206a\u206f\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffa\ufffb",
];
const LINES = [..."\u2028\u2029\u0085\v\f"];
const TAGS = ["\u{e0001}", "\u{e0041}", "\u{e007f}", "\u{e0100}", "\u{1d173}", "\u{1bca0}"];
const LONE = ["\ud800", "\udbff", "\udc00", "\udfff", "a\ud83d", "\ude00a"];
const NOT_LETTERS = ["\ue000", "\uf8ff", "\u{f0000}", "\uffff", "\ufdd0", "\u{10ffff}"];
const CODES = [
  "[2J",
  "[H",
  "[1;1H",
  "[31m",
  "[0m",
  "[8m",
  "[?25l",
  "[?1049h",
  "[?2004h",
  "[6n",
  "[c",
  "[>c",
  "[=c",
  "[5n",
  "[?1000h",
  "[3J",
  "[K",
  "[1A",
  "[999B",
  "[999D",
  "[20t",
  "[21t",
  "[s",
  "[u",
  "[!p",
  "[4i",
  "[5i",
  "[1;31;40m",
  "[38;2;0;0;0m",
  "c",
  "7",
  "8",
  "D",
  "E",
  "M",
  "Z",
  "=",
  ">",
  "(0",
  ")B",
  "#8",
  "%G",
  "n",
  "o",
  "|",
  "}",
  "~",
  "N",
  "O",
  "\\",
  "]0;title\x07",
  "]2;title\x07",
  `]2;title${ESC}\\`,
  "]52;c;Y3VybCBldmlsfHNo\x07",
  "]52;p;?\x07",
  "]4;1;?\x07",
  "]10;?\x07",
  "]11;?\x07",
  "]8;;https://evil.example\x07text",
  `]8;;${ESC}\\`,
  "]9;note\x07",
  "]777;notify;a;b\x07",
  "]1337;File=:AAAA\x07",
  "]50;?\x07",
  "]133;A\x07",
  "]7;file:///etc\x07",
  'P$q"p',
  `P$qm${ESC}\\`,
  `P+q544e${ESC}\\`,
  "P1000p",
  `_Gf=100;AAAA${ESC}\\`,
  `^privacy${ESC}\\`,
  `Xstring${ESC}\\`,
  "[200~rm -rf ~\r[201~",
  "[?69h",
  "[2;3r",
  "[18t",
  "[14t",
  "[x",
  "[1q",
  "[ q",
  "[0'z",
].map((code) => ESC + code);
const MIXED = [
  "safe\rEVIL",
  "good\b\b\b\bevil",
  "a\r\nb",
  "a\nroot@host:~# ",
  "name\u202egpj.exe",
  "\u2066admin\u2069",
  "pay\u200bpal",
  "\u009b31mred",
  "\u009d0;title\u009c",
  "\u0090$qm\u009c",
  "\u0007\u0007\u0007",
  "\x0e\x0f",
  "\x05",
  "\x11\x13",
  "a\tb",
  "\x00name",
];
const ALL = [...C0, ...C1, ...BIDI, ...UNSEEN, ...LINES, ...TAGS, ...LONE, ...NOT_LETTERS, ...CODES, ...MIXED];

describe("a text is shown as text", () => {
  test("there are more than 200 sequences to try", () => {
    expect(new Set(ALL).size).toBeGreaterThan(200);
  });

  test.each(ALL.map((text) => [JSON.stringify(text), text]))("%s is made harmless", (_, text) => {
    const shown = display(`before${text}after`);
    expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\u2800\p{Default_Ignorable_Code_Point}]/u);
    expect(shown).toMatch(/^before.*after$/u);
    expect(shown).not.toBe(`before${text}after`);
  });

  test("what is harmless stays as it is", () => {
    for (const text of ["prod (1234)", "Zoë’s ünïcode", "本番環境", "😀", "a b", "C:\\x", "e\u0301"])
      expect(display(text)).toBe(text);
  });
});

describe("a text fits", () => {
  test("wide letters count two columns, marks none", () => {
    expect([columnsOf("ab"), columnsOf("本番"), columnsOf("e\u0301")]).toEqual([2, 4, 1]);
  });

  test("a text that is too long ends in an ellipsis within its columns", () => {
    expect(fit("production", 5)).toBe("prod…");
    expect(columnsOf(fit("本番環境", 5))).toBeLessThanOrEqual(5);
    expect(fit("prod", 4)).toBe("prod");
  });

  test("lines are cut where they are full, and the end of what is typed stays in sight", () => {
    expect(wrap("abcdefg", 3)).toEqual(["abc", "def", "g"]);
    expect(fitEnd("abcdefg", 3)).toBe("efg");
  });
});
