// What CloudFormation templates are made of: seeds and words for the fuzzer of their reader.

const json = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "d",
  Parameters: {
    P: { Type: "String", Default: "x", AllowedPattern: "[a-z]+", MinLength: 1 },
    N: { Type: "Number", Default: 3, MaxValue: 10 },
  },
  Mappings: { M: { us: { a: "b", l: ["x", "y"] } } },
  Conditions: { C: { "Fn::Equals": [{ Ref: "P" }, "x"] }, D: { "Fn::Not": [{ Condition: "C" }] } },
  Rules: { R: { Assertions: [{ Assert: { "Fn::Contains": [["a"], { Ref: "P" }] }, AssertDescription: "no" }] } },
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Condition: "C",
      DependsOn: ["Bucket"],
      DeletionPolicy: "Delete",
      Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] }, Path: "/a/" },
    },
    Bucket: { Type: "AWS::S3::Bucket", Metadata: { k: "v" }, Properties: { BucketName: { "Fn::Sub": "${P}-b" } } },
  },
  Outputs: { O: { Value: { "Fn::GetAtt": ["Role", "Arn"] }, Export: { Name: "e" }, Description: "o", Condition: "C" } },
};

const yaml = `AWSTemplateFormatVersion: 2010-09-09
Parameters:
  P: {Type: String, Default: 012345678901, NoEcho: true}
Conditions:
  C: !And [!Equals [!Ref P, yes], !Not [!Equals ['', "\\u00e9"]]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:\${AWS::Partition}:iam::111122223333:root'}
            Action: sts:AssumeRole
      Description: >-
        folded
        text
Outputs:
  O:
    Value: !GetAtt Role.Arn
`;

export const TEMPLATE_SEEDS = [
  JSON.stringify(json),
  JSON.stringify(json, null, 2),
  yaml,
  "Resources:\n  B:\n    Type: AWS::S3::Bucket\n",
  "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
  '{"Metadata":{"__proto__":{"a":"b"},"constructor":"c"},"__proto__":"d"}',
  // At the limit of nesting and beyond.
  ...[99, 101, 150].map((depth) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth)),
  ...[99, 101, 150].map((depth) => `a: ${"[".repeat(depth)}1${"]".repeat(depth)}`),
  "? [a]\n: b\n<<: {c: d}\n!!binary QQ==: !!str 1\n",
];

export const TEMPLATE_WORDS = [
  [
    "Resources",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Outputs",
    "Metadata",
    "Transform",
    "Description",
    "Hooks",
  ],
  [
    "Type",
    "Properties",
    "DependsOn",
    "DeletionPolicy",
    "Retain",
    "Condition",
    "Default",
    "AllowedPattern",
    "AllowedValues",
    "Value",
  ],
  [
    "AWS::IAM::Role",
    "AWS::S3::Bucket",
    "AWS::Include",
    "String",
    "Number",
    "CommaDelimitedList",
    "List<Number>",
    "Export",
    "Name",
  ],
  [
    "Ref",
    "Fn::Sub",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::Join",
    "AWS::NoValue",
    "!Ref ",
    "!Sub ",
    "!GetAtt ",
    "!If ",
    "!Foo ",
    "!!map ",
    "!!int ",
  ],
  [
    "&a ",
    "*a",
    "<<: *a",
    "<<: ",
    "? ",
    ": ",
    "- ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "%TAG ! !x\n",
    "# c\n",
    "{",
    "}",
    "[",
    "]",
    ",",
  ],
  [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "~",
    "yes",
    "No",
    "0o7",
    "017",
    "1e400",
    "-0",
    "1.50",
    "1_000",
    ".inf",
    ".nan",
  ],
  [
    "2012-10-17",
    "012345678901",
    "190:20:30",
    '"',
    "'",
    "\\u0000",
    "\\ud800",
    "\t",
    "\r\n",
    "\u0085",
    "\u2028",
    "\ufeff",
    '"a":1,"a":2',
    "(a+)+$",
    "[",
    "\n  ",
    "\n",
  ],
].flat();
