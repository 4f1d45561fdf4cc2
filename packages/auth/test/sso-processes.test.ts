// Many programs that need the same sign-in at the same time: one browser, one token, whoever is killed.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allowInBrowser, followLink, identityCenter } from "./sso-desk.js";

const WORKER = fileURLToPath(new URL("sso-worker.mjs", import.meta.url));
const FILE = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const MANY = 20;

let sandbox: Sandbox;
let home: string;
let children: ChildProcess[];
beforeEach(async () => {
  sandbox = await startSandbox({ world: { identityCenter } });
  home = mkdtempSync(join(tmpdir(), "daypass-sso-"));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await sandbox.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Who would open a browser, with the address. */
type OnOpen = (child: ChildProcess, url: string, nth: number) => void;

/** Starts so many programs; calls `onAllWait` when all but one wait for that one. Returns what each said last, the killed ones left out. */
async function runMany(
  count: number,
  onOpen: OnOpen,
  { person = "yes", onAllWait = () => undefined }: { person?: string; onAllWait?: () => void } = {},
): Promise<{ ends: string[]; opened: number }> {
  let [opened, waiting] = [0, 0];
  const run = async (): Promise<string | undefined> => {
    const child = spawn(process.execPath, [WORKER, sandbox.endpoint, home, person], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(child);
    let end: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("open ")) onOpen(child, line.slice("open ".length), ++opened);
      else if (line !== "wait") end = line;
      else if (++waiting === count - 1) onAllWait();
    }
    return end;
  };
  const ends = await Promise.all(Array.from({ length: count }, run));
  return { ends: ends.filter((end) => end !== undefined), opened };
}

const allow: OnOpen = (_child, address) => {
  void allowInBrowser(sandbox, address);
};
const deny: OnOpen = (_child, address) => {
  void followLink(address).then((url) => fetch(sandbox.identityCenter.denyAuthorization(url)));
};
const countOf = (action: string) => sandbox.calls().filter((call) => call.action === action).length;

describe("twenty programs that need a sign-in at once", () => {
  it("open one browser, ask for one token, and all get it", async () => {
    const { ends, opened } = await runMany(MANY, allow);
    expect(ends).toHaveLength(MANY);
    expect(new Set(ends).size).toBe(1);
    expect(ends[0]).toMatch(/^token .{20,}$/);
    expect(opened).toBe(1);
    expect(countOf("CreateToken")).toBe(1);
    expect(countOf("RegisterClient")).toBe(1);
  });

  it("go on with the next when the one that asks is killed", async () => {
    const { ends, opened } = await runMany(MANY, (child, url, nth) => {
      if (nth === 1) child.kill("SIGKILL");
      else allow(child, url, nth);
    });
    expect(ends).toHaveLength(MANY - 1);
    expect(new Set(ends).size).toBe(1);
    expect(ends[0]).toMatch(/^token /);
    expect(opened).toBe(2);
    expect(countOf("CreateToken")).toBe(1);
  });

  it("take one no for all of them", async () => {
    let [sayNo, areWaiting]: [(() => void) | undefined, boolean] = [undefined, false];
    const settle = () => areWaiting && sayNo?.();
    const { ends, opened } = await runMany(
      5,
      (child, url, nth) => {
        sayNo = () => deny(child, url, nth);
        settle();
      },
      {
        onAllWait: () => {
          areWaiting = true;
          settle();
        },
      },
    );
    expect(opened).toBe(1);
    expect(ends.toSorted()).toEqual([
      "refused sign_in_refused: the sign-in that was waited for was not finished",
      "refused sign_in_refused: the sign-in that was waited for was not finished",
      "refused sign_in_refused: the sign-in that was waited for was not finished",
      "refused sign_in_refused: the sign-in that was waited for was not finished",
      "refused sign_in_refused: the sign-in was denied in the browser",
    ]);
  });

  it.each([
    ["that has run out", -1000],
    ["that runs out soon", 60_000],
  ])("renew a token of the AWS CLI %s with one call", async (_, leftMs) => {
    await runMany(1, allow);
    sandbox.identityCenter.setRefreshAnswers("always");
    const { clientId, clientSecret, ...fields } = JSON.parse(await readFile(tokenPath(), "utf8")) as Record<
      string,
      string
    >;
    const refreshToken = await signInAsCli(clientId ?? "", clientSecret ?? "");
    const expiresAt = new Date(Date.now() + leftMs).toISOString();
    const theirs = { ...fields, clientId, clientSecret, refreshToken, expiresAt, daypassSignInId: undefined };
    await writeFile(tokenPath(), JSON.stringify(theirs));
    const before = countOf("CreateToken");
    const { ends, opened } = await runMany(MANY, allow, { person: "no" });
    const renewed = JSON.parse(await readFile(tokenPath(), "utf8")) as Record<string, string>;
    expect(renewed["accessToken"]).not.toBe(fields["accessToken"]);
    expect(ends).toHaveLength(MANY);
    // While the old one works nobody waits for the new one longer than two seconds.
    const other = leftMs < 0 ? renewed["accessToken"] : fields["accessToken"];
    expect([`token ${renewed["accessToken"]}`, `token ${other}`]).toEqual(expect.arrayContaining([...new Set(ends)]));
    expect(ends).toContain(`token ${renewed["accessToken"]}`);
    expect([opened, countOf("CreateToken") - before]).toEqual([0, 1]);
  });
});

const tokenPath = () => join(home, ".aws", "sso", "cache", FILE);

/** A refresh token for the client of the file, by the authorization code. */
async function signInAsCli(clientId: string, clientSecret: string): Promise<string> {
  const { CreateTokenCommand, SSOOIDCClient } = await import("@aws-sdk/client-sso-oidc");
  const codeVerifier = "the-verifier-of-this-very-client-is-long-enough";
  const { createHash } = await import("node:crypto");
  const address = new URL("/authorize", sandbox.endpoint);
  const redirectUri = "http://127.0.0.1:1/oauth/callback";
  address.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    state: "a",
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
    scopes: "sso:account:access",
  }).toString();
  const sent = new URL(sandbox.identityCenter.approveAuthorization(address.href, "ada"));
  const code = sent.searchParams.get("code") ?? "";
  const client = new SSOOIDCClient({ region: "us-east-1", endpoint: sandbox.endpoint });
  const { refreshToken = "" } = await client.send(
    new CreateTokenCommand({
      clientId,
      clientSecret,
      grantType: "authorization_code",
      code,
      codeVerifier,
      redirectUri,
    }),
  );
  return refreshToken;
}
