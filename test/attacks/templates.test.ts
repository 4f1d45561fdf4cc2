// Descriptions, parameters and texts under attack: refused with a place, or written so that no reader acts on them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCliCommands,
  createIamUserTemplate,
  createRoleTemplate,
  createTrustPolicy,
  createVendorPolicy,
  renderJson,
  renderPolicyDocuments,
  renderYaml,
  TemplateError,
  type RoleDescription,
  type RoleParameters,
} from "@daypass/templates";
import { afterAll, expect, test } from "vitest";
import { isAlias, isNode, parseDocument, visit } from "yaml";
import { answers, refuses } from "./attack-table.js";
import {
  describedKeys,
  goodDescription,
  goodParameters,
  goodStatement,
  goodUser,
  hostileDescriptions,
  hostileParameters,
  parameterKeys,
  trustKeys,
} from "./tables/descriptions.js";
import { regions } from "./tables/regions.js";
import { withOwn } from "./tables/spellings.js";
import { scriptTexts, templateTexts } from "./tables/template-texts.js";

test("the description and the parameters are good as they are", () => {
  expect(Object.keys(createRoleTemplate(goodDescription).Resources).length).toBeGreaterThan(2);
  expect(Object.keys(createIamUserTemplate(goodUser).Resources).length).toBeGreaterThan(0);
  expect(renderPolicyDocuments(goodDescription, goodParameters).roleName).toBe("Acme-abcdefghijkl");
});

refuses("a description that wants more than it shows", hostileDescriptions, ({ change }) =>
  createRoleTemplate({ ...goodDescription, ...change }),
);
refuses("a key in another spelling", describedKeys, ({ describe }) => {
  const description = describe((object, name) => withOwn(object, name, "x")) as RoleDescription;
  try {
    createRoleTemplate(description);
  } finally {
    expect(() => createVendorPolicy(description)).toThrow(TemplateError);
    expect(Reflect.get({}, "x")).toBeUndefined();
  }
});
refuses("a limit in another spelling, in a trust policy", trustKeys, ({ key }) => {
  const { partition, vendorAccountId, vendorPrincipals } = goodDescription;
  const trust = withOwn({ partition, vendorAccountId, vendorPrincipals }, key, goodDescription.trustConditions);
  createTrustPolicy(trust as RoleDescription, [goodParameters.externalId]);
});

const render = (parameters: object) => renderPolicyDocuments(goodDescription, parameters as RoleParameters);
refuses("parameters of no stack", hostileParameters, ({ change }) => render({ ...goodParameters, ...change }));
refuses("a parameter in another spelling", parameterKeys, ({ parameter, key }) => {
  const { [parameter as keyof typeof goodParameters]: value, ...rest } = goodParameters;
  return render(withOwn(rest, key, value));
});
refuses(
  "a region of no partition",
  regions.filter(({ door }) => door === "of a rendered role"),
  ({ region }) => render({ ...goodParameters, region }),
);

const describe = (place: string, text: string): RoleDescription =>
  place === "the vendor's name"
    ? { ...goodDescription, branding: { displayName: `Acme ${text}` } }
    : place === "a reason"
      ? { ...goodDescription, ongoing: [{ ...goodStatement, why: `Because ${text}` }] }
      : {
          ...goodDescription,
          ongoing: [
            {
              ...goodStatement,
              conditions: { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}", "aws:PrincipalTag/x": text } },
            },
          ],
        };

answers("a text for people, in a template", templateTexts, ({ place, text }) => {
  const template = createRoleTemplate(describe(place, text));
  const yaml = renderYaml(template);
  const document = parseDocument(yaml, { version: "1.1" });
  let [aliases, tags] = [false, false];
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || Reflect.get(node, "anchor") !== undefined) aliases = true;
      if (isNode(node) && typeof node.tag === "string" && node.tag.startsWith("!")) tags = true;
    },
  });
  expect(document.errors).toEqual([]);
  const parsed: unknown = document.toJS();
  const withoutVersion = (text: string) => text.replaceAll(/"[0-9a-f]{16}"/g, '"version"');
  const resources = (given: RoleDescription) => {
    const { Resources } = createRoleTemplate(given);
    const { Role, ...policies } = Resources;
    const { Properties } = Role as unknown as { readonly Properties: Readonly<Record<string, unknown>> };
    const { Description: _, ...rest } = Properties;
    return withoutVersion(JSON.stringify([rest, policies]));
  };
  return {
    sameAsJson: JSON.stringify(parsed) === JSON.stringify(JSON.parse(renderJson(template))),
    sameResources: resources(describe(place, text)) === resources(goodDescription),
    kept: JSON.stringify(template.Metadata).includes(JSON.stringify(text).slice(1, -1)),
    aliases,
    tags,
    bytes: /^[\x20-\x7E]*$/.test(template.Description) ? "ASCII" : "others",
  };
});

const folder = mkdtempSync(join(tmpdir(), "daypass-scripts-"));
afterAll(() => rmSync(folder, { recursive: true }));
let scripts = 0;

answers("a text for people, in a shell script", scriptTexts, ({ place, text }) => {
  const { commands, script } = createCliCommands(describe(place, text), goodParameters);
  const home = join(folder, String(scripts++));
  mkdirSync(join(home, "bin"), { recursive: true });
  const seen = join(home, "seen");
  // Stands in for the AWS CLI: writes down every word that it gets.
  const stub = `#!/bin/sh\nif [ "$1" = sts ]; then echo ${goodParameters.accountId}; exit; fi\nprintf '%s\\0' "$@" >> ${seen}\nprintf '\\001' >> ${seen}\n`;
  writeFileSync(join(home, "bin", "aws"), stub, { mode: 0o755 });
  const { status } = spawnSync("/bin/sh", ["-c", script], {
    cwd: home,
    env: { PATH: `${join(home, "bin")}:/usr/bin:/bin` },
  });
  const calls = readFileSync(seen, "utf8").split("\u0001").slice(0, -1);
  const words = calls.map((call) => ["aws", ...call.split("\0").slice(0, -1)]);
  return {
    sameWords: JSON.stringify(words) === JSON.stringify(commands),
    ended: status,
    canary: existsSync(join(home, "canary")),
  };
});
