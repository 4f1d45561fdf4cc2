// Templates as text. JSON and YAML say the same; nothing is ever put together from pieces of text.
import { stringify } from "yaml";
import type { CloudFormationTemplate } from "./types.js";

/** Returns the template as JSON, indented, ending in a line feed. */
export function renderJson(template: CloudFormationTemplate): string {
  return `${JSON.stringify(template, null, 2)}\n`;
}

/**
 * Returns the template as YAML. Every value is quoted: CloudFormation reads YAML 1.1, in which an account id is an octal
 * number, `no` is false and a date is a date.
 */
export function renderYaml(template: CloudFormationTemplate): string {
  return stringify(template, {
    version: "1.1",
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}
