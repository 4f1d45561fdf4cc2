import { expect, it } from "vitest";

it("leaves a promise behind", () => {
  void Promise.reject(new Error("nobody waited"));
  expect(1).toBe(1);
});
