// The careless form must not compile. Each snippet is checked by the TypeScript compiler against the built door.
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const prelude = `
import { createCrossAccount, createMemoryStore, type CrossAccount } from "@daypass/cross-account";
declare const crossAccount: CrossAccount;
const options = {
  serviceName: "Acme",
  vendorAccountId: "111111111111",
  region: "eu-west-1",
  vendorPrincipals: null,
  canaryRoleArn: null,
  store: createMemoryStore(),
} as const;
`;

const asked = `customerId: "acme", declaredAccountId: null`;

const CAREFUL = `createCrossAccount(options); void crossAccount.createIntegration({ ${asked} });`;
const CARELESS: readonly (readonly [title: string, snippet: string])[] = [
  [
    "creating an integration with an external ID",
    `void crossAccount.createIntegration({ ${asked}, externalId: "x" });`,
  ],
  ["verifying with an external ID", `void crossAccount.verifyIntegration({ integrationId: "x", externalId: "x" });`],
  ["assuming a role with an external ID", `crossAccount.assumeCustomerRole("acme", { externalId: "x" });`],
  ["assuming a role by its ARN", `crossAccount.assumeCustomerRole("acme", { roleArn: "x" });`],
  ["forgetting what the customer declared", `void crossAccount.createIntegration({ customerId: "acme" });`],
  ["forgetting whom customers trust", `const { vendorPrincipals, ...rest } = options; createCrossAccount(rest);`],
  ["forgetting the canary", `const { canaryRoleArn, ...rest } = options; createCrossAccount(rest);`],
  ["forgetting the store", `const { store, ...rest } = options; createCrossAccount(rest);`],
  ["revoking without a reason", `void crossAccount.revoke({ integrationId: "x" });`],
  ["reading an external ID off a view", `void crossAccount.getIntegration("x").then((view) => view.externalId);`],
];

const errorsOf = createCheck([CAREFUL, ...CARELESS.map(([, snippet]) => snippet)]);

/** One program of all snippets, each a file: the door and what it imports are read and checked once for all of them. */
function createCheck(snippets: readonly string[]): (snippet: string) => readonly string[] {
  const path = (at: number) => fileURLToPath(new URL(`./snippet-${at}.ts`, import.meta.url));
  const texts = new Map(snippets.map((snippet, at) => [path(at), `${prelude}${snippet}`]));
  const host = ts.createCompilerHost({});
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name);
  host.readFile = (name) => texts.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, version) => {
    const text = texts.get(name);
    return text === undefined ? getSourceFile.call(host, name, version) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    host,
    options: {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      types: ["node"],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
    },
  });
  return (snippet) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path(snippets.indexOf(snippet))))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

describe("what does not compile", () => {
  it("the careful form does", () => {
    expect(errorsOf(CAREFUL)).toEqual([]);
  });

  it.each(CARELESS)("%s", (_title, snippet) => {
    expect(errorsOf(snippet).length).toBe(1);
  });
});
