// Parameters, rules and capabilities: what must hold before anything is made.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HANDLE, parametersOf, role, startStacks, templateOf } from "./cloudformation-clients.js";
import { refusal, refusalLine } from "./iam-clients.js";

let aws: Awaited<ReturnType<typeof startStacks>>;
beforeAll(async () => {
  aws = await startStacks();
});
afterAll(() => aws.sandbox.stop());
let stacks = 0;
const newName = () => `stack-${(stacks += 1)}`;

/** Creates a stack with one parameter; returns what `Ref` makes of it. */
async function refOf(declaration: object, given?: string): Promise<string | undefined> {
  const name = newName();
  const isList = JSON.stringify(declaration).includes("List");
  const value = isList ? { "Fn::Join": ["|", { Ref: "P" }] } : { Ref: "P" };
  const template = templateOf({ A: HANDLE }, { Parameters: { P: declaration }, Outputs: { O: { Value: value } } });
  await aws.create(name, template, given === undefined ? {} : { P: given });
  return (await aws.outputs(name))["O"];
}

describe("a parameter", () => {
  test.each([
    ["a default", { Type: "String", Default: "d" }, undefined, "d"],
    ["an empty value instead of the default", { Type: "String", Default: "d" }, "", ""],
    ["a number as it was written", { Type: "Number" }, "1.50", "1.50"],
    ["a list, trimmed", { Type: "CommaDelimitedList" }, "a, b ,c", "a|b|c"],
    ["an empty list", { Type: "CommaDelimitedList" }, "", ""],
    ["a list of numbers", { Type: "List<Number>" }, "1, 2", "1|2"],
    ["the whole pattern", { Type: "String", AllowedPattern: "a|b" }, "b", "b"],
    ["an allowed number", { Type: "Number", AllowedValues: [1, 2] }, "2", "2"],
  ])("takes %s", async (_name, declaration, given, expected) => {
    expect(await refOf(declaration, given)).toBe(expected);
  });

  test.each([
    ["too short", { Type: "String", MinLength: 8 }, "short", "Parameter 'P' must contain at least 8 characters"],
    ["too long", { Type: "String", MaxLength: 3 }, "long", "Parameter 'P' must contain at most 3 characters"],
    ["off the pattern", { Type: "String", AllowedPattern: "[a-z]+" }, "a1", "Parameter 'P' must match pattern [a-z]+"],
    ["off the pattern behind a line", { Type: "String", AllowedPattern: "[a-z]+" }, "a\n1", "must match pattern"],
    ["off an alternative", { Type: "String", AllowedPattern: "a|b" }, "ax", "must match pattern a|b"],
    ["not allowed", { Type: "String", AllowedValues: ["a"] }, "b", "Parameter 'P' must be one of AllowedValues"],
    [
      "one of a list not allowed",
      { Type: "CommaDelimitedList", AllowedValues: ["a"] },
      "a,b",
      "must be one of AllowedValues",
    ],
    ["no number", { Type: "Number" }, "x", "Parameter 'P' must be a number"],
    ["too small", { Type: "Number", MinValue: 5 }, "4", "Parameter 'P' must be a number not less than 5"],
    ["too great", { Type: "Number", MaxValue: 5 }, "6", "Parameter 'P' must be a number not greater than 5"],
    ["too many bytes", { Type: "String" }, "é".repeat(2049), "must contain at most 4096 characters"],
    [
      "explained",
      { Type: "String", AllowedPattern: "a", ConstraintDescription: "say a" },
      "b",
      "Parameter P failed to satisfy constraint: say a",
    ],
  ])("is refused when it is %s", async (_name, declaration, given, message) => {
    const line = await refusalLine(refOf(declaration, given));
    expect(line).toContain("400 ValidationError ");
    expect(line).toContain(message);
  });

  test("is held to its constraints also where it is the default", async () => {
    expect(await refusalLine(refOf({ Type: "String", Default: "no", MinLength: 8 }))).toContain(
      "at least 8 characters",
    );
  });

  test("must be there, and must be one of the template's", async () => {
    const template = templateOf({ A: HANDLE }, { Parameters: { P: { Type: "String" }, Q: { Type: "String" } } });
    expect(await refusalLine(aws.create(newName(), template))).toBe(
      "400 ValidationError Parameters: [P, Q] must have values",
    );
    expect(await refusalLine(aws.create(newName(), template, { P: "", Q: "", R: "", S: "" }))).toBe(
      "400 ValidationError Parameters: [R, S] do not exist in the template",
    );
    expect(await refusalLine(aws.create(newName(), templateOf({ A: HANDLE }), { P: "" }))).toContain(
      "Parameter values specified for a template which does not require them.",
    );
  });

  test("that is given twice, or with its previous value where there is none, is refused", async () => {
    const template = templateOf({ A: HANDLE }, { Parameters: { P: { Type: "String" } } });
    const twice = { Parameters: [...parametersOf({ P: "a" }), ...parametersOf({ P: "b" })] };
    expect(await refusalLine(aws.create(newName(), template, {}, twice))).toContain("Duplicate parameter key: P");
    const previous = { Parameters: [{ ParameterKey: "P", UsePreviousValue: true }] };
    expect(await refusalLine(aws.create(newName(), template, {}, previous))).toContain("UsePreviousValue");
  });

  test("with NoEcho is never shown, and still used", async () => {
    const name = newName();
    const parameters = { Secret: { Type: "String", NoEcho: true } };
    const resources = { Role: role({ Description: { "Fn::Sub": "about ${Secret}" } }) };
    await aws.create(name, templateOf(resources, { Parameters: parameters }), { Secret: "hush-hush" });
    expect((await aws.stack(name)).Parameters).toEqual([{ ParameterKey: "Secret", ParameterValue: "****" }]);
    const { StackEvents } = await aws.cfn().describeStackEvents({ StackName: name });
    expect(JSON.stringify(StackEvents)).not.toContain("hush-hush");
    expect(JSON.stringify(StackEvents)).toContain("about ****");
    const { Role } = await aws.iam().getRole({ RoleName: await aws.physical(name, "Role") });
    expect(Role?.Description).toBe("about hush-hush");
    const { Id = "" } = await aws.cfn().createChangeSet({
      StackName: name,
      ChangeSetName: "next",
      UsePreviousTemplate: true,
      Parameters: parametersOf({ Secret: "hush-again" }),
      Capabilities: ["CAPABILITY_IAM"],
    });
    expect(JSON.stringify(await aws.cfn().describeChangeSet({ ChangeSetName: Id }))).not.toContain("hush-again");
  });

  test("that breaks its constraint is not repeated in the refusal", async () => {
    const { message } = await refusal(refOf({ Type: "String", NoEcho: true, MinLength: 30 }, "hush-hush"));
    expect(message).not.toContain("hush");
  });
});

describe("a rule", () => {
  const withRule = (rule: object, given: Readonly<Record<string, string>> = {}) => {
    const parameters = {
      Env: { Type: "String", Default: "dev" },
      Zones: { Type: "CommaDelimitedList", Default: "a,b" },
    };
    return aws.create(newName(), templateOf({ A: HANDLE }, { Parameters: parameters, Rules: { R: rule } }), given);
  };
  const assertion = (assert: object) => ({ Assertions: [{ Assert: assert, AssertDescription: "it must hold" }] });

  test.each([
    ["Fn::Contains", { "Fn::Contains": [["dev", "test"], { Ref: "Env" }] }],
    ["Fn::EachMemberIn", { "Fn::EachMemberIn": [{ Ref: "Zones" }, ["a", "b", "c"]] }],
    ["Fn::EachMemberEquals", { "Fn::EachMemberEquals": [["dev", "dev"], { Ref: "Env" }] }],
    ["Fn::Not", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Env" }, "prod"] }] }],
    ["Fn::Or", { "Fn::Or": [{ "Fn::Equals": ["a", "b"] }, { "Fn::Equals": [{ Ref: "Env" }, "dev"] }] }],
  ])("that holds lets the stack be: %s", async (_name, assert) => {
    await withRule(assertion(assert));
  });

  test.each([
    ["Fn::Contains", { "Fn::Contains": [["prod"], { Ref: "Env" }] }],
    ["Fn::EachMemberIn", { "Fn::EachMemberIn": [{ Ref: "Zones" }, ["a"]] }],
    ["Fn::EachMemberEquals", { "Fn::EachMemberEquals": [{ Ref: "Zones" }, "a"] }],
    ["Fn::And", { "Fn::And": [{ "Fn::Equals": ["a", "a"] }, { "Fn::Equals": [{ Ref: "Env" }, "prod"] }] }],
  ])("that does not hold refuses the operation with its description: %s", async (_name, assert) => {
    const line = await refusalLine(withRule(assertion(assert)));
    expect(line).toContain("400 ValidationError ");
    expect(line).toContain("it must hold");
  });

  test("is asked only when its condition holds", async () => {
    const rule = {
      RuleCondition: { "Fn::Equals": [{ Ref: "Env" }, "prod"] },
      ...assertion({ "Fn::EachMemberIn": [{ Ref: "Zones" }, ["a"]] }),
    };
    await withRule(rule);
    expect(await refusalLine(withRule(rule, { Env: "prod" }))).toContain("it must hold");
  });

  test.each([
    ["Fn::RefAll", { "Fn::EachMemberIn": [{ "Fn::RefAll": "AWS::EC2::VPC::Id" }, ["a"]] }],
    ["a resource", { "Fn::Equals": [{ Ref: "A" }, "a"] }],
    ["a word", { "Fn::Not": ["maybe"] }],
    ["an unknown function", { "Fn::Perhaps": ["a", "b"] }],
  ])("that cannot be judged refuses the operation: %s", async (_name, assert) => {
    expect(await refusalLine(withRule(assertion(assert)))).toContain("400 ValidationError ");
  });
});

describe("capabilities", () => {
  const named = templateOf({ Role: role({ RoleName: "named" }) });
  test.each([
    ["no IAM resource", templateOf({ A: HANDLE }), []],
    ["an IAM resource without a name", templateOf({ Role: role() }), ["CAPABILITY_IAM" as const]],
    ["more than it takes", templateOf({ Role: role() }), ["CAPABILITY_NAMED_IAM" as const]],
    ["a named IAM resource", named, ["CAPABILITY_NAMED_IAM" as const]],
  ])("suffice for %s", async (_name, template, Capabilities) => {
    await aws.create(newName(), template, {}, { Capabilities });
  });

  test.each([
    ["an IAM resource", templateOf({ Role: role() }), [], "CAPABILITY_IAM"],
    ["a named one", templateOf({ Role: role({ RoleName: "x" }) }), ["CAPABILITY_IAM" as const], "CAPABILITY_NAMED_IAM"],
    [
      "one whose name depends",
      templateOf(
        { Role: role({ RoleName: { "Fn::If": ["C", "x", { Ref: "AWS::NoValue" }] } }) },
        { Conditions: { C: { "Fn::Equals": ["a", "b"] } } },
      ),
      ["CAPABILITY_IAM" as const],
      "CAPABILITY_NAMED_IAM",
    ],
    [
      "one under a false condition",
      templateOf(
        { A: HANDLE, Role: { ...role(), Condition: "C" } },
        { Conditions: { C: { "Fn::Equals": ["a", "b"] } } },
      ),
      [],
      "CAPABILITY_IAM",
    ],
  ])("are asked for: %s", async (_name, template, Capabilities, missing) => {
    expect(await refusalLine(aws.create(newName(), template, {}, { Capabilities }))).toBe(
      `400 InsufficientCapabilitiesException Requires capabilities : [${missing}]`,
    );
  });

  test("are asked for again by an update", async () => {
    const name = newName();
    await aws.create(name, templateOf({ A: HANDLE }));
    const update = { StackName: name, TemplateBody: JSON.stringify(templateOf({ Role: role() })) };
    expect(await refusalLine(aws.cfn().updateStack(update))).toContain("InsufficientCapabilitiesException");
  });
});
