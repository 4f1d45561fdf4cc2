// The Rules section (AWS CloudFormation User Guide, "Rules section").
import { templateFormatError } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { RuleDeclaration, Value, ValueMap } from "./template-types.js";

/** Returns the rules by name. Throws `ValidationError` for one that is not of the documented form. */
export function parseRules(section: ValueMap): ReadonlyMap<string, RuleDeclaration> {
  return new Map(Object.entries(section).map(([name, declaration]) => [name, parseRule(name, declaration)]));
}

function parseRule(name: string, declaration: Value): RuleDeclaration {
  const assertions = isMap(declaration) ? memberOf(declaration, "Assertions") : undefined;
  if (!isMap(declaration) || !isList(assertions) || assertions.length === 0) {
    throw templateFormatError(`Rule ${name} must contain a list of Assertions.`);
  }
  requireOnly(declaration, ["RuleCondition", "Assertions"], name);
  return {
    condition: memberOf(declaration, "RuleCondition"),
    assertions: assertions.map((assertion) => {
      const assert = isMap(assertion) ? memberOf(assertion, "Assert") : undefined;
      if (!isMap(assertion) || assert === undefined) {
        throw templateFormatError(`Every Assertions member of rule ${name} must contain an Assert object.`);
      }
      requireOnly(assertion, ["Assert", "AssertDescription"], name);
      const description = memberOf(assertion, "AssertDescription");
      if (description !== undefined && typeof description !== "string") {
        throw templateFormatError(`The AssertDescription of rule ${name} must be a string.`);
      }
      return { assert, description };
    }),
  };
}

function requireOnly(map: ValueMap, known: readonly string[], rule: string): void {
  const unknown = Object.keys(map).find((key) => !known.includes(key));
  if (unknown !== undefined) throw templateFormatError(`Invalid property '${unknown}' in rule ${rule}`);
}
