import { expect, it } from "vitest";

it("ends its worker", () => {
  process.kill(process.pid, "SIGKILL");
  expect(1).toBe(1);
});
