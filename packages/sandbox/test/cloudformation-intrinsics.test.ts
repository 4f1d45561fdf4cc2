// The intrinsic functions: a table, and a property against a naive resolver.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allow, CUSTOMER, HANDLE, role, startStacks, templateOf } from "./cloudformation-clients.js";
import { refusalLine } from "./iam-clients.js";

let aws: Awaited<ReturnType<typeof startStacks>>;
beforeAll(async () => {
  aws = await startStacks();
});
afterAll(() => aws.sandbox.stop());
let stacks = 0;

const SECTIONS = {
  Parameters: {
    P: { Type: "String", Default: "p" },
    Dotted: { Type: "String", Default: "a.b" },
    List: { Type: "CommaDelimitedList", Default: "x,y,z" },
  },
  Mappings: { M: { p: { Text: "found", Items: ["one", "two"] }, "us-east-1": { Text: "here" } } },
  Conditions: { Yes: { "Fn::Equals": [1, "1"] }, No: { "Fn::Not": [{ Condition: "Yes" }] } },
};
const NO_VALUE = { Ref: "AWS::NoValue" };

async function valueOf(value: unknown): Promise<string | undefined> {
  const name = `intrinsic-${(stacks += 1)}`;
  await aws.create(name, templateOf({ Handle: HANDLE }, { ...SECTIONS, Outputs: { O: { Value: value } } }));
  return (await aws.outputs(name))["O"];
}

describe("a function", () => {
  test.each<readonly [string, unknown, string]>([
    ["Ref of a parameter", { Ref: "P" }, "p"],
    ["AWS::AccountId", { Ref: "AWS::AccountId" }, CUSTOMER],
    ["AWS::Partition and AWS::URLSuffix", { "Fn::Sub": "${AWS::Partition} ${AWS::URLSuffix}" }, "aws amazonaws.com"],
    ["AWS::NotificationARNs", { "Fn::Join": ["", { Ref: "AWS::NotificationARNs" }] }, ""],
    ["Sub with a literal", { "Fn::Sub": "${P} ${!P} $P ${!aws:username}" }, "p ${P} $P ${aws:username}"],
    ["Sub with its own variables first", { "Fn::Sub": ["${P}${Q}", { P: "mine", Q: { Ref: "P" } }] }, "minep"],
    ["Sub that does not look into what it put in", { "Fn::Sub": ["${A}", { A: { "Fn::Sub": "${!P}" } }] }, "${P}"],
    ["Join of a list parameter", { "Fn::Join": [":", { Ref: "List" }] }, "x:y:z"],
    ["Join without what has no value", { "Fn::Join": [":", ["a", NO_VALUE, "b"]] }, "a:b"],
    ["Join with dollars", { "Fn::Join": ["$&", ["a", "$1"]] }, "a$&$1"],
    ["Split and Select", { "Fn::Select": ["2", { "Fn::Split": [".", "a.b.c"] }] }, "c"],
    ["Split of what is not there", { "Fn::Select": [0, { "Fn::Split": ["|", "a.b"] }] }, "a.b"],
    ["Select behind what has no value", { "Fn::Select": [1, ["a", NO_VALUE, "b"]] }, "b"],
    ["FindInMap with references", { "Fn::FindInMap": ["M", { Ref: "AWS::Region" }, "Text"] }, "here"],
    ["FindInMap of a list", { "Fn::Select": [1, { "Fn::FindInMap": ["M", { Ref: "P" }, "Items"] }] }, "two"],
    ["Base64 of text that is not ASCII", { "Fn::Base64": "é" }, "w6k="],
    ["If", { "Fn::If": ["Yes", "a", "b"] }, "a"],
    ["If of If", { "Fn::If": ["No", "a", { "Fn::If": ["Yes", { Ref: "P" }, "c"] }] }, "p"],
    ["a number", 5, "5"],
    ["a boolean", true, "true"],
  ])("evaluates: %s", async (_name, value, expected) => {
    expect(await valueOf(value)).toBe(expected);
  });

  test.each<readonly [string, unknown, string]>([
    ["Select beyond the end", { "Fn::Select": [3, ["a"]] }, "Fn::Select cannot select nonexistent value at index 3"],
    ["Select before the beginning", { "Fn::Select": [-1, ["a"]] }, "Fn::Select"],
    ["Join of no list", { "Fn::Join": [",", "a"] }, "every Fn::Join object requires two parameters"],
    ["Split of a list", { "Fn::Split": [",", ["a"]] }, "every Fn::Split object requires two parameters"],
    ["Sub of a list parameter", { "Fn::Sub": "${List}" }, "Fn::Sub"],
    ["Sub of no text", { "Fn::Sub": ["a"] }, "Specify a string as first argument"],
    ["FindInMap of no map", { "Fn::FindInMap": ["N", "p", "Text"] }, "Mapping named 'N' is not present"],
    ["FindInMap of no key", { "Fn::FindInMap": ["M", "q", "Text"] }, "Unable to get mapping for M::q::Text"],
    ["FindInMap of no attribute", { "Fn::FindInMap": ["M", "p", "constructor"] }, "Unable to get mapping"],
    ["If of an unknown condition", { "Fn::If": ["Maybe", "a", "b"] }, "Unresolved condition dependency Maybe"],
    ["If with one branch", { "Fn::If": ["Yes", "a"] }, "Fn::If requires a list argument"],
    ["a list as an output", { Ref: "List" }, "must evaluate to a String"],
    ["an output without a value", NO_VALUE, "must evaluate to a String"],
    ["a function with something beside it", { "Fn::Sub": "a", More: "b" }, "must be the only member"],
    ["a function that is not there", { "Fn::ToJsonString": {} }, "does not have Fn::ToJsonString"],
    ["a condition function outside conditions", { "Fn::Equals": ["a", "a"] }, "does not have Fn::Equals here"],
    ["a transform", { "Fn::Transform": { Name: "AWS::Include" } }, "does not have Fn::Transform"],
  ])("is refused before anything is made: %s", async (_name, value, message) => {
    const line = await refusalLine(valueOf(value));
    expect(line).toContain("400 ValidationError ");
    expect(line).toContain(message);
    expect(await refusalLine(aws.stack(`intrinsic-${stacks}`))).toContain("does not exist");
  });

  test("on resources takes their ids and attributes, and orders their making", async () => {
    const resources = {
      Aaa: { Type: "AWS::IAM::AccessKey", Properties: { UserName: { Ref: "User" } } },
      Policy: {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: {
          PolicyDocument: allow("s3:GetObject", { "Fn::Sub": "${Bucket.Arn}/*" }),
          Users: [{ Ref: "User" }],
        },
      },
      User: { Type: "AWS::IAM::User" },
      Bucket: { Type: "AWS::S3::Bucket" },
    };
    const Outputs = {
      Key: { Value: { Ref: "Aaa" } },
      Policy: { Value: { Ref: "Policy" } },
      User: { Value: { "Fn::GetAtt": "User.Arn" } },
    };
    await aws.create("ordered", templateOf(resources, { Outputs }));
    const { Key, Policy, User } = await aws.outputs("ordered");
    expect(Key).toMatch(/^AKIA/);
    expect(User).toMatch(/^arn:aws:iam::222222222222:user\/ordered-User-[A-Z2-7]{12}$/);
    const { PolicyVersion } = await aws.iam().getPolicyVersion({ PolicyArn: Policy, VersionId: "v1" });
    const bucket = await aws.physical("ordered", "Bucket");
    expect(bucket).toMatch(/^ordered-bucket-[a-z2-7]{12}$/);
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""))).toEqual(
      allow("s3:GetObject", `arn:aws:s3:::${bucket}/*`),
    );
  });

  test("leaves properties and items without a value out of what is made", async () => {
    const statement = { Effect: "Allow", Action: ["s3:GetObject", NO_VALUE], Resource: "*" };
    const Statement = [statement, { "Fn::If": ["No", { ...statement, Effect: "Deny" }, NO_VALUE] }];
    const resource = {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        Description: { "Fn::If": ["No", "never", NO_VALUE] },
        PolicyDocument: { Version: "2012-10-17", Statement },
      },
    };
    await aws.create("novalue", templateOf({ Policy: resource }, SECTIONS));
    const PolicyArn = await aws.physical("novalue", "Policy");
    const { PolicyVersion } = await aws.iam().getPolicyVersion({ PolicyArn, VersionId: "v1" });
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""))).toEqual(allow(["s3:GetObject"]));
    expect((await aws.iam().getPolicy({ PolicyArn })).Policy?.Description).toBeUndefined();
  });

  test("cannot refer to a resource whose condition is false, except in the branch that is not taken", async () => {
    const Maybe = { ...HANDLE, Condition: "No" };
    const outputs = (Value: unknown) => ({ ...SECTIONS, Outputs: { O: { Value } } });
    expect(await refusalLine(aws.create("gone", templateOf({ Maybe }, outputs({ Ref: "Maybe" }))))).toContain(
      "Unresolved resource dependencies [Maybe]",
    );
    await aws.create(
      "gone",
      templateOf({ Maybe, Handle: HANDLE }, outputs({ "Fn::If": ["No", { Ref: "Maybe" }, "none"] })),
    );
    expect(await aws.outputs("gone")).toEqual({ O: "none" });
  });

  test("looks mappings up in the branch that is not taken, too", async () => {
    const Description = { "Fn::If": ["No", { "Fn::FindInMap": ["M", "q", "Text"] }, "x"] };
    expect(await refusalLine(aws.create("both", templateOf({ Role: role({ Description }) }, SECTIONS)))).toContain(
      "Unable to get mapping for M::q::Text",
    );
  });
});

describe("functions that grow", () => {
  test("evaluate a variable once however often it is used", async () => {
    let value: unknown = { "Fn::Sub": "" };
    for (let level = 0; level < 30; level++) value = { "Fn::Sub": ["${A}${A}", { A: value }] };
    expect(await valueOf(value)).toBe("");
  });

  test("are refused when they would double the text with every level", async () => {
    let value: unknown = "ab";
    for (let level = 0; level < 30; level++) value = { "Fn::Sub": ["${A}${A}", { A: value }] };
    expect(await refusalLine(valueOf(value))).toContain("functions produce more than 16777216 characters");
  });

  test("are refused when a long parameter is used often enough", async () => {
    const template = templateOf(
      { Handle: HANDLE },
      { Parameters: { P: { Type: "String" } }, Outputs: { O: { Value: { "Fn::Sub": "${P}".repeat(12_000) } } } },
    );
    expect(await refusalLine(aws.create("long", template, { P: "x".repeat(4096) }))).toContain("produce more than");
  });
});

test("an attribute whose name comes from a parameter must be one that the resource has", async () => {
  const outputs = (attribute: string) => ({
    Parameters: { Name: { Type: "String", Default: attribute } },
    Outputs: { O: { Value: { "Fn::GetAtt": ["Role", { Ref: "Name" }] } } },
  });
  await aws.create("dynamic", templateOf({ Role: role() }, outputs("Arn")));
  expect((await aws.outputs("dynamic"))["O"]).toContain(":role/dynamic-Role-");
  expect(await refusalLine(aws.create("wrong", templateOf({ Role: role() }, outputs("constructor"))))).toContain(
    "resource Role does not support attribute type constructor in Fn::GetAtt",
  );
});

type Tree =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "none" }
  | { readonly kind: "if"; readonly condition: number; readonly whenTrue: Tree; readonly otherwise: Tree }
  | { readonly kind: "list"; readonly items: readonly Tree[] }
  | { readonly kind: "map"; readonly members: readonly (readonly [string, Tree])[] };

const GONE = Symbol("gone");
const CONDITIONS = 4;

const { tree } = fc.letrec<{ tree: Tree; branch: Tree }>((tie) => ({
  branch: fc.oneof({ depthSize: "small" }, fc.constant<Tree>({ kind: "none" }), tie("tree")),
  tree: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("text" as const), text: fc.stringMatching(/^[a-z]{0,3}$/) }),
    fc.record({
      kind: fc.constant("if" as const),
      condition: fc.nat(CONDITIONS - 1),
      whenTrue: tie("branch"),
      otherwise: tie("branch"),
    }),
    fc.record({ kind: fc.constant("list" as const), items: fc.array(tie("branch"), { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant("map" as const),
      members: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), tie("branch")), {
        maxLength: 4,
        selector: ([key]) => key,
      }),
    }),
  ),
}));

/** The tree in CloudFormation's language. */
function written(one: Tree): unknown {
  switch (one.kind) {
    case "text":
      return one.text;
    case "none":
      return NO_VALUE;
    case "if":
      return { "Fn::If": [`C${one.condition}`, written(one.whenTrue), written(one.otherwise)] };
    case "list":
      return one.items.map(written);
    case "map":
      return Object.fromEntries(one.members.map(([key, member]) => [key, written(member)]));
  }
}

/** The tree as plainly as it can be read. */
function naive(one: Tree, truths: readonly boolean[]): unknown {
  switch (one.kind) {
    case "text":
      return one.text;
    case "none":
      return GONE;
    case "if":
      return naive(truths[one.condition] === true ? one.whenTrue : one.otherwise, truths);
    case "list":
      return one.items.map((item) => naive(item, truths)).filter((item) => item !== GONE);
    case "map":
      return Object.fromEntries(
        one.members.map(([key, member]) => [key, naive(member, truths)] as const).filter(([, value]) => value !== GONE),
      );
  }
}

test("random trees of conditions and missing values are what a naive resolver says", async () => {
  const truthsOf = fc.array(fc.boolean(), { minLength: CONDITIONS, maxLength: CONDITIONS });
  await fc.assert(
    fc.asyncProperty(tree, truthsOf, async (one, truths) => {
      const name = `tree-${(stacks += 1)}`;
      const Conditions = Object.fromEntries(
        truths.map((truth, index) => [`C${index}`, { "Fn::Equals": [{ Ref: "One" }, truth ? "1" : "2"] }]),
      );
      // A document that IAM refuses shows in the event's properties all the same.
      const resource = { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: { Tree: written(one) } } };
      const Parameters = { One: { Type: "String", Default: "1" } };
      await aws.create(name, templateOf({ Policy: resource }, { Conditions, Parameters }));
      const { StackEvents } = await aws.cfn().describeStackEvents({ StackName: name });
      const shown = StackEvents?.find(({ ResourceStatus }) => ResourceStatus === "CREATE_FAILED")?.ResourceProperties;
      const value = naive(one, truths);
      expect(JSON.parse(shown ?? "")).toEqual({ PolicyDocument: value === GONE ? {} : { Tree: value } });
    }),
    { numRuns: 150 },
  );
});
