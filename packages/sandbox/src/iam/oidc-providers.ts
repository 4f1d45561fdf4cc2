// OpenID Connect identity providers: whose tokens an account's roles may trust.
// Source: IAM API Reference, the operations of these names; texts as users of the AWS CLI and of Terraform report them.
import { createHash } from "node:crypto";
import { AwsError } from "../errors.js";
import type { OidcProvider } from "../types.js";
import { isProviderUrl } from "../web-identity/token-issuer.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import { list, string } from "../wire/shapes.js";
import * as shapes from "./input-shapes.js";
import { entityAlreadyExists, invalidInput, limitExceeded, noSuchEntity, validationError } from "./refusals.js";
import { renderTags } from "./render.js";
import { requireAccount } from "./require-account.js";
import { callerAccountId, requestTagContext, requirePermission, tagContext } from "./require-permission.js";
import type { Context } from "./require-permission.js";
import { addTags, listTags, readTags, removeTags, tagKeysContext } from "./tags.js";

/** IAM User Guide, "IAM and AWS STS quotas": OpenId connect providers per account; the API Reference has the other two. */
const PROVIDERS_PER_ACCOUNT = 100;
const CLIENT_IDS_PER_PROVIDER = 100;
const THUMBPRINTS_PER_PROVIDER = 5;

const providerArn = string(true, { min: 20, max: 2048 });
const clientId = string(true, { min: 1, max: 255 });
const thumbprint = string(true, { min: 40, max: 40 });

export const oidcProviderOperations = {
  CreateOpenIDConnectProvider: defineOperation(
    {
      Url: string(true, { min: 1, max: 255 }),
      ClientIDList: list(false, clientId),
      ThumbprintList: list(false, thumbprint),
      Tags: shapes.optionalTags,
    },
    (call, input) => {
      const accountId = callerAccountId(call);
      const tags = readTags(input.Tags, "oidc-provider");
      const url = input.Url.replace(/^https:\/\//, "");
      const arn = `arn:aws:iam::${accountId}:oidc-provider/${url}`;
      const context = requestTagContext(tags);
      requirePermission(call, "iam:CreateOpenIDConnectProvider", { arn, accountId, shown: arn }, context);
      if (tags.size > 0)
        requirePermission(call, "iam:TagOpenIDConnectProvider", { arn, accountId, shown: arn }, context);
      if (!isProviderUrl(input.Url)) throw validationError("Invalid Open ID Connect Provider URL");
      const { oidcProviders } = requireAccount(call);
      if (oidcProviders.has(url)) throw entityAlreadyExists(`Provider with url ${input.Url} already exists.`);
      if (oidcProviders.size >= PROVIDERS_PER_ACCOUNT) {
        throw limitExceeded(`Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${PROVIDERS_PER_ACCOUNT}`);
      }
      const provider: OidcProvider = {
        accountId,
        url,
        arn,
        created: call.now,
        tags,
        clientIds: new Set(requireClientIds(new Set(input.ClientIDList ?? []))),
        thumbprints: thumbprintsOf(call, input.Url, input.ThumbprintList ?? []),
      };
      oidcProviders.set(url, provider);
      return { OpenIDConnectProviderArn: arn, Tags: tags.size === 0 ? undefined : renderTags(tags) };
    },
  ),
  GetOpenIDConnectProvider: defineOperation({ OpenIDConnectProviderArn: providerArn }, (call, input) => {
    const provider = openProvider(call, "iam:GetOpenIDConnectProvider", input.OpenIDConnectProviderArn);
    return {
      Url: provider.url,
      ClientIDList: [...provider.clientIds],
      ThumbprintList: provider.thumbprints,
      CreateDate: provider.created,
      Tags: renderTags(provider.tags),
    };
  }),
  ListOpenIDConnectProviders: defineOperation({}, (call) => {
    const accountId = callerAccountId(call);
    const arn = `arn:aws:iam::${accountId}:oidc-provider/*`;
    requirePermission(call, "iam:ListOpenIDConnectProviders", { arn, accountId, shown: arn });
    const providers = [...requireAccount(call).oidcProviders.values()];
    return { OpenIDConnectProviderList: providers.map((provider) => ({ Arn: provider.arn })) };
  }),
  // "This operation is idempotent; it does not fail or return an error if you call the operation for a provider that does
  // not exist." Roles that name it stay as they are.
  DeleteOpenIDConnectProvider: defineOperation({ OpenIDConnectProviderArn: providerArn }, (call, input) => {
    const provider = findProvider(call, "iam:DeleteOpenIDConnectProvider", input.OpenIDConnectProviderArn, {});
    if (provider !== undefined) requireAccount(call).oidcProviders.delete(provider.url);
    return undefined;
  }),
  AddClientIDToOpenIDConnectProvider: defineOperation(
    { OpenIDConnectProviderArn: providerArn, ClientID: clientId },
    (call, input) => {
      const action = "iam:AddClientIDToOpenIDConnectProvider";
      const provider = openProvider(call, action, input.OpenIDConnectProviderArn);
      requireClientIds(new Set([...provider.clientIds, input.ClientID]));
      provider.clientIds.add(input.ClientID);
      return undefined;
    },
  ),
  RemoveClientIDFromOpenIDConnectProvider: defineOperation(
    { OpenIDConnectProviderArn: providerArn, ClientID: clientId },
    (call, input) => {
      const action = "iam:RemoveClientIDFromOpenIDConnectProvider";
      openProvider(call, action, input.OpenIDConnectProviderArn).clientIds.delete(input.ClientID);
      return undefined;
    },
  ),
  UpdateOpenIDConnectProviderThumbprint: defineOperation(
    { OpenIDConnectProviderArn: providerArn, ThumbprintList: list(true, thumbprint) },
    (call, input) => {
      const action = "iam:UpdateOpenIDConnectProviderThumbprint";
      const provider = openProvider(call, action, input.OpenIDConnectProviderArn);
      provider.thumbprints = thumbprintsOf(call, `https://${provider.url}`, input.ThumbprintList);
      return undefined;
    },
  ),
  TagOpenIDConnectProvider: defineOperation(
    { OpenIDConnectProviderArn: providerArn, Tags: shapes.tags },
    (call, input) => {
      const tags = readTags(input.Tags, "oidc-provider");
      const context = requestTagContext(tags);
      const provider = openProvider(call, "iam:TagOpenIDConnectProvider", input.OpenIDConnectProviderArn, context);
      addTags(provider, tags, "oidc-provider");
      return undefined;
    },
  ),
  UntagOpenIDConnectProvider: defineOperation(
    { OpenIDConnectProviderArn: providerArn, TagKeys: shapes.tagKeys },
    (call, input) => {
      const context = tagKeysContext(input.TagKeys);
      const provider = openProvider(call, "iam:UntagOpenIDConnectProvider", input.OpenIDConnectProviderArn, context);
      removeTags(provider, input.TagKeys, "oidc-provider");
      return undefined;
    },
  ),
  ListOpenIDConnectProviderTags: defineOperation(
    { OpenIDConnectProviderArn: providerArn, ...shapes.paging },
    (call, input) =>
      listTags(openProvider(call, "iam:ListOpenIDConnectProviderTags", input.OpenIDConnectProviderArn), input),
  ),
};

/** Asks for the permission first, so that nobody learns what exists without the right to look. */
function findProvider(call: Call, action: string, arn: string, context: Context): OidcProvider | undefined {
  const [, accountId, url] = /^arn:aws:iam::(\d{12}):oidc-provider\/([\x21-\x7e]+)$/.exec(arn) ?? [];
  if (accountId === undefined || url === undefined) throw invalidInput(`ARN ${arn} is not valid.`);
  const provider = call.world.accounts.get(accountId)?.oidcProviders.get(url);
  const tags = provider === undefined ? {} : tagContext("aws:ResourceTag/", provider.tags);
  requirePermission(call, action, { arn, accountId, shown: arn }, { ...tags, ...context });
  return provider;
}

function openProvider(call: Call, action: string, arn: string, context: Context = {}): OidcProvider {
  const provider = findProvider(call, action, arn, context);
  if (provider === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

function requireClientIds(clientIds: ReadonlySet<string>): ReadonlySet<string> {
  if (clientIds.size > CLIENT_IDS_PER_PROVIDER) {
    throw limitExceeded(`Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${CLIENT_IDS_PER_PROVIDER}`);
  }
  return clientIds;
}

/**
 * "If it is not included, IAM will retrieve and use the top intermediate certificate authority (CA) thumbprint": an issuer
 * of the sandbox has no certificate, so the digest of its URL stands in for one.
 */
function thumbprintsOf(call: Call, url: string, given: readonly string[]): readonly string[] {
  if (given.length > THUMBPRINTS_PER_PROVIDER) {
    throw invalidInput(`Thumbprint list must contain fewer than ${THUMBPRINTS_PER_PROVIDER + 1} entries.`);
  }
  if (given.some((digits) => !/^[0-9a-fA-F]{40}$/.test(digits))) throw invalidInput("Invalid thumbprint.");
  if (given.length > 0) return [...given];
  if (!call.world.tokenIssuers.has(url)) {
    throw new AwsError(
      400,
      "OpenIdIdpCommunicationError",
      `IAM cannot connect to the OpenID Connect identity provider ${url}`,
    );
  }
  return [createHash("sha1").update(url).digest("hex")];
}
