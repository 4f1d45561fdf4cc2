// What an import would do, in lines: the person sees it before it happens.
import type { EnvironmentChange } from "@daypass/auth";
import { display } from "@daypass/auth/terminal";

const describe = ({ accountId, region, roles, rolePath }: EnvironmentChange["after"]): string =>
  `account ${accountId}, ${region}, ${roles.join(" ")}${rolePath === "/" ? "" : `, path ${rolePath}`}`;

/** Returns the changes as lines; one that leads to another account than before says so. */
export const describeChanges = (changes: readonly EnvironmentChange[]): string =>
  changes
    .map(({ name, before, after, isRedirected }) => {
      if (before === undefined) return `+ ${name}: ${describe(after)}`;
      const warning = isRedirected
        ? `! ${name} WOULD LEAD TO ANOTHER ACCOUNT: ${before.accountId} -> ${after.accountId}\n`
        : "";
      return `${warning}- ${name}: ${describe(before)}\n+ ${name}: ${describe(after)}`;
    })
    .flatMap((lines) => lines.split("\n").map((line) => `${display(line)}\n`))
    .join("");
