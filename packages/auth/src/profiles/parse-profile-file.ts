// The text of ~/.aws/config or ~/.aws/credentials as botocore reads it. Pure.
// Source: Python's library reference, "configparser: Supported INI File Structure"; AWS SDKs and Tools Reference Guide,
// "Shared config and credentials files".
//
// Where botocore and the AWS SDK for JavaScript read one file in two ways, this is what we do:
//
// | the file has                          | botocore                | the SDK                   | we                |
// |---------------------------------------|-------------------------|---------------------------|-------------------|
// | the same section or key twice         | refuses the file        | merges, the last one wins | refuse            |
// | a line without `=` or `:`             | refuses the file        | skips it                  | refuse            |
// | a line before the first section       | refuses the file        | skips it                  | refuse            |
// | `key : value`                         | a setting               | skips it                  | a setting         |
// | `AWS_ACCESS_KEY_ID = …`               | lower-cases the key     | another key               | lower-case it     |
// | `region = eu-west-1 # home`           | all of it is the value  | strips the comment        | all of it         |
// | `key =`                               | an empty value          | no such key               | an empty value    |
// | an indented line below a setting      | continues its value     | a setting of its own      | continue it       |
// | `[profile "a b"]`, `[profile ünï]`      | a profile               | skips the section         | a profile         |
// | `[profile dev] trailing words`        | profile `dev`           | no section at all         | profile `dev`     |
// | `[DEFAULT]`                           | settings of all others  | skips it                  | refuse            |
// | a byte order mark                     | refuses the file        | reads on                  | read on           |
//
// botocore is followed because the AWS CLI is what people check their files with; where it refuses, so do we, for a
// profile that two tools take for two accounts is worse than one that none takes. `[DEFAULT]` is refused because a
// mistyped `[default]` would hand its keys to every profile.
import { AuthError } from "../errors.js";
import { isEmpty, parseIni, type IniDocument, type IniEntry } from "../files/parse-ini.js";
import type { Setting } from "./profile-types.js";

/** A section as it stands in the file, before its header has a meaning. */
export interface FileSection {
  readonly header: string;
  readonly line: number;
  readonly settings: ReadonlyMap<string, Setting>;
}

/** The lines that make a value, as configparser joins them: comments are left out, empty lines between are kept. */
const valueOf = ({ lines }: IniDocument, { value, line, children }: IniEntry): string => {
  if (children.length === 0) return value;
  const last = children.at(-1)?.line ?? line;
  const texts = new Map(children.map((child) => [child.line, child.text]));
  const below = lines
    .slice(line, last)
    .map(({ text }, index) => ({ text, content: texts.get(line + index + 1) ?? "" }))
    .filter(({ text, content }) => content !== "" || (isEmpty(text) && !/[#;]/.test(text)));
  return [value, ...below.map(({ content }) => content)].join("\n");
};

/**
 * Returns the sections in the file's order. `path` is only for messages.
 * Throws `file_malformed`, with the place, where botocore would not take the file either.
 */
export const parseProfileFile = (text: string, path: string): readonly FileSection[] => {
  const document = parseIni(text, path);
  const malformed = (line: number, what: string, hint: string): AuthError =>
    new AuthError("file_malformed", `${path}:${line}: ${what}`, { hint });

  const nestedOf = ({ key, children }: IniEntry): ReadonlyMap<string, string> =>
    new Map(
      children.map(({ text: content, line }) => {
        // Within a block a colon is a character like others.
        const [, name, value] = /^([^=]*)=([^]*)$/.exec(content) ?? [];
        if (name !== undefined && value !== undefined) return [name.trim(), value.trim()];
        throw malformed(
          line,
          `a line of the block below ${key} has no equals sign`,
          "write it as: name = value, or take its indentation away",
        );
      }),
    );

  const settingOf = (entry: IniEntry): Setting => ({
    file: path,
    line: entry.line,
    value: valueOf(document, entry),
    ...(entry.value === "" && entry.children.length > 0 && { nested: nestedOf(entry) }),
  });

  const settingsOf = (entries: readonly IniEntry[]): ReadonlyMap<string, Setting> => {
    const settings = new Map<string, Setting>();
    for (const entry of entries) {
      const key = entry.key.toLowerCase();
      const earlier = settings.get(key);
      if (earlier !== undefined) {
        throw malformed(
          entry.line,
          `${key} is already set on line ${earlier.line} of the same section`,
          "take one of the two away: AWS's tools disagree about which of them counts",
        );
      }
      settings.set(key, settingOf(entry));
    }
    return settings;
  };

  const [problem] = document.problems;
  if (problem !== undefined) {
    throw malformed(problem.line, problem.problem, "write it as name = value below a [section], or begin it with #");
  }
  const lineOf = new Map<string, number>();
  return document.sections.map(({ header, line, entries }) => {
    const earlier = lineOf.get(header);
    if (earlier !== undefined) {
      throw malformed(
        line,
        `the section [${header}] is already on line ${earlier}`,
        "make one section of the two: AWS's tools disagree about which of them counts",
      );
    }
    if (header === "DEFAULT") {
      throw malformed(
        line,
        "the section is called [DEFAULT], which some tools read as settings of every other section",
        "write it in small letters: [default]",
      );
    }
    lineOf.set(header, line);
    return { header, line, settings: settingsOf(entries) };
  });
};
