// What a profile comes to: a tree of steps, without a secret in it.
import type { SsoSession } from "../types.js";

interface Step {
  /** The profile that says so. */
  readonly profile: string;
}

/** Keys as they stand in one of the two files; `file` says in which. */
export interface KeysPlan extends Step {
  readonly kind: "keys";
  readonly file: "config" | "credentials";
  /** Of the profile that was chosen: its user has a session by a code. A role's source has none: the role names its own. */
  readonly mfaSerial?: string;
}

/** A role, assumed by what `from` gives. */
export interface RolePlan extends Step {
  readonly kind: "role";
  readonly roleArn: string;
  readonly from: ProfilePlan;
  readonly externalId?: string;
  readonly mfaSerial?: string;
  readonly durationSeconds?: number;
  readonly roleSessionName?: string;
}

/** `credential_source`: the environment's keys, the container's role, or the instance's. */
export interface PlacePlan extends Step {
  readonly kind: "environment" | "container" | "instance";
}

export interface WebIdentityPlan extends Step {
  readonly kind: "web_identity";
  readonly roleArn: string;
  readonly tokenFile: string;
  readonly roleSessionName?: string;
}

export interface SsoPlan extends Step {
  readonly kind: "sso";
  readonly session: SsoSession;
  readonly accountId: string;
  readonly roleName: string;
}

/** The command may carry somebody's secret among its words: it is not for showing. */
export interface ProcessPlan extends Step {
  readonly kind: "process";
  readonly command: string;
}

/** `aws login`: the ARN that the sign-in is kept under. */
export interface LoginPlan extends Step {
  readonly kind: "login_session";
  readonly loginSession: string;
}

export type ProfilePlan = KeysPlan | RolePlan | PlacePlan | WebIdentityPlan | SsoPlan | ProcessPlan | LoginPlan;
