// From a link's fragment to a page of this console. AWS CloudFormation User Guide, "Create quick-create links for stacks";
// the other forms are those of AWS's console itself, which documents none of them.
import { parseForm } from "../wire/decode-form.js";
import { address } from "./html.js";
import { ConsoleRefusal } from "./visit.js";

/** The console's own paths by the path in the fragment. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ["", "stacks"],
  ["/", "stacks"],
  ["/stacks", "stacks"],
  ["/stacks/", "stacks"],
  ["/stacks/quickcreate", "create"],
  ["/stacks/create/review", "create"],
  ["/stacks/create/template", "create"],
  ["/stacks/new", "create"],
  ["/stacks/update/template", "update"],
  ["/stacks/update", "update"],
  ["/stacks/stackinfo", "stack"],
  ["/stacks/events", "stack"],
  ["/stacks/resources", "stack"],
  ["/stacks/outputs", "stack"],
  ["/stacks/parameters", "stack"],
  ["/stacks/template", "stack"],
]);

/** What each page takes from a link; "All query parameter names are case sensitive", and others are ignored. */
const TAKEN: Readonly<Record<string, RegExp>> = {
  stacks: /^$/,
  create: /^(?:templateURL|stackName|param_[A-Za-z0-9]{1,255})$/,
  // An update keeps the stack's own values: AWS documents no `param_` for it.
  update: /^(?:stackId|templateURL)$/,
  stack: /^stackId$/,
};

/**
 * Returns the address of the page that a fragment (`#/stacks/…?…`) opens.
 * Throws `ConsoleRefusal` for one that is not known, or that two readers could understand differently.
 */
export function openLink(region: string, fragment: string): string {
  const [, path = "", query = ""] = /^#?([^?]*)\??([^]*)$/.exec(fragment) ?? [];
  const page = PAGES.get(path);
  if (page === undefined) {
    throw new ConsoleRefusal(
      404,
      `The sandbox's console has no page for the link #${path}`,
      "It knows #/stacks/quickcreate, #/stacks/create/review, #/stacks/update/template, #/stacks/stackinfo and #/stacks.",
    );
  }
  if (query.includes("+")) {
    throw new ConsoleRefusal(
      400,
      "The link has a plus sign in it, which some readers take for a space.",
      "Whoever made the link should write %20 for a space, and %2B for a plus.",
    );
  }
  const taken = [...readQuery(query)].filter(([name]) => TAKEN[page]?.test(name) === true);
  return address(`/_console/cloudformation/${page}`, {
    region: region === "" ? undefined : region,
    ...Object.fromEntries(taken),
  });
}

function readQuery(query: string): ReadonlyMap<string, string> {
  try {
    return parseForm(query.replace(/&$/, ""));
  } catch (error) {
    throw new ConsoleRefusal(
      400,
      "The link cannot be read: a value is not encoded well, or a name is given twice.",
      `Whoever made the link should encode every value. (${error instanceof Error ? error.message : ""})`,
    );
  }
}
