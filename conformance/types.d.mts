// The words of the conformance run, for the tests that are written in TypeScript.

/** What a client does once: a call of AWS, or a presigned link that is opened. */
export interface Case {
  /** The cases of one group run in order. */
  readonly group: string;
  readonly name: string;
  /** The name of an actor. */
  readonly as: string;
  /** The name of a source: who says that AWS does so. */
  readonly source: string;
  /** The name of the source that has the asserted text, where it is another. */
  readonly text?: string;
  /** The targets that the case cannot be put to, with the reason. */
  readonly notOn?: Readonly<Record<string, string>>;
  /** `sts:AssumeRole` */
  readonly call?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** The object whose link is made and opened. */
  readonly presigned?: { readonly Bucket: string; readonly Key: string };
  /** What is changed in the link before it is opened: from, to. */
  readonly tamper?: readonly [string, string];
  /** Values at dotted paths of the answer. */
  readonly allowed?: Readonly<Record<string, unknown>>;
  /** A message is the beginning of AWS's text; where it is left out, only code and status are known. */
  readonly refused?: { readonly code?: string; readonly status: number; readonly message?: string };
}

export interface Source {
  readonly kind: string;
  /** A page, an issue, or a shape of a model. */
  readonly ref: string;
  /** What it says, in short. */
  readonly says?: string;
  /** AWS's own texts that stand there; `{}` stands for anything. */
  readonly texts?: readonly string[];
}

/** A step that brings a target into the state of the cases: a call, a moved clock, a pause, or spoilt credentials. */
export interface Step {
  /** The only targets that it belongs to; all when left out. */
  readonly on?: readonly string[];
  readonly notOn?: Readonly<Record<string, string>>;
  readonly as?: string;
  readonly call?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** The name under which the credentials of the answer are known from here on. */
  readonly actor?: string;
  /** Moves the target's clock, and with it the signing time of the steps that follow. */
  readonly advanceSeconds?: number;
  readonly waitSeconds?: number;
  /** Whose credentials are copied, with one part changed. */
  readonly from?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: "flip";
  /** `flip`, `drop`, or the actor whose token it becomes. */
  readonly sessionToken?: string;
}

export interface Table {
  readonly cases: readonly Case[];
  readonly steps: readonly Step[];
  readonly sources: Readonly<Record<string, Source>>;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}
export type Actors = Readonly<Record<string, Keys>>;

/** What keeps a run apart: a prefix of names, a path, a bucket, and the two accounts. */
export interface Names {
  readonly run: string;
  readonly path: string;
  readonly bucket: string;
  readonly vendor: string;
  readonly customer: string;
}

/** What a client heard. Status 0: it failed by itself. */
export type Answer =
  | { readonly allowed: true; readonly answer: unknown }
  | { readonly allowed: false; readonly code: string; readonly status: number; readonly message: string };

export interface Verdict {
  readonly kind: string;
  readonly differences: readonly string[];
  readonly reason?: string;
}
export interface Row extends Verdict {
  readonly name: string;
  readonly group: string;
  readonly client: string;
}

export interface Sandbox {
  readonly endpoint: string;
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly admin: Keys }[];
  readonly admins: Actors;
  advance(seconds: number): Promise<void>;
  /** Resolves with the exit code after SIGTERM. */
  stop(): Promise<number | null>;
}
