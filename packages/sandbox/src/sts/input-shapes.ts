// The forms of parameters that several of STS's operations take, as its service model (API version 2011-06-15) has them.
import { list, string, structure } from "../wire/shapes.js";

export const arn = {
  min: 20,
  max: 2048,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+",
} as const;
export const tagKey = { min: 1, max: 128, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" } as const;

export const tags = list(
  false,
  structure(true, {
    Key: string(true, tagKey),
    Value: string(true, { min: 0, max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" }),
  }),
  { max: 50 },
);

/** "You can provide up to 10 managed policy ARNs"; "The plaintext … can't exceed 2,048 characters". */
export const sessionPolicyInput = {
  PolicyArns: list(false, structure(true, { arn: string(true, arn) }), { max: 10 }),
  Policy: string(false, { min: 1, max: 2048, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" }),
};

/** The device and the code that it shows. */
export const mfaInput = {
  SerialNumber: string(false, { min: 9, max: 256, pattern: "[\\w+=/:,.@-]*" }),
  TokenCode: string(false, { min: 6, max: 6, pattern: "[\\d]*" }),
};
