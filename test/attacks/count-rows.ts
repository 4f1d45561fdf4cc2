// A reporter that says how many attack rows were run, and how many met the refusal that they should.
import type { Reporter, TestModule } from "vitest/node";

const FOLDER = "/test/attacks/";

/** Prints one line after the run when any attack row was part of it. */
export class CountRows implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { written: 0, generated: 0, refused: 0 };
    for (const module of modules) {
      if (!module.moduleId.includes(FOLDER)) continue;
      for (const test of module.children.allTests()) {
        const { attack } = test.meta();
        if (attack === undefined) continue;
        counts[attack] += 1;
        if (test.result().state === "passed") counts.refused += 1;
      }
    }
    const rows = counts.written + counts.generated;
    if (rows === 0) return;
    process.stdout.write(
      `attacks: ${rows} rows (${counts.written} written, ${counts.generated} generated), ${counts.refused} refused as expected\n`,
    );
  }
}
