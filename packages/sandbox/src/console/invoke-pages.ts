// Reads a list that comes in pages, as far as a page for people goes.
import type { Argument } from "../cloudformation/invoke-service.js";
import type { QueryService } from "../wire/operation.js";
import type { XmlObject } from "../wire/xml.js";
import { invokeOperation } from "./invoke-operation.js";
import { objectsIn, textIn } from "./read-answer.js";
import type { Visit } from "./visit.js";

const MAX_PAGES = 5;

/** Returns the objects of the answers' list, and whether there are more. Throws `AwsError` as the service does. */
export function invokePages(
  visit: Visit,
  service: QueryService,
  action: string,
  input: Readonly<Record<string, Argument>>,
  list: string,
): { readonly items: readonly XmlObject[]; readonly more: boolean } {
  const items: XmlObject[] = [];
  let next: Readonly<Record<string, string>> = {};
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = invokeOperation(visit, service, action, { ...input, ...next });
    items.push(...objectsIn(answer, list));
    // CloudFormation's word, and IAM's.
    const token = textIn(answer, "NextToken");
    const marker = textIn(answer, "Marker");
    if (token === undefined && marker === undefined) return { items, more: false };
    next = token === undefined ? { Marker: marker ?? "" } : { NextToken: token };
  }
  return { items, more: true };
}
