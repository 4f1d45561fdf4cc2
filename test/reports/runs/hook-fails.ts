import { afterAll, describe, expect, it } from "vitest";

describe("a hook", () => {
  afterAll(() => {
    throw new Error("cannot clean up");
  });
  it("comes after a test that passes", () => {
    expect(1).toBe(1);
  });
});
