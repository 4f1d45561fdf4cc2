// The query protocol of STS and IAM: one form in, one XML document out (Smithy, "AWS query protocol").
import { AwsError } from "../errors.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import { requireServed } from "../require-served.js";
import type { Call } from "../world-types.js";
import { missingAuthentication } from "./auth-errors.js";
import { decodeForm, parseForm } from "./decode-form.js";
import type { QueryService } from "./operation.js";
import { element, escapeXml } from "./xml.js";

/** What presigning adds to a query; SDKs also move some of their headers there. */
const OF_THE_SIGNATURE =
  /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256|User-Agent)=/;

/** Runs the operation that the call's form names. Throws `AwsError`; `renderQueryError` makes the answer of it. */
export function answerQuery(service: QueryService, call: Call): HttpAnswer {
  const parameters = new Map(parseForm(formText(call)));
  const action = parameters.get("Action");
  const version = parameters.get("Version") ?? "NO_VERSION_SPECIFIED";
  if (action === undefined || action === "") {
    throw new AwsError(400, "MissingAction", "The request is missing an action or a required parameter.");
  }
  const operation = Object.hasOwn(service.operations, action) ? service.operations[action] : undefined;
  // The second look at it: whoever let the call in may have read another action than this.
  if (call.caller.kind === "anonymous" && operation?.unsigned !== true) throw missingAuthentication();
  if (operation === undefined || version !== service.version) {
    throw new AwsError(400, "InvalidAction", `Could not find operation ${cut(action)} for version ${cut(version)}`);
  }
  call.noted.action = action;
  requireServed(call.caller, service.name, action);
  parameters.delete("Action");
  parameters.delete("Version");
  const result = operation.run(call, decodeForm(parameters, operation.input));
  const members = result === undefined ? "" : element(`${action}Result`, result);
  const metadata = element("ResponseMetadata", { RequestId: call.requestId });
  return {
    status: 200,
    headers: headersOf(call.requestId),
    body: `<${action}Response xmlns="${service.xmlNamespace}">${members}${metadata}</${action}Response>\n`,
  };
}

/** Returns whether the request names an operation of the service that needs no signature. */
export function isUnsignedOperation(service: QueryService | undefined, request: HttpRequest): boolean {
  const [action, ...others] =
    request.method === "GET"
      ? request.query.getAll("Action")
      : new URLSearchParams(request.body.toString("utf8")).getAll("Action");
  if (service === undefined || action === undefined || others.length > 0) return false;
  return Object.hasOwn(service.operations, action) && service.operations[action]?.unsigned === true;
}

/** Renders a refusal in the query protocol's form. */
export function renderQueryError(xmlNamespace: string, error: AwsError, requestId: string): HttpAnswer {
  const body = element("Error", {
    Type: error.status >= 500 ? "Receiver" : "Sender",
    Code: error.code,
    Message: error.message,
    ...error.details,
  });
  return {
    status: error.status,
    headers: { ...error.headers, ...headersOf(requestId) },
    body: `<ErrorResponse xmlns="${escapeXml(xmlNamespace)}">${body}<RequestId>${requestId}</RequestId></ErrorResponse>\n`,
  };
}

/** A POST carries its parameters in the body, a GET (presigned calls) in the query; never both. */
function formText(call: Call): string {
  const { request } = call;
  if (request.rawPath !== "/") throw new AwsError(404, "InvalidAction", "The service has no operation at this path.");
  const query = request.rawQuery
    .split("&")
    .filter((part) => !OF_THE_SIGNATURE.test(part))
    .join("&");
  if (request.method === "GET" && request.body.length === 0) return query;
  if (request.method !== "POST" || query !== "") {
    throw new AwsError(
      400,
      "InvalidQueryParameter",
      "The AWS query string is malformed or does not adhere to AWS standards: send the parameters once, by POST or by GET",
    );
  }
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new AwsError(400, "MalformedInput", "The request's content type is not application/x-www-form-urlencoded");
  }
  return request.body.toString("utf8");
}

function headersOf(requestId: string): Readonly<Record<string, string>> {
  return { "content-type": "text/xml", "x-amzn-requestid": requestId };
}

function cut(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)}...` : text;
}
