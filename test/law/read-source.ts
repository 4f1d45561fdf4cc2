// What the law wants to know about one TypeScript file, read from its syntax tree.
import ts from "typescript";

export interface Import {
  readonly specifier: string;
  /** `import type` or `export type … from`: gone after compilation. */
  readonly typeOnly: boolean;
}

export interface Source {
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Where the file touches what a library is handed as an option: `console (line 3)`. */
  readonly ambient: readonly string[];
  /** Where the file reads the clock or randomness other than as an option's default. */
  readonly clock: readonly string[];
  /** `any`, suppressed compiler errors, notes to self. */
  readonly shortcuts: readonly string[];
  /** Statements other than `export … from`. */
  readonly ownStatements: readonly string[];
  /** Calls of `vi.mock` and its kin. */
  readonly mocks: readonly string[];
}

const RANDOM = new Set([
  "randomBytes",
  "randomUUID",
  "randomInt",
  "randomFill",
  "randomFillSync",
  "getRandomValues",
  "webcrypto",
]);
const CLOCKS = new Set([
  "Date.now",
  "Math.random",
  "performance.now",
  "process.hrtime",
  "crypto.getRandomValues",
  "crypto.randomUUID",
]);
const PROCESS = new Set(["env", "exit", "stdout", "stderr", "stdin", "argv", "cwd", "exitCode", "on", "once"]);
const NOTES = /\b(?:TODO|FIXME)\b/;
const SUPPRESSED = /@ts-(?:ignore|nocheck|expect-error)\b/;

/** Returns the facts of one file. Never throws: text that does not parse yields the facts of what does. */
export function readSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const ambient: string[] = [];
  const clock: string[] = [];
  const shortcuts: string[] = [];
  const mocks: string[] = [];
  const random = new Set<string>();
  const say = (list: string[], what: string, node: ts.Node) => {
    list.push(`${what} (line ${file.getLineAndCharacterOfPosition(node.getStart()).line + 1})`);
  };

  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push(found);
    if (ts.isImportDeclaration(node)) for (const name of randomNames(node)) random.add(name);
    if (node.kind === ts.SyntaxKind.AnyKeyword) say(shortcuts, "any", node);
    if (ts.isIdentifier(node) && node.text === "console" && isReference(node)) say(ambient, "console", node);
    if (ts.isPropertyAccessExpression(node)) {
      const name = `${node.expression.getText()}.${node.name.text}`;
      if (node.expression.getText() === "process" && PROCESS.has(node.name.text)) say(ambient, name, node);
      if (CLOCKS.has(name.replace(/^globalThis\./, "")) && !isDefault(node)) say(clock, name, node);
      if (node.expression.getText() === "vi" && /^(?:mock|doMock|hoisted|stubGlobal|spyOn)$/.test(node.name.text))
        say(mocks, name, node);
    }
    if (ts.isElementAccessExpression(node) && node.expression.getText() === "process")
      say(ambient, node.getText(), node);
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0) {
      if (!isDefault(node)) say(clock, "new Date()", node);
    }
    if (ts.isIdentifier(node) && random.has(node.text) && isReference(node) && !isDefault(node))
      say(clock, node.text, node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const { specifier } of imports) {
    if (/^(?:node:)?(?:process|console)$/.test(specifier)) ambient.push(`import of "${specifier}"`);
  }
  text.split("\n").forEach((line, index) => {
    const found = NOTES.exec(line) ?? SUPPRESSED.exec(line);
    if (found !== null) shortcuts.push(`${found[0]} (line ${index + 1})`);
  });

  const ownStatements = file.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined))
    .map((statement) => statement.getText().split("\n")[0] ?? "");
  return { lines: lineCount(text), imports, ambient, clock, shortcuts, ownStatements, mocks };
}

function lineCount(text: string): number {
  return text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: isTypeOnly(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    const named =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    const typeOnly = node.isTypeOnly || (named.length > 0 && named.every((element) => element.isTypeOnly));
    return { specifier: node.moduleSpecifier.text, typeOnly };
  }
  // import("x"), require("x"), createRequire(…)("x"), and the type import("x").Y
  if (ts.isCallExpression(node) && node.arguments.length > 0) {
    const [first] = node.arguments;
    const callee = node.expression;
    const loads =
      callee.kind === ts.SyntaxKind.ImportKeyword ||
      callee.getText() === "require" ||
      callee.getText().startsWith("createRequire(");
    if (loads && first !== undefined && ts.isStringLiteralLike(first))
      return { specifier: first.text, typeOnly: false };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true };
  }
  return undefined;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

/** The local names under which a file imports Node's sources of randomness. */
function randomNames(node: ts.ImportDeclaration): string[] {
  const bindings = node.importClause?.namedBindings;
  if (!/^"(?:node:)?crypto"$/.test(node.moduleSpecifier.getText()) || bindings === undefined) return [];
  if (!ts.isNamedImports(bindings)) return [bindings.name.text];
  return bindings.elements
    .filter(({ name, propertyName }) => RANDOM.has((propertyName ?? name).text))
    .map(({ name }) => name.text);
}

/** Whether an identifier is used as a value, as opposed to naming a property, an import or a declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) return nodeIsLeft(parent, node);
  if (ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent) || ts.isImportClause(parent)) return false;
  if (ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent)) return false;
  if (ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isVariableDeclaration(parent))
    return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.initializer === node;
  return !(
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isFunctionDeclaration(parent)
  );
}

function nodeIsLeft(parent: ts.PropertyAccessExpression | ts.QualifiedName, node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(parent) ? parent.expression === node : parent.left === node;
}

/**
 * Whether a source of time or chance stands where an option's default stands: `now = Date.now`,
 * `options.now ?? Date.now`, `options.clock ?? (() => new Date())`. The source itself must be the default, or an arrow
 * function over it: `options.at ?? Date.now()` reads the clock at once and cannot be injected.
 */
function isDefault(node: ts.Node): boolean {
  let current = node;
  let read = ts.isNewExpression(node);
  while (!ts.isBlock(current.parent) && !ts.isSourceFile(current.parent)) {
    const { parent } = current;
    if (ts.isCallExpression(parent) && parent.expression === current) read = true;
    if (ts.isArrowFunction(parent)) read = false;
    const isInitializer = (ts.isBindingElement(parent) || ts.isParameter(parent)) && parent.initializer === current;
    const isFallback =
      ts.isBinaryExpression(parent) &&
      parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
      parent.right === current;
    if (isInitializer || isFallback) return !read;
    current = parent;
  }
  return false;
}
