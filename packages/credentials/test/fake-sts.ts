// A scripted STS for the broker's tests: an AssumeRole function, a clock that is moved by hand, an audit in memory.
import {
  CredentialsError,
  type AssumedRole,
  type AssumeRole,
  type AuditEvent,
  type CredentialsErrorCode,
  type RoleRequest,
} from "@daypass/credentials";

export const START = Date.UTC(2030, 0, 1);
export const MINUTE = 60_000;

export const requestOf = (over: Partial<RoleRequest> = {}): RoleRequest => ({
  roleArn: "arn:aws:iam::222222222222:role/reader",
  roleSessionName: "acme.report",
  externalId: "an-external-id-of-acme",
  durationSeconds: 3600,
  region: "eu-west-1",
  ...over,
});

/** The n-th customer's question: another account, another external ID. */
export const requestOfCustomer = (n: number): RoleRequest => {
  const accountId = String(300_000_000_000 + n);
  return requestOf({ roleArn: `arn:aws:iam::${accountId}:role/reader`, externalId: `id-of-${accountId}` });
};

export const failureOf = (code: CredentialsErrorCode): CredentialsError =>
  new CredentialsError(code, `scripted ${code}`, { hint: "none" });

/** What STS would answer, `serial` telling one session from the next. Key, secret and token carry the same mark. */
export const answerOf = (request: RoleRequest, now: number, serial: number): AssumedRole => {
  const [, , , , accountId = "", resource = ""] = request.roleArn.split(":");
  const mark = `${accountId}${String(serial).padStart(6, "0")}`;
  return {
    credentials: {
      accessKeyId: `ASIA${mark}`,
      secretAccessKey: `secret-${mark}`,
      sessionToken: `token-${mark}`,
      expiration: new Date(now + request.durationSeconds * 1000),
    },
    assumedRoleArn: `arn:aws:sts::${accountId}:assumed-role/${resource.split("/").at(-1)}/${request.roleSessionName}`,
    roleUniqueId: "AROA0123456789ABCDEF0",
  };
};

export interface FakeSts {
  readonly assumeRole: AssumeRole;
  readonly calls: RoleRequest[];
  /** What the next calls do before they are answered; throw here to fail them. */
  script: (request: RoleRequest) => void | Promise<void>;
  /** What is answered. */
  answer: (request: RoleRequest, serial: number) => AssumedRole;
}

export const createClock = () => {
  let time = START;
  return {
    now: () => time,
    move: (ms: number) => {
      time += ms;
    },
  };
};

export const createFakeSts = (now: () => number): FakeSts => {
  const sts: FakeSts = {
    calls: [],
    script: () => undefined,
    answer: (request, serial) => answerOf(request, now(), serial),
    assumeRole: async (request) => {
      sts.calls.push(request);
      const serial = sts.calls.length;
      await sts.script(request);
      return sts.answer(request, serial);
    },
  };
  return sts;
};

export const createAudit = () => {
  const events: AuditEvent[] = [];
  return { events, record: async (event: AuditEvent) => void events.push(event) };
};

/** Lets everything that is ready to run, run. */
export const settle = async (): Promise<void> => {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
};

export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "granted",
    (error: unknown) => (error instanceof CredentialsError ? error.code : `not ours: ${String(error)}`),
  );
