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

function errorsOf(snippet: string): readonly string[] {
  const path = fileURLToPath(new URL("./snippet.ts", import.meta.url));
  const host = ts.createCompilerHost({});
  const text = `${prelude}${snippet}`;
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.readFile = (name) => (name === path ? text : readFile.call(host, name));
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, text, version) : getSourceFile.call(host, name, version);
  const program = ts.createProgram({
    rootNames: [path],
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
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

const asked = `customerId: "acme", declaredAccountId: null`;

describe("what does not compile", () => {
  it("the careful form does", () => {
    expect(errorsOf(`createCrossAccount(options); void crossAccount.createIntegration({ ${asked} });`)).toEqual([]);
  });

  it.each([
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
  ])("%s", (_title, snippet) => {
    expect(errorsOf(snippet).length).toBe(1);
  });
});
