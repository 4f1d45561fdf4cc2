// What each SDK would use here, as lines.
import { SDK_NAMES, type SdkJudgement, type SdksJudgement } from "../judge-sdks.js";
import { renderTable } from "./render-table.js";

const sayUse = ({ uses, profile = "" }: SdkJudgement): string =>
  ({
    environment_keys: "keys of the environment",
    web_identity: "a web identity token",
    profile: `profile ${profile}`,
    container: "the container's role",
    machine: "no credentials",
    error: "stops with an error",
  })[uses];

/** Returns the table, and below it what to do where they differ. */
export const renderSdks = ({ families, warnings, agree }: SdksJudgement): string => {
  const [first] = families;
  if (agree && first !== undefined) {
    const everybody = families.map(({ family }) => SDK_NAMES[family]).join(", ");
    const region = first.region === undefined ? "" : `, in ${first.region}`;
    return `${renderTable([[`  ${everybody}`]])}${renderTable([[`  all: ${sayUse(first)}${region} (${first.why})`]])}`;
  }
  const rows = families.map((one) => [`  ${SDK_NAMES[one.family]}`, sayUse(one), one.region ?? "no region", one.why]);
  return `${renderTable(rows)}  they do not agree\n${renderTable(warnings.map((warning) => [`  warning: ${warning}`]))}`;
};
