// Objects of S3 are served on the same origin as the console. A page that somebody stored in a bucket must not act as
// the person who is signed in.
import type { HttpAnswer, HttpRequest } from "../types.js";

/**
 * Returns the answer so that a browser shows it without script and in an origin of its own. Signed calls, which no
 * browser makes by following a link, get AWS's headers and nothing else.
 */
export function isolateAnswer<A extends HttpAnswer>(request: HttpRequest, answer: A): A {
  if (request.headers.has("authorization")) return answer;
  return { ...answer, headers: { ...answer.headers, "content-security-policy": "sandbox" } };
}
