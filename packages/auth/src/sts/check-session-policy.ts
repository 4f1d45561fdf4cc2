// A session policy is read before AWS is asked: a fault costs no code, and is said with its place in the document.
import { parsePolicy, PolicyError } from "@daypass/policy";
import { AuthError } from "../errors.js";

/**
 * Throws `invalid_option` where the text is no session policy: with the path of the first fault, for an element, operator
 * or key of the language that AWS does not document as well. What we cannot read might not limit what it seems to.
 */
export const checkSessionPolicy = (policy: string | undefined): void => {
  if (policy === undefined) return;
  if (typeof policy !== "string") {
    throw new AuthError("invalid_option", "the session policy is no text", { hint: "give the policy as JSON text" });
  }
  try {
    parsePolicy(policy, "session");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new AuthError("invalid_option", `the session policy is not right: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
};
