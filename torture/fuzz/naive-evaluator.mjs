// The policy evaluator once more, as slow and plain as AWS's pages tell it, to be compared with the real one. It reads
// the documents themselves, so that a mistake of the parser shows too. Sources: IAM User Guide, "Policy evaluation
// logic", "Cross-account policy evaluation logic", "Permissions boundaries for IAM entities", "AWS JSON policy elements:
// Principal", "NotPrincipal", "Action", "Resource".
import { blockHolds } from "./naive-conditions.mjs";
import { arnPartsOf, charactersOf, fits, withValues } from "./naive-text.mjs";

/**
 * Returns `allow`, `explicit-deny` or `implicit-deny`. `layers` holds documents, not policies: `identity`, `session` and
 * each level of `serviceControl` are lists, `boundary` and `resource` single; `trust` says that `resource` is a role's.
 */
export function decideNaively(request, { identity, boundary, session, serviceControl, resource, trust }) {
  const { principal, resourceAccount } = request;
  const { type } = principal;
  const own = type === "user" || type === "role-session" || type === "federated-user";
  const question = { ...request, context: contextOf(request), hasBoundary: own && boundary !== undefined };
  const judge = (documents) => documents.flatMap((document) => applying(document, question, { trust }));
  const found = {
    identity: own ? judge(identity) : [],
    boundary: own && boundary !== undefined ? judge([boundary]) : undefined,
    session: own && session.length > 0 ? judge(session) : undefined,
    levels: own || type === "root" ? serviceControl.map(judge) : [],
    resource: resource === undefined ? [] : judge([resource]),
  };
  const all = [found.identity, found.boundary ?? [], found.session ?? [], ...found.levels, found.resource].flat();
  if (all.some(({ effect }) => effect === "Deny")) return "explicit-deny";

  // From here on there are Allows only.
  const has = (list) => list === undefined || list.length > 0;
  const granted = new Set(found.resource.map(({ way }) => way));
  const action = request.action.toLowerCase();
  const isRole =
    (resource !== undefined && trust) ||
    /^sts:(assumerole|assumerolewithsaml|assumerolewithwebidentity|setcontext|setsourceidentity|tagsession)$/.test(
      action,
    );
  if (!found.levels.every(has)) return "implicit-deny";
  if (isRole && !mayHaveRole(type, action)) return "implicit-deny";
  const yes = (holds) => (holds ? "allow" : "implicit-deny");
  if (principal.accountId === undefined) return yes(granted.size > 0);
  const limits =
    type === "root" ||
    (has(found.boundary) &&
      (type === "federated-user" ? found.session !== undefined && has(found.session) : has(found.session)));
  const identityAllows = type === "root" || has(found.identity);
  if (principal.accountId !== resourceAccount) return yes(granted.size > 0 && identityAllows && limits);
  if ((isRole || /^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(request.resource)) && granted.size === 0)
    return "implicit-deny";
  if (granted.has("direct") && !isRole) return "allow";
  return yes((identityAllows || granted.has("direct") || granted.has("role")) && limits);
}

function mayHaveRole(type, action) {
  if (type === "federated") return action !== "sts:assumerole";
  if (type === "root" || type === "federated-user" || type === "anonymous") return false;
  return action !== "sts:assumerolewithsaml" && action !== "sts:assumerolewithwebidentity";
}

/** The statements of a document that apply: an Allow only for certain, a Deny unless it certainly does not. */
function applying(document, question, { trust }) {
  const variables = document.Version === "2012-10-17";
  return listOf(document.Statement).flatMap((statement) => {
    const effect = statement.Effect;
    const way = wayOf(statement, question, trust);
    if (way === undefined || !actionFits(statement, question.action.toLowerCase())) return [];
    const matched = resourceFits(statement, question, variables);
    const holds = blockHolds(statement.Condition, question.context, variables);
    const applies =
      matched === false || holds === false ? false : matched === undefined || holds === undefined ? undefined : true;
    return (applies ?? effect === "Deny") ? [{ effect, way }] : [];
  });
}

function actionFits({ Action, NotAction }, action) {
  const matched = listOf(Action ?? NotAction).some((pattern) =>
    fits(charactersOf(pattern.toLowerCase(), { wildcards: true }), action),
  );
  return matched === (Action !== undefined);
}

function resourceFits({ Resource, NotResource }, { resource, context }, variables) {
  if (Resource === undefined && NotResource === undefined) return true;
  const negated = Resource === undefined;
  const patterns = listOf(Resource ?? NotResource);
  if (patterns.includes("*")) return !negated;
  let open = false;
  for (const pattern of patterns) {
    const characters = charactersOf(pattern, { wildcards: true, variables });
    const parts = arnPartsOf(characters);
    const values = arnPartsOf(resource.split(""));
    const resolved = parts.map((part) => withValues(part, context));
    const fit =
      values !== undefined && values[0].join("") === "arn"
        ? resolved.map((part, index) => (part === undefined ? undefined : fits(part, values[index].join(""))))
        : [false];
    if (!fit.includes(false) && !fit.includes(undefined)) return !negated;
    if (!fit.includes(false)) {
      open ||= negated;
      continue;
    }
    // "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    // boundaries": when it does, the page does not say.
    const whole = withValues(characters, context);
    if (
      parts.slice(0, 5).some((part) => part.slice(-1).some(({ any }) => any === true)) &&
      whole !== undefined &&
      fits(whole, resource)
    )
      open = true;
  }
  return open ? undefined : negated;
}

/** How a statement means the caller: `direct`, through its `role` or its `account`; `undefined`: it does not. */
function wayOf({ Principal, NotPrincipal, Effect }, { principal, hasBoundary }, trust) {
  if (Principal === undefined && NotPrincipal === undefined) return "direct";
  const written = pairsOf(Principal ?? NotPrincipal);
  if (NotPrincipal !== undefined) {
    if (hasBoundary) return "direct";
    if (written.some(([, name]) => name === "*")) return undefined;
    const ways = new Set(written.map((pair) => wayTo(pair, principal, "Allow")));
    const needed = {
      root: ["account"],
      user: ["direct", "account"],
      "federated-user": ["direct", "account"],
      "role-session": ["direct", "role", "account"],
      service: ["direct"],
      federated: ["direct"],
    }[principal.type];
    return needed?.every((way) => ways.has(way)) ? undefined : "direct";
  }
  const byName = trust && Effect === "Allow" && (principal.type === "service" || principal.type === "federated");
  const found = new Set(
    written.filter(([, name]) => !(byName && name === "*")).map((pair) => wayTo(pair, principal, Effect)),
  );
  return ["direct", "role", "account"].find((way) => found.has(way));
}

function wayTo([type, name], principal, effect) {
  if (name === "*") return "direct";
  if (type === "Service") return principal.type === "service" && principal.service === name ? "direct" : undefined;
  if (type === "Federated") return principal.type === "federated" && principal.provider === name ? "direct" : undefined;
  if (type === "CanonicalUser") return effect === "Deny" && principal.accountId !== undefined ? "direct" : undefined;
  const account = /^(?:arn:([^:]+):iam::)?(\d{12})(?::root)?$/.exec(name);
  if (account !== null) {
    const [, partition, id] = account;
    const arn = principal.arn ?? principal.roleArn ?? `arn:${principal.partition}:iam::`;
    return principal.accountId === id && (partition === undefined || arn.split(":")[1] === partition)
      ? "account"
      : undefined;
  }
  if (/:user\//.test(name) && principal.type === "federated-user" && effect === "Deny") {
    return name.split(":")[4] === principal.accountId ? "direct" : undefined;
  }
  if (name.startsWith("AIDA") && principal.type === "federated-user" && effect === "Deny") return "direct";
  if (principal.type === "user") return name === principal.arn || name === principal.uniqueId ? "direct" : undefined;
  if (principal.type === "federated-user") return name === principal.arn ? "direct" : undefined;
  if (principal.type !== "role-session") return undefined;
  if (name === principal.sessionArn) return "direct";
  return name === principal.roleArn || name === principal.roleUniqueId ? "role" : undefined;
}

function pairsOf(written) {
  if (written === "*") return [["AWS", "*"]];
  return Object.entries(written).flatMap(([type, names]) => listOf(names).map((name) => [type, name]));
}

function contextOf({ principal, resourceAccount, context = {} }) {
  const all = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), listOf(value)]));
  const put = (entries) => Object.entries(entries).forEach(([key, value]) => all.set(key, [value]));
  put({ "aws:resourceaccount": resourceAccount });
  const { type, accountId } = principal;
  if (accountId !== undefined) {
    const arn = principal.arn ?? principal.roleArn ?? `arn:${principal.partition}:iam::${accountId}:root`;
    const kind = { root: "Account", user: "User", "role-session": "AssumedRole", "federated-user": "FederatedUser" }[
      type
    ];
    const id = { root: accountId, "role-session": `${principal.roleUniqueId}:${principal.sessionName}` }[type];
    put({ "aws:principalarn": arn, "aws:principalaccount": accountId, "aws:principaltype": kind });
    put({ "aws:principalisawsservice": "false", "aws:userid": id ?? principal.uniqueId });
  }
  if (type === "user") put({ "aws:username": principal.userName });
  if (type === "anonymous")
    put({ "aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous", "aws:userid": "anonymous" });
  if (type === "service")
    put({
      "aws:principalisawsservice": "true",
      "aws:principalservicename": principal.service,
      "aws:principalservicenameslist": principal.service,
    });
  for (const [tag, value] of Object.entries(principal.tags ?? {}))
    put({ [`aws:principaltag/${tag.toLowerCase()}`]: value });
  return all;
}

function listOf(value) {
  return Array.isArray(value) ? value : [value];
}
