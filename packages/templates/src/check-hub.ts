// The checks and parts that the documents of a hub and of its spokes share.
import { checkChoice, checkShape, refused } from "./check-values.js";
import type { Partition, TemplateObject } from "./types.js";

const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"] as const;
const ACCOUNT = /^[0-9]{12}$/;
/** IAM API Reference, CreateRole, RoleName. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const PATH = /^\/(?:[\w+=,.@-]{1,64}\/){0,3}$/;

/** Returns an account id. */
export const account = (value: unknown, path: string): string =>
  checkShape(value, path, ACCOUNT, "twelve digits, as text");
/** Returns a partition. */
export const partitionOf = (value: unknown): Partition => checkChoice(value, "partition", PARTITIONS);
/** Returns an IAM path, `/` where none is given. */
export const pathOf = (value: unknown, path: string): string =>
  value === undefined ? "/" : checkShape(value, path, PATH, "an IAM path such as /people/");

/** Throws where a name is there twice. */
export const distinct = (names: readonly string[], path: string): void => {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw refused(path, `${JSON.stringify(twin)} is there twice`, "name each once");
};

/** Returns the list. Throws where it is empty. */
export const notEmpty = (list: readonly unknown[], path: string): readonly unknown[] => {
  if (list.length === 0) throw refused(path, "empty", "name at least one");
  return list;
};

/** Returns the rule by which a stack in another account is refused before anything is made. */
export const onlyIn = (accountId: string): TemplateObject => ({
  AccountIsExpected: {
    Assertions: [
      {
        Assert: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, accountId] },
        AssertDescription: `This document is for account ${accountId}. Switch accounts and try again.`,
      },
    ],
  },
});

/** Holds only where a code was shown: it fails where the key is absent. */
export const withMfa: TemplateObject = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
