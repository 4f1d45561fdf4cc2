// What each dialect is told, as text. That real shells read it back unchanged is the trial `quote-for-shells`.
import { expect, test } from "vitest";
import { renderStatements } from "../dist/shells/render-statements.js";
import { detectShell, dialectOf, SHELLS } from "../dist/shells/shell-names.js";

const HOSTILE = "it's $(touch ran)\n!!";

test.each([
  ["bash", `export A='it'\\''s $(touch ran)\n!!';\nunset B;\n`],
  ["tcsh", `setenv A it\\'s\\ \\$\\(touch\\ ran\\)'\\\n'\\!\\!;\nunsetenv B;\n`],
  ["fish", `set -gx A 'it\\'s $(touch ran)\n!!';\nset -eg B;\n`],
  [
    "pwsh",
    `Set-Item -LiteralPath 'Env:A' -Value 'it''s $(touch ran)\n!!';\nRemove-Item -LiteralPath 'Env:B' -ErrorAction SilentlyContinue;\n`,
  ],
  ["nu", `{"A":"it's $(touch ran)\\n!!","B":null}\n`],
])("%s: one quoted statement on each line, in their order", (shell, text) => {
  expect(renderStatements(shell, [{ set: "A", value: HOSTILE }, { unset: "B" }])).toBe(text);
});

test("PowerShell's typographic quotes are doubled like the plain one", () => {
  expect(renderStatements("pwsh", [{ set: "A", value: "\u2018\u2019\u201a\u201b'" }])).toBe(
    "Set-Item -LiteralPath 'Env:A' -Value '\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b''';\n",
  );
});

test.each(SHELLS)("%s: a NUL and half a character are refused, for it could not carry them", (shell) => {
  expect(() => renderStatements(shell, [{ set: "A", value: "a\0b" }])).toThrow("holds a NUL");
  expect(() => renderStatements(shell, [{ set: "A", value: "a\ud800" }])).toThrow("no valid Unicode");
});

test.each(["", "A B", "A=1;B", "1A", "Ä", "A\n", "$(x)"])("no variable is called %j", (name) => {
  expect(() => renderStatements("sh", [{ set: name, value: "" }])).toThrow("no name of a variable");
  expect(() => renderStatements("nu", [{ unset: name }])).toThrow("no name of a variable");
});

test("a shell that is not known is refused and never taken for another one", () => {
  expect(() => dialectOf("cmd")).toThrow("no shell that is known");
  expect(() => renderStatements("", [])).toThrow("no shell that is known");
});

test.each([
  ["-zsh", "/bin/bash", "zsh"],
  ["/usr/bin/fish\n", "/bin/bash", "fish"],
  ["C:\\Program Files\\PowerShell\\7\\pwsh.exe", undefined, "pwsh"],
  ["node", "/bin/tcsh", "tcsh"],
  [undefined, "/usr/bin/ksh93", "ksh93"],
])("parent %j and login shell %j: it is %s that asks", (parentName, loginShell, shell) => {
  expect(detectShell({ parentName, loginShell })).toBe(shell);
});

test("where nothing tells which shell asks, none is guessed", () => {
  expect(() => detectShell({ parentName: "make", loginShell: undefined })).toThrow("cannot be told");
});
