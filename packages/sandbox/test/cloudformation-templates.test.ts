// What is no template, in CloudFormation's words, and what YAML means to it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HANDLE, startStacks, templateOf } from "./cloudformation-clients.js";
import { refusalLine } from "./iam-clients.js";

let aws: Awaited<ReturnType<typeof startStacks>>;
beforeAll(async () => {
  aws = await startStacks();
});
afterAll(() => aws.sandbox.stop());

const validate = (template: unknown) =>
  aws.cfn().validateTemplate({ TemplateBody: typeof template === "string" ? template : JSON.stringify(template) });
const withOutput = (value: unknown, more: object = {}) =>
  templateOf({ Handle: HANDLE }, { Outputs: { Out: { Value: value } }, ...more });

describe("text that is no template", () => {
  test.each([
    ["YAML with a bad indent", "Resources:\n  A:\n    Type: x\n   B: y\n", "YAML not well-formed. (line 4, column"],
    ["a doubled key", "Resources: {}\nOutputs: {}\nResources: {}\n", "YAML not well-formed. (line 3, column 1)"],
    ["a doubled key below", "Resources:\n  A: { Type: x, Type: y }\n", "YAML not well-formed. (line 2, column 17)"],
    ["an unknown tag", "Resources:\n  A: !Nonsense x\n", "YAML not well-formed. (line 2, column"],
    ["a merge", "Resources:\n  <<: { A: { Type: x } }\n", "YAML not well-formed. (line 2, column 3)"],
    ["two documents", "Resources: {}\n---\nResources: {}\n", "YAML not well-formed. (line 2"],
    ["broken JSON", '{\n "Resources": {,}\n}', "JSON not well-formed. (line 2, column 16)"],
    ["JSON with a trailing comma", '{"Resources": {},}', "JSON not well-formed. (line 1, column 18)"],
    ["JSON with a doubled member", '{"Resources": {},\n"Resources": {}}', "JSON not well-formed. (line 2, column 1)"],
    ["JSON with more behind it", '{"Resources": {}} x', "JSON not well-formed. (line 1, column 19)"],
    [
      "lists 150 deep in YAML",
      `a: ${"[".repeat(150)}1${"]".repeat(150)}`,
      "the template is nested deeper than 100 levels",
    ],
    ["a list", "- a\n- b\n", "unsupported structure."],
    ["a word", "hello", "unsupported structure."],
    ["nothing", "# only a comment", "unsupported structure."],
    [
      "a null",
      "Resources:\n  A:\n    Type: x\n    Properties:\n",
      "[/Resources/A/Properties] 'null' values are not allowed",
    ],
  ])("is refused: %s", async (_name, text, message) => {
    expect(await refusalLine(validate(text))).toContain(`400 ValidationError Template format error: ${message}`);
  });

  test("is refused for an alias before it can be unfolded", async () => {
    const bomb = Array.from({ length: 30 }, (_, index) => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`);
    const text = `a: &a-1 x\n${bomb.join("\n")}\n`;
    expect(await refusalLine(validate(text))).toContain("YAML aliases are not allowed in CloudFormation templates");
  });

  test.each([
    ["flow lists", "[".repeat(20_000)],
    ["flow maps", "{a: ".repeat(10_000)],
    ["block lists", "- ".repeat(20_000)],
    ["explicit keys", "? ".repeat(20_000)],
    ["JSON", `{"a":${"[".repeat(40_000)}`],
  ])("is refused for its depth without bringing the sandbox down: %s", async (_name, text) => {
    expect(await refusalLine(validate(text))).toMatch(
      /400 ValidationError Template format error: (YAML|JSON) not well-formed/,
    );
  });

  test("is refused beyond 51,200 bytes, also where they are fewer characters", async () => {
    const filled = (padding: string) => JSON.stringify(templateOf({ Handle: HANDLE }, { Metadata: padding }));
    await validate(filled("x".repeat(51_200 - filled("").length)));
    for (const padding of ["x".repeat(51_200), "é".repeat(25_600)]) {
      expect(await refusalLine(validate(filled(padding)))).toContain(
        "Member must have length less than or equal to 51200",
      );
    }
  });
});

describe("a template that cannot be", () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      "an unknown section",
      templateOf({ A: HANDLE }, { Extras: {} }),
      "Invalid template property or properties [Extras]",
    ],
    ["no resources", templateOf({}), "Template format error: At least one Resources member must be defined."],
    [
      "another version",
      { AWSTemplateFormatVersion: "2012-10-17", Resources: { A: HANDLE } },
      "AWSTemplateFormatVersion",
    ],
    [
      "an unknown type",
      templateOf({ A: { Type: "AWS::EC2::Instance" } }),
      "Unrecognized resource types: [AWS::EC2::Instance]",
    ],
    ["no type", templateOf({ A: {} }), "Every Resources object must contain a Type member."],
    ["a name with a hyphen", templateOf({ "A-B": HANDLE }), "Resource name A-B is non alphanumeric."],
    [
      "an unknown attribute",
      templateOf({ A: { ...HANDLE, CreationPolicy: {} } }),
      "Invalid template resource property 'CreationPolicy'",
    ],
    ["a snapshot", templateOf({ A: { ...HANDLE, DeletionPolicy: "Snapshot" } }), "Unrecognized DeletionPolicy"],
    [
      "a transform",
      templateOf({ A: HANDLE }, { Transform: "AWS::Serverless-2016-10-31" }),
      "does not have the transforms",
    ],
    ["a macro", templateOf({ A: HANDLE }, { Transform: "Mine" }), "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"],
    [
      "a Ref to nothing",
      templateOf({ A: { ...HANDLE, Properties: { X: { Ref: "Nothing" } } } }),
      "Unresolved resource dependencies [Nothing] in the Resources block of the template",
    ],
    [
      "a Sub of nothing",
      withOutput({ "Fn::Sub": "${Nothing} ${!Literal}" }),
      "Unresolved resource dependencies [Nothing] in the Outputs block of the template",
    ],
    [
      "an attribute of nothing",
      withOutput({ "Fn::GetAtt": ["Nothing", "Arn"] }),
      "Unresolved resource dependencies [Nothing]",
    ],
    [
      "an attribute that is not there",
      withOutput({ "Fn::GetAtt": ["Handle", "Arn"] }),
      "resource Handle does not support attribute type Arn in Fn::GetAtt",
    ],
    [
      "DependsOn nothing",
      templateOf({ A: { ...HANDLE, DependsOn: ["Nothing"] } }),
      "Unresolved resource dependencies [Nothing]",
    ],
    [
      "a condition that is not there",
      templateOf({ A: { ...HANDLE, Condition: "Nothing" } }),
      "Unresolved condition dependency Nothing",
    ],
    [
      "a resource in a condition",
      templateOf({ A: HANDLE }, { Conditions: { C: { "Fn::Equals": [{ Ref: "A" }, ""] } } }),
      "Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
    ],
    [
      "a resource called like a parameter",
      templateOf({ Same: HANDLE }, { Parameters: { Same: { Type: "String", Default: "x" } } }),
      "Resource name Same is already used by a parameter.",
    ],
    [
      "a circle",
      templateOf({
        A: { ...HANDLE, DependsOn: "B" },
        B: { ...HANDLE, DependsOn: "A" },
        C: { ...HANDLE, DependsOn: "A" },
      }),
      "Circular dependency between resources: [A, B]",
    ],
    [
      "a circle of conditions",
      templateOf(
        { A: HANDLE },
        { Conditions: { C: { "Fn::Not": [{ Condition: "D" }] }, D: { "Fn::Not": [{ Condition: "C" }] } } },
      ),
      "Circular dependency between conditions: [C, D]",
    ],
    [
      "an output without a value",
      templateOf({ A: HANDLE }, { Outputs: { O: { Description: "x" } } }),
      "Every Outputs member must contain a Value object",
    ],
    [
      "NoEcho on an output",
      templateOf({ A: HANDLE }, { Outputs: { O: { Value: "x", NoEcho: true } } }),
      "Invalid outputs property : [NoEcho]",
    ],
    [
      "a parameter without a type",
      templateOf({ A: HANDLE }, { Parameters: { P: {} } }),
      "Every Parameters object must contain a Type member.",
    ],
    [
      "a parameter of SSM",
      templateOf({ A: HANDLE }, { Parameters: { P: { Type: "AWS::SSM::Parameter::Value<String>" } } }),
      "Unrecognized parameter type",
    ],
    [
      "a parameter with a misspelt property",
      templateOf({ A: HANDLE }, { Parameters: { P: { Type: "String", Defualt: "x" } } }),
      "Invalid template parameter property 'Defualt'",
    ],
    [
      "a broken pattern",
      templateOf({ A: HANDLE }, { Parameters: { P: { Type: "String", AllowedPattern: "[" } } }),
      "is not a regular expression",
    ],
    [
      "a mapping that is no table",
      templateOf({ A: HANDLE }, { Mappings: { M: { a: "b" } } }),
      "Every Mappings attribute must be a map: M.a",
    ],
    [
      "201 parameters",
      templateOf(
        { A: HANDLE },
        {
          Parameters: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`P${index}`, { Type: "String" }])),
        },
      ),
      "Number of parameters, 201, is greater than maximum allowed, 200",
    ],
    [
      "501 resources",
      templateOf(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`R${index}`, HANDLE]))),
      "Number of resources, 501, is greater than maximum allowed, 500",
    ],
  ];
  test.each(cases)("is refused by ValidateTemplate: %s", async (_name, template, message) => {
    expect(await refusalLine(validate(template))).toContain(message);
  });
  test.each(cases)("is refused by CreateStack, which leaves no stack: %s", async (_name, template, message) => {
    expect(await refusalLine(aws.create("impossible", template))).toContain(message);
    expect(await refusalLine(aws.stack("impossible"))).toContain("Stack with id impossible does not exist");
  });
});

describe("YAML", () => {
  const outputsOf = async (name: string, outputs: string, head = ""): Promise<Readonly<Record<string, string>>> => {
    const text = `${head}\nResources:\n  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }\nOutputs:\n${outputs}`;
    await aws.create(name, text);
    return aws.outputs(name);
  };

  test("keeps account ids, dates and numbers as they are written", async () => {
    const values = {
      Zero: "012345678901",
      Octal: "0777",
      Account: "123456789012",
      Date: "2012-10-17",
      Time: "2001-12-14 21:59:43",
      Sexagesimal: "12:30:45",
      Exponent: "1e3",
      Decimal: "1.50",
      Hex: "0x1F",
      Underscore: "1_000",
    };
    const lines = Object.entries(values).map(
      ([name, value]) => `  ${name}: { Value: ${value.includes(":") ? `"${value}"` : value} }`,
    );
    expect(await outputsOf("scalars", `${lines.join("\n")}\n  Plain:\n    Value: 12:30:45\n`)).toEqual({
      ...values,
      Plain: "12:30:45",
    });
  });

  test("reads yes and no as booleans, as YAML 1.1 does, and quoted ones as text", async () => {
    expect(await outputsOf("booleans", "  A: { Value: yes }\n  B: { Value: 'no' }\n  C: { Value: OFF }\n")).toEqual({
      A: "true",
      B: "no",
      C: "false",
    });
  });

  test("has a short form of every function", async () => {
    const text = `  Ref: { Value: !Ref AWS::Region }
  Sub: { Value: !Sub "a-\${P}" }
  SubMap: { Value: !Sub ["\${x}-\${P}", { x: !Ref "AWS::AccountId" }] }
  Join: { Value: !Join ["-", [a, !Ref P]] }
  Select: { Value: !Select [1, !Split [",", "a,b,c"]] }
  Base64: { Value: !Base64 hello }
  Find: { Value: !FindInMap [M, k, v] }
  If: { Value: !If [C, "yes it is", "no"] }
  Block:
    Value:
      Fn::Sub: |-
        two
        lines
`;
    const head = `Parameters: { P: { Type: String, Default: p } }
Mappings: { M: { k: { v: found } } }
Conditions:
  D: !Equals [!Ref P, p]
  C: !And [!Condition D, !Not [!Equals [a, b]], !Or [!Equals [a, b], !Equals [a, a]]]`;
    expect(await outputsOf("short", text, head)).toEqual({
      Ref: "us-east-1",
      Sub: "a-p",
      SubMap: "222222222222-p",
      Join: "a-p",
      Select: "b",
      Base64: "aGVsbG8=",
      Find: "found",
      If: "yes it is",
      Block: "two\nlines",
    });
  });

  test("cannot reach JavaScript's prototypes", async () => {
    expect(await refusalLine(validate("__proto__: { Resources: {} }\n"))).toContain("[__proto__]");
    const text =
      '{"Resources":{"A":{"Type":"AWS::CloudFormation::WaitConditionHandle"}},"Outputs":{"O":{"Value":{"Ref":"constructor"}}}}';
    expect(await refusalLine(validate(text))).toContain("Unresolved resource dependencies [constructor]");
    expect(await refusalLine(validate(templateOf({ A: { Type: "toString" } })))).toContain(
      "Unrecognized resource types",
    );
  });
});

test("ValidateTemplate and GetTemplateSummary tell what a template declares", async () => {
  const template = templateOf(
    { User: { Type: "AWS::IAM::User", Properties: { UserName: "x" } }, Handle: HANDLE },
    {
      Description: "about it",
      Metadata: { a: 1 },
      Parameters: { P: { Type: "Number", Default: 5, NoEcho: true, Description: "a number", AllowedValues: [5, 6] } },
    },
  );
  expect(await validate(template)).toMatchObject({
    Description: "about it",
    Parameters: [{ ParameterKey: "P", DefaultValue: "5", NoEcho: true, Description: "a number" }],
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    CapabilitiesReason: "The following resource(s) require capabilities: [AWS::IAM::User]",
  });
  expect(await aws.cfn().getTemplateSummary({ TemplateBody: JSON.stringify(template) })).toMatchObject({
    Parameters: [{ ParameterKey: "P", ParameterType: "Number", ParameterConstraints: { AllowedValues: ["5", "6"] } }],
    ResourceTypes: ["AWS::IAM::User", "AWS::CloudFormation::WaitConditionHandle"],
    Version: "2010-09-09",
    Metadata: '{"a":1}',
  });
});
