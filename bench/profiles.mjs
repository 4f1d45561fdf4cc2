// How long a person with very many profiles waits for the list of who they can be: generated ~/.aws/config files of companies
// with thousands of accounts are real.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neverPrompt, openHome } from "@daypass/auth";

const COUNT = 100_000;
const line = (n) =>
  `[profile p-${n}]\nsso_session = corp\nsso_account_id = ${String(n).padStart(12, "0")}\nsso_role_name = Reader\nregion = eu-west-1\n`;

export async function bench(report) {
  const homeDir = mkdtempSync(join(tmpdir(), "daypass-bench-"));
  try {
    mkdirSync(join(homeDir, ".aws"));
    const file = join(homeDir, ".aws", "config");
    writeFileSync(file, Array.from({ length: COUNT }, (_, n) => line(n)).join(""), { mode: 0o600 });
    const prompt = neverPrompt("a bench");
    const home = await openHome({ toolName: "bench", homeDir, env: {}, prompt, keychain: "off" });
    await home.identities();
    const [ours, bare] = [await secondsOf(() => home.identities()), await secondsOf(() => splitLines(file))];
    report({
      name: `${COUNT.toLocaleString("en")} profiles listed`,
      figure: ours,
      unit: "s",
      better: "less",
      baseline: { name: "reading the file and splitting its lines", figure: bare },
      reason: "the baseline knows no sections, no settings and no names",
    });
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
