// Bodies of SSO OIDC's calls: JSON of a form that is described as data. What the form does not name is refused.
import * as v from "valibot";
import type { HttpRequest } from "../types.js";
import { oidcRefusal } from "./refusals.js";

/** Returns the body as `schema` reads it. Throws `InvalidRequestException`, which never quotes a value. */
export function readBody<S extends v.GenericSchema>(request: HttpRequest, schema: S): v.InferOutput<S> {
  const result = v.safeParse(schema, parseJson(request.body.toString("utf8")), { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]);
  throw oidcRefusal("InvalidRequestException", field === null ? "the body is no object" : `${field} is not valid`);
}

/** Returns the member of a body that this kind of call needs. Throws `InvalidRequestException` when it is missing. */
export function requireText(value: string | undefined, name: string): string {
  if (value === undefined) throw oidcRefusal("InvalidRequestException", `${name} is missing`);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw oidcRefusal("InvalidRequestException", "the body is not JSON");
  }
}
