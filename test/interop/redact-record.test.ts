// A canary in every place where AWS could repeat something: none is found in the record, and a record with one is not
// written.
import { describe, expect, it } from "vitest";
import { collectSecrets, redactAnswer, sealRecord } from "../../conformance/redact-record.mjs";
import type { Case } from "../../conformance/types.d.mts";

const names = {
  run: "dpc-0123456789ab-",
  path: "daypass-conformance/0123456789ab/",
  bucket: "daypass-conformance-0123456789ab",
  vendor: "777788889999",
  customer: "999988887777",
};
const keys = {
  accessKeyId: "AKIACANARYCANARY0001",
  secretAccessKey: "canary/secret+with/signs+and/40letters/xx",
  sessionToken: 'canary//token==&more"quoted',
};
const secrets = collectSecrets({ reader: keys }, names);
const forms = (secret: string) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
const allCanaries = [...Object.values(keys), names.vendor, names.customer].flatMap(forms);
const each: Case = {
  group: "iam",
  name: "a case",
  as: "reader",
  source: "page",
  allowed: { "Credentials.SessionToken": "?", Account: "?", "User.Tags": "?" },
  refused: { status: 403 },
};
const noise = `${keys.accessKeyId} ${keys.secretAccessKey} ${keys.sessionToken} ${names.vendor} ${names.customer}`;

describe("the record of an answer", () => {
  it("has code, status and text of a refusal, without a canary and without traces of the request", () => {
    const message = `User: arn:aws:iam::777788889999:user/${names.path}${names.run}bob: ${noise} RequestId: 1b2c3d4e-1111-2222-3333-444455556666 from 203.0.113.9 in 123456789012`;
    const answer = { allowed: false, code: `Denied ${noise}`, status: 403, message, headers: noise } as const;
    const said = JSON.stringify(redactAnswer(each, answer, names, secrets));
    for (const canary of allCanaries) expect(said).not.toContain(canary);
    expect(JSON.parse(said)).toEqual({
      allowed: false,
      code: expect.stringMatching(/^Denied/),
      status: 403,
      message:
        "User: arn:aws:iam::111111111111:user/{path}{run}bob: {secret} {secret} {secret} 111111111111 222222222222 RequestId: {request id} from {address} in {number}",
    });
  });

  it("has only the asserted values of an answer, and no value that is not one text or number", () => {
    const answer = {
      Credentials: { SessionToken: keys.sessionToken, SecretAccessKey: keys.secretAccessKey },
      Account: names.customer,
      User: { Tags: [{ Key: noise }] },
      $metadata: { requestId: noise },
    };
    expect(redactAnswer(each, { allowed: true, answer, attempts: 3 }, names, secrets)).toEqual({
      allowed: true,
      values: { "Credentials.SessionToken": "{secret}", Account: "222222222222", "User.Tags": {} },
      attempts: 3,
    });
  });

  it("takes out keys and tokens that nobody knew of, and cuts what is endless", () => {
    const message = `key ASIAUNKNOWN000000001 token ${"Fw0GZXIvYXdzE".repeat(9)}== ${"so on ".repeat(500)}`;
    const said = redactAnswer(each, { allowed: false, code: "x", status: 400, message }, names, secrets);
    const { message: clean } = said as { message: string };
    expect(clean).toMatch(/^key \{id\} token \{removed\} so on/);
    expect(clean).toHaveLength(800);
  });

  it("keeps a long text that stands in the table itself", () => {
    const long = { ...each, input: { RoleSessionName: "a".repeat(65) } };
    const answer = {
      allowed: false,
      code: "ValidationError",
      status: 400,
      message: `Value '${"a".repeat(65)}'`,
    } as const;
    expect(redactAnswer(long, answer, names, secrets)).toMatchObject({ message: answer.message });
  });
});

describe("a record with a canary in it", () => {
  it.each(allCanaries)("is not written: %#", (canary) => {
    expect(() => sealRecord({ cases: [{ said: `before${canary}after` }] }, secrets)).toThrow("so it is not written");
  });

  it("is not named in the error", () => {
    const fail = () => sealRecord({ said: keys.secretAccessKey }, secrets);
    expect(fail).toThrow(expect.not.objectContaining({ message: expect.stringContaining("canary") }));
  });

  it("is written when it is clean, with the account numbers of the table", () => {
    expect(sealRecord({ said: "111111111111" }, secrets)).toBe('{\n  "said": "111111111111"\n}\n');
    expect(collectSecrets({}, { ...names, vendor: "111111111111", customer: "222222222222" })).toEqual([]);
  });
});
