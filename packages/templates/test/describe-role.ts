// The description that the tests of the templates begin with.
import type { PermissionStatement, RoleDescription } from "@daypass/templates";
import { serviceRole, VENDOR } from "./deploy-world.js";

export const ofAccount = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

export const readReports: PermissionStatement = {
  sid: "ReadReports",
  why: "Reads the reports that you put into your bucket",
  actions: ["s3:GetObject"],
  resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}/*"],
  conditions: ofAccount,
};

export const makeBucket: PermissionStatement = {
  sid: "MakeBucket",
  why: "Makes the bucket that your reports go to",
  actions: ["s3:CreateBucket"],
  resources: ["arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}"],
  conditions: ofAccount,
};

export function describeRole(changes: Partial<RoleDescription> = {}): RoleDescription {
  return {
    serviceName: "Acme",
    branding: { displayName: "Acme Analytics", supportUrl: "https://acme.example/help" },
    partition: "aws",
    vendorAccountId: VENDOR,
    vendorPrincipals: [serviceRole],
    rolePath: "/acme/",
    maxSessionDuration: 3600,
    externalIdPattern: "[0-9A-Za-z]{32}",
    ongoing: [readReports],
    setup: [makeBucket],
    permissionsBoundary: null,
    ...changes,
  };
}
