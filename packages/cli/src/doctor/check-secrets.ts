// Where secrets are, whether that can be used, and whether each hub's keys are in it. No secret is read.
import { hasNoSecretsYet, NO_SECRETS_YET } from "../setup/has-no-secrets-yet.js";
import type { Workbench } from "../workbench.js";
import { broken, note, ok, warning, type Check, type Finding } from "./finding.js";

const KINDS = {
  keychain: "the keychain of this machine",
  passphrase_file: "a file under a passphrase",
  plain_file: "a file in clear",
  memory: "memory",
} as const;

export const secretsCheck: Check = {
  name: "secrets",
  async run(bench: Workbench) {
    const home = await bench.home();
    const found: Omit<Finding, "check">[] = [];
    const { hubs } = await home.config.read();
    const needsPerson = await home.secrets.needsPerson();
    const where = KINDS[home.secrets.kind];
    if (home.secrets.kind === "plain_file") {
      found.push(
        warning(
          `are in ${where}: whoever reads this disk has them`,
          `protect them: \`${bench.names.name} crypto encrypt\``,
        ),
      );
    } else if (await hasNoSecretsYet(home)) found.push(note(NO_SECRETS_YET));
    else found.push(ok(`are in ${where}${needsPerson ? ", which asks before it opens" : ""}`));
    if (needsPerson) return found;
    const names = new Set(await home.secrets.names());
    for (const { name } of hubs) {
      if (names.has(`hub/${name}`)) continue;
      found.push(broken(`hub ${name} has no keys stored`, `add them again: \`${bench.names.name} config\``));
    }
    return found;
  },
};

export const auditCheck: Check = {
  name: "audit",
  async run(bench: Workbench) {
    const { verifyAuditLog } = await import("@daypass/auth");
    const { auditFile } = await bench.home();
    const { findings, lines } = await verifyAuditLog(auditFile).catch((error: unknown) => {
      if (Reflect.get(Object(error), "code") !== "file_missing") throw error;
      return { findings: [], lines: 0 };
    });
    if (lines === 0) return [note("nothing is recorded yet")];
    const [first] = findings;
    if (first === undefined) return [ok(`${lines} entries, unbroken`)];
    return [broken(`line ${first.line}: ${first.problem}`, `see \`${bench.names.name} audit --verify\``)];
  },
};
