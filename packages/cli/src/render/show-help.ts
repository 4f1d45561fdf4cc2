// Help that fits a screen: stricli's own says twice what commands there are, and of every flag that it is not set.
import { help, type StricliIntegration } from "@stricli/core";
import type { Workbench } from "../workbench.js";

const OPTIONAL_FLAGS = /(?: \[--[^\]]*\](?:\.\.\.)?)+/g;
/** `[<identity>]`: one pair of brackets says it. */
const OPTIONAL_WORD = /\[<([^>]*)>\]/g;
/** Its words may be dimmed. */
const NEEDLESS_DEFAULT = / *\[[^\s[]*(?:\[2m)?default =\S* false\]/g;
/** What a flag can be, far to the right of the others. */
const GAP_BEFORE_VALUES = / +(\[[\w|]+\])$/gm;
/** `aws-as` and `aws-as-activate` are commands of the one program, under names of their own. */
const COMMAND_OF_NAME = /^( {2}aws-as(?:-activate)?) (?:switch|activate)/gm;
const END_OF_USAGE = "\n\n";

/** Returns the help without what nobody reads. `program` where it is the help of all commands. */
const shortenHelp = (text: string, program?: string): string => {
  const end = text.indexOf(END_OF_USAGE);
  const [usage, rest] = [
    text.slice(0, end),
    text.slice(end).replaceAll(NEEDLESS_DEFAULT, "").replaceAll(GAP_BEFORE_VALUES, " $1"),
  ];
  const [header = ""] = usage.split("\n");
  const lines =
    program === undefined
      ? usage.replaceAll(OPTIONAL_FLAGS, " [flags]").replaceAll(OPTIONAL_WORD, "[$1]").replaceAll(COMMAND_OF_NAME, "$1")
      : `${header}\n  ${program} COMMAND\n  ${program} COMMAND --help`;
  return lines + rest;
};

/** Returns `--help`, which is also what a group of commands says where none of them is named. */
export const showHelp = (program: string): StricliIntegration<Workbench> => {
  const { flag, ...shown } = help<Workbench>({
    brief: "show help",
    defaultForRouteMap: true,
    formatting: { caseStyle: "convert-camel-to-kebab", useAliasInUsageLine: false, onlyRequiredInUsageLine: false },
  });
  if (flag === undefined) return shown;
  return {
    ...shown,
    flag: {
      ...flag,
      async run(app, options) {
        const { stdout } = this.process;
        const isOfAll = options.result.prefix.length === 1;
        const write = (text: string): void => stdout.write(shortenHelp(text, isOfAll ? program : undefined));
        await flag.run.call({ ...this, process: { ...this.process, stdout: { ...stdout, write } } }, app, options);
      },
    },
  };
};
