// CloudFormation's quotas (AWS CloudFormation User Guide, "Understand CloudFormation quotas") and the reader's own.

/** Bytes of a TemplateBody, of a template by URL, and characters of the URL. */
export const MAX_BODY_BYTES = 51_200;
export const MAX_URL_TEMPLATE_BYTES = 1_048_576;
export const MAX_URL_CHARACTERS = 1024;

export const MAX_PARAMETERS = 200;
export const MAX_RESOURCES = 500;
export const MAX_OUTPUTS = 200;
export const MAX_MAPPINGS = 200;
/** Bytes. */
export const MAX_PARAMETER_VALUE = 4096;
export const MAX_DESCRIPTION = 1024;

/** AWS documents no quota of conditions; this one bounds the search for circles. */
export const MAX_CONDITIONS = 500;
/**
 * Characters that the functions of one operation may produce together: a variable that is used often enough would
 * otherwise fill the memory.
 */
export const MAX_EVALUATED = 16_777_216;
/** Deeper templates are refused: nothing that recurses over a template may run out of stack. */
export const MAX_DEPTH = 100;
/** YAML has more tokens than any template of 1 MB needs; reading them must not hold everybody up. */
export const MAX_TOKENS = 250_000;
