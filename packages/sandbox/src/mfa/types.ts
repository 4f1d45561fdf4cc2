// A virtual MFA device as data: a secret that the sandbox and a person's phone share, and which codes of it are spent.

/** In the account whether or not it is enabled for a user. */
export interface MfaDevice {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  /** `arn:aws:iam::ID:mfa/path/NAME`: what AWS calls a virtual device's serial number. */
  readonly serialNumber: string;
  /** What the codes are made from. Told once, by CreateVirtualMFADevice. */
  readonly seed: Uint8Array;
  /** Whose sign-ins it proves; `undefined` until it is enabled for somebody. */
  owner: { readonly userUniqueId: string; readonly enabled: Date } | undefined;
  /** The newest time step of which a code was accepted, -1 for none: its code and every older one are spent. */
  spentStep: number;
  /** How many time steps the phone's clock is ahead of the sandbox's, as ResyncMFADevice found. */
  driftSteps: number;
}
