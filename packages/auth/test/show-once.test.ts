// A link that is a secret, and the browser that is to open it: one program of this user gets there, and nobody else.
import { beforeEach, describe, expect, it } from "vitest";
import { showOnce } from "@daypass/auth";
import type { PeerOwner } from "../dist/browser/find-peer-owner.js";

const LINK = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=canary";
const HINT = "say --print";

let owner: PeerOwner;
let seen: { status: number; location: string | null; text: string }[];
let started: string;
beforeEach(() => {
  owner = "own";
  seen = [];
  started = "";
});

const visit = async (address: string): Promise<void> => {
  const answer = await fetch(address, { redirect: "manual" });
  seen.push({ status: answer.status, location: answer.headers.get("location"), text: await answer.text() });
};
const never = () => new Promise<void>(() => undefined);
const show = (act: (address: string) => Promise<void>, more: Partial<Parameters<typeof showOnce>[0]> = {}) =>
  showOnce({
    link: LINK,
    hint: HINT,
    findOwner: async () => owner,
    sleep: never,
    show: (address) => {
      started = address;
      return act(address);
    },
    ...more,
  });

describe("a secret link that is shown once", () => {
  it("is led to by an address that says nothing of it, and leaves nobody there", async () => {
    await show(visit);
    expect(started).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
    expect(seen).toEqual([{ status: 303, location: LINK, text: "" }]);
    await expect(fetch(started)).rejects.toThrow("fetch failed");
  });

  it("is by the machine's own words told whose program asks", async () => {
    await showOnce({ link: LINK, hint: HINT, sleep: never, show: visit });
    // Elsewhere than on Linux nobody says so, and nobody is led there.
    expect(seen[0]?.location).toBe(process.platform === "linux" ? LINK : null);
  });

  it("leads nobody of whom the system does not say who they are, and says so at once", async () => {
    owner = "unknown";
    await expect(show(visit)).rejects.toMatchObject({ code: "prompt_unavailable", hint: HINT });
    expect(seen).toEqual([{ status: 403, location: null, text: expect.stringContaining("cannot be told") }]);
    expect(JSON.stringify(seen)).not.toContain("canary");
  });

  it("is not spent on another user", async () => {
    await show(async (address) => {
      owner = "other";
      await visit(address);
      await visit(address.slice(0, -1));
      owner = "elsewhere";
      await visit(address);
    });
    expect(seen.map(({ status }) => status)).toEqual([403, 404, 303]);
    expect(JSON.stringify(seen.slice(0, 2))).not.toContain("canary");
  });

  it("is given up after a minute in which nobody came, or where no browser starts, with what to do", async () => {
    const waited: number[] = [];
    const sleep = async (milliseconds: number) => void waited.push(milliseconds);
    await expect(show(async () => undefined, { sleep })).rejects.toMatchObject({
      code: "prompt_unavailable",
      message: "no browser came for the link",
      hint: HINT,
    });
    expect(waited).toEqual([60_000]);
    await expect(show(() => Promise.reject(new Error("no browser")))).rejects.toThrow("no browser");
    await expect(fetch(started)).rejects.toThrow("fetch failed");
  });

  it("is in a page, harmless, where it is of a scheme that no browser is redirected to", async () => {
    await show(visit, { link: `ext+container:name=a"><script>&url=${encodeURIComponent(LINK)}` });
    expect(seen[0]).toMatchObject({ status: 200, location: null });
    expect(seen[0]?.text).toContain('content="0;url=ext+container:name=a&quot;&gt;&lt;script&gt;&amp;url=https');
    expect(seen[0]?.text).not.toContain("<script");
  });
});
