// The program is reachable from this machine only, as the kernel sees it.
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startSandbox } from "../../conformance/start-sandbox.mjs";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"].filter((path) => existsSync(path));
const LISTENING = "0A";

test.skipIf(TABLES.length === 0)("the program listens on 127.0.0.1 and nowhere else", async () => {
  const sandbox = await startSandbox();
  try {
    const port = Number(new URL(sandbox.endpoint).port).toString(16).toUpperCase().padStart(4, "0");
    const rows = TABLES.flatMap((path) => readFileSync(path, "utf8").split("\n"))
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "", , state]) => local.endsWith(`:${port}`) && state === LISTENING);
    // 127.0.0.1 in the kernel's byte order.
    expect(rows.map(([, local]) => local)).toEqual([`0100007F:${port}`]);
  } finally {
    await sandbox.stop();
  }
});
