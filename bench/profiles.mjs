// How long a person with very many profiles waits for the list of who they can be, and for one of them: generated
// ~/.aws/config files of companies with thousands of accounts are real.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neverPrompt, openHome } from "@daypass/auth";

const COUNT = 100_000;
const SESSION =
  "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";
const line = (n) =>
  `[profile p-${n}]\nsso_session = corp\nsso_account_id = ${String(n).padStart(12, "0")}\nsso_role_name = Reader\nregion = eu-west-1\n`;

export async function bench(report) {
  const homeDir = mkdtempSync(join(tmpdir(), "daypass-bench-"));
  try {
    mkdirSync(join(homeDir, ".aws"));
    const file = join(homeDir, ".aws", "config");
    writeFileSync(file, SESSION + Array.from({ length: COUNT }, (_, n) => line(n)).join(""), { mode: 0o600 });
    const prompt = neverPrompt("a bench");
    const home = await openHome({ toolName: "bench", homeDir, env: {}, prompt, keychain: "off" });
    await home.identities();
    const bare = await secondsOf(() => splitLines(file));
    const rows = {
      [`${COUNT.toLocaleString("en")} profiles listed`]: () => home.identities(),
      [`one of ${COUNT.toLocaleString("en")} profiles found, with its source`]: () => home.source(`p-${COUNT - 1}`),
    };
    for (const [name, work] of Object.entries(rows)) {
      report({
        name,
        figure: await secondsOf(work),
        unit: "s",
        better: "less",
        baseline: { name: "reading the file and splitting its lines", figure: bare },
        reason: "the baseline knows no sections, no settings and no names",
      });
    }
  } finally {
    rmSync(homeDir, { recursive: true });
  }
}

const splitLines = async (file) => readFileSync(file, "utf8").split("\n");

async function secondsOf(work) {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.toSorted((a, b) => a - b)[1];
}
