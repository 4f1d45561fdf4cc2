// The world in which AssumeRole is tested: the customer's roles, one for each kind of trust.
import type { WorldFile } from "@daypass/sandbox/testing";
import { allowing, CUSTOMER, document, trusting, VENDOR, world } from "./sts-clients.js";

export const vendor = { AWS: `arn:aws:iam::${VENDOR}:root` };
const own = { AWS: `arn:aws:iam::${CUSTOMER}:root` };
const all = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
const mayAll = { sts: allowing("sts:*") };

export const theWorld: WorldFile = world({
  roles: [
    { name: "plain", trustPolicy: document(trusting(vendor)) },
    {
      name: "long",
      trustPolicy: document(trusting(vendor)),
      maxSessionDuration: 43_200,
      tags: { team: "red", stage: "dev" },
    },
    {
      name: "open",
      trustPolicy: document(trusting({ AWS: "*" }, undefined, all)),
      policies: mayAll,
      maxSessionDuration: 43_200,
    },
    {
      name: "next",
      path: "/deep/er/",
      trustPolicy: document(trusting(own, undefined, all)),
      maxSessionDuration: 43_200,
    },
    { name: "next-untagged", trustPolicy: document(trusting(own)) },
    {
      name: "tagged",
      trustPolicy: document(
        trusting(vendor),
        trusting(
          vendor,
          {
            StringEquals: { "aws:RequestTag/team": ["red", "blue"] },
            "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost"], "sts:TransitiveTagKeys": ["team"] },
          },
          "sts:TagSession",
        ),
      ),
    },
    {
      name: "sourced",
      trustPolicy: document(
        trusting(vendor),
        trusting(vendor, { StringLike: { "sts:SourceIdentity": "ada*" } }, "sts:SetSourceIdentity"),
      ),
    },
    {
      name: "reader",
      trustPolicy: document(trusting(vendor)),
      policies: { keys: allowing(["sts:GetAccessKeyInfo", "sts:AssumeRole"]) },
    },
    {
      name: "by-tag",
      trustPolicy: document(trusting(vendor, undefined, all)),
      tags: { Team: "green" },
      policies: { keys: allowing("sts:GetAccessKeyInfo", "*", { StringEquals: { "aws:PrincipalTag/team": "red" } }) },
    },
  ],
  vendorUsers: [{ name: "assumer", policies: { assume: allowing("sts:AssumeRole") } }],
});
