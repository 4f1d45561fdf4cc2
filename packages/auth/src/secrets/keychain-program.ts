// The program that talks to the keychain, in a process of its own: a D-Bus that does not answer holds its caller for
// ever, inside native code that no timer reaches and that even keeps a process from ending. A process can be killed.
// Standard input: one JSON object of `service` and `steps`. Standard output: a line once the keychain answers at all,
// then one JSON line. Neither arguments nor environment carry a secret: others may read those.
import { readFileSync, writeFileSync } from "node:fs";
import { Entry } from "@napi-rs/keyring";

/** One thing to be done in the keychain. `has` answers `yes` without handing the value over. */
export type KeychainStep =
  | { readonly do: "read" | "has" | "remove"; readonly account: string }
  | { readonly do: "write"; readonly account: string; readonly value: string };

const STDIN = 0;
const STDOUT = 1;

const { service, steps } = JSON.parse(readFileSync(STDIN, "utf8")) as {
  readonly service: string;
  readonly steps: readonly KeychainStep[];
};
// By name: left to itself the library falls back to the kernel's keyring, which forgets everything at the next start.
const entryOf = (account: string) => new Entry(service, account, { linux: { store: "secret-service" } });

function take(step: KeychainStep): string | null {
  const entry = entryOf(step.account);
  switch (step.do) {
    case "read":
      return entry.getPassword();
    case "has":
      return entry.getPassword() === null ? null : "yes";
    case "write":
      entry.setPassword(step.value);
      return null;
    case "remove":
      entry.deleteCredential();
      return null;
  }
}

entryOf("is it there").getPassword();
writeFileSync(STDOUT, "alive\n");
writeFileSync(STDOUT, `${JSON.stringify(steps.map(take))}\n`);
