// Source: IAM User Guide, "AWS JSON policy elements: Principal": ARNs become unique IDs when the policy is saved.
import { describe, expect, it } from "vitest";
import { parsePolicy, pinPrincipals, renderPolicy } from "@daypass/policy";
import { document, errorOf, trusts } from "./ask.js";

const ROLE = "arn:aws:iam::111122223333:role/path/app";
const USER = "arn:aws:iam::111122223333:user/bob";
const IDS = new Map([
  [ROLE, "AROAAPP00000000000000"],
  [USER, "AIDABOB00000000000000"],
]);
const pin = (source: string) => pinPrincipals(parsePolicy(source, "trust"), (arn) => IDS.get(arn));
const principalsOf = (source: string) => pin(source).statements.map(({ principal }) => principal?.principals);

describe("pinPrincipals", () => {
  it("gives every user and role its unique ID and leaves the rest alone", () => {
    const source = document(
      trusts({ AWS: [ROLE, "111122223333", USER, "*"], Service: "ec2.amazonaws.com" }),
      trusts({ AWS: "arn:aws:sts::111122223333:assumed-role/app/session" }),
    );
    expect(principalsOf(source)).toEqual([
      [
        { type: "role", arn: ROLE, uniqueId: "AROAAPP00000000000000" },
        { type: "account", accountId: "111122223333", written: "111122223333" },
        { type: "user", arn: USER, uniqueId: "AIDABOB00000000000000" },
        { type: "everyone" },
        { type: "service", service: "ec2.amazonaws.com" },
      ],
      [{ type: "role-session", arn: "arn:aws:sts::111122223333:assumed-role/app/session" }],
    ]);
  });

  it("returns a new frozen policy and does not touch the old one", () => {
    const policy = parsePolicy(document(trusts({ AWS: ROLE })), "trust");
    const pinned = pinPrincipals(policy, (arn) => IDS.get(arn));
    expect(policy.statements[0]?.principal?.principals[0]).toMatchObject({ uniqueId: undefined });
    expect(Object.isFrozen(pinned.statements[0]?.principal?.principals)).toBe(true);
  });

  it("does not pin again: what was bound stays bound to the same identity", () => {
    const pinned = pin(document(trusts({ AWS: ROLE })));
    const again = pinPrincipals(pinned, () => "AROAOTHER000000000000");
    expect(again.statements).toEqual(pinned.statements);
  });

  it("pins NotPrincipal too", () => {
    const statement = { Effect: "Deny", NotPrincipal: { AWS: [USER] }, Action: "s3:*", Resource: "*" };
    const pinned = pinPrincipals(parsePolicy(document(statement), "resource"), (arn) => IDS.get(arn));
    expect(pinned.statements[0]?.principal).toMatchObject({
      negated: true,
      principals: [{ uniqueId: "AIDABOB00000000000000" }],
    });
  });

  it("leaves a policy without principals as it is", () => {
    const policy = parsePolicy(document({ Effect: "Allow", Action: "*", Resource: "*" }), "identity");
    expect(pinPrincipals(policy, () => undefined).statements).toEqual(policy.statements);
  });

  it("refuses an ARN that does not exist, by name", () => {
    const missing = "arn:aws:iam::111122223333:role/gone";
    const error = errorOf(() => pin(document(trusts({ AWS: ROLE }), trusts({ AWS: [USER, missing] }))));
    expect(error).toMatchObject({ code: "invalid_principal", path: "Statement[1].Principal.AWS" });
    expect(error.message).toContain(missing);
  });
});

describe("renderPolicy", () => {
  const SOURCE = `{ "Version" : "2012-10-17",
    "Statement": [ { "Sid": "AROA1", "Effect":"Allow","Principal":{"Service":["a.b","c.d"],"AWS":[ "${USER}","111122223333" ,"${ROLE}"]},
    "Action":"sts:AssumeRole", "Condition":{"ArnEquals":{"aws:PrincipalArn":["${ROLE}"]}} } ] }`;

  it("shows those who exist by the ARN that they have now, and those who are gone by their unique ID", () => {
    const renamed = "arn:aws:iam::111122223333:user/robert";
    const rendered = renderPolicy(pin(SOURCE), (id) => (id.startsWith("AIDA") ? renamed : undefined));
    expect(rendered).toBe(
      SOURCE.replace(`"${USER}"`, `"${renamed}"`).replace(`"${ROLE}"]}`, '"AROAAPP00000000000000"]}'),
    );
    expect(parsePolicy(rendered, "trust").statements[0]?.principal?.principals.at(-1)).toEqual({
      type: "unique-id",
      uniqueId: "AROAAPP00000000000000",
    });
  });

  it("leaves the text as it was written when nothing changed, and when nothing is pinned", () => {
    const arns = new Map([...IDS].map(([arn, id]) => [id, arn]));
    expect(renderPolicy(pin(SOURCE), (id) => arns.get(id))).toBe(SOURCE);
    expect(renderPolicy(parsePolicy(SOURCE, "trust"), () => undefined)).toBe(SOURCE);
  });

  it("knows a single statement and a single principal", () => {
    const source = JSON.stringify({ Statement: trusts({ AWS: ROLE }) });
    expect(renderPolicy(pin(source), () => undefined)).toBe(source.replace(ROLE, "AROAAPP00000000000000"));
  });

  it("knows each statement's own principals, in Principal and in NotPrincipal", () => {
    const statements = [
      { Effect: "Deny", NotPrincipal: { AWS: [ROLE, "111122223333"] }, Action: "*", Resource: "*" },
      { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" },
      { Effect: "Allow", Action: "s3:*", Resource: "*", Principal: { AWS: ["444455556666", USER, ROLE] } },
    ];
    const source = document(...statements);
    const pinned = pinPrincipals(parsePolicy(source, "resource"), (arn) => IDS.get(arn));
    expect(renderPolicy(pinned, () => undefined)).toBe(
      source.replaceAll(ROLE, "AROAAPP00000000000000").replaceAll(USER, "AIDABOB00000000000000"),
    );
  });

  it.each(['say "AWS": "x"', "ends in a backslash \\", '\\" {"Principal": ["', "]}"])(
    "is not led astray by what stands in a text: %s",
    (text) => {
      const statement = { Sid: text, ...trusts({ AWS: [ROLE] }), Action: "s3:*", Resource: "*" };
      const source = JSON.stringify({ Id: text, Statement: [statement] });
      const pinned = pinPrincipals(parsePolicy(source, "resource"), (arn) => IDS.get(arn));
      expect(renderPolicy(pinned, () => undefined)).toBe(source.replace(ROLE, "AROAAPP00000000000000"));
    },
  );

  it("knows escaped text", () => {
    const source = JSON.stringify({ Statement: trusts({ AWS: ROLE }) })
      .replace('"AWS"', '"\\u0041WS"')
      .replace("arn:aws:iam", "arn:aws\\u003aiam");
    expect(JSON.parse(renderPolicy(pin(source), () => undefined))).toMatchObject({
      Statement: { Principal: { AWS: "AROAAPP00000000000000" } },
    });
  });

  it("turns a bare unique ID back into an ARN when its bearer exists", () => {
    const source = document(trusts({ AWS: "AROAAPP00000000000000" }));
    expect(renderPolicy(parsePolicy(source, "trust"), () => ROLE)).toBe(document(trusts({ AWS: ROLE })));
  });

  it("writes a document that came as an object", () => {
    const source = { Statement: [trusts({ AWS: [ROLE] })] };
    const policy = pinPrincipals(parsePolicy(source, "trust"), (arn) => IDS.get(arn));
    expect(JSON.parse(renderPolicy(policy, () => ROLE))).toEqual(source);
  });

  it("refuses what parsePolicy did not make", () => {
    expect(errorOf(() => renderPolicy({ ...pin(SOURCE) }, () => undefined)).code).toBe("invalid_request");
  });
});
