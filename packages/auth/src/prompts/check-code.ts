// What a person may type for an MFA code.

/**
 * Returns the six digits of a code, leading zeros included, without the spaces that authenticator apps show in it; or
 * `undefined` for anything else. AWS: "TokenCode … a sequence of six numeric digits" (AssumeRole, API reference).
 */
export function readCode(answer: string): string | undefined {
  const code = answer.replaceAll(/\s/g, "");
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}
