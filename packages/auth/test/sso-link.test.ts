// The address that a browser is started with: everybody of this machine can read it, and it must help nobody but the person.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFindPeerOwner, type PeerOwner } from "../dist/browser/find-peer-owner.js";
import { listenForCode, type CodeListener } from "../dist/sso/listen-for-code.js";
import { allowInBrowser, followLink, openDesk, type Desk } from "./sso-desk.js";

const STATE = "the-state-that-only-our-browser-knows-of-43-ch";
const TOKEN = "the-token-that-only-our-browser-knows-of-43-ch";
const PAGE = "https://oidc.us-east-1.amazonaws.com/authorize?state=secret";

let listener: CodeListener;
let owner: PeerOwner;
let strangers: number;
let address: string;
beforeEach(async () => {
  owner = "own";
  strangers = 0;
  const onStranger = () => void strangers++;
  listener = await listenForCode({ state: STATE, token: TOKEN, onStranger, findOwner: async () => owner });
  address = listener.leadTo(PAGE);
});
afterEach(() => listener.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const visit = async (
  url: string,
  { method = "GET", ...headers }: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  const call = request(url, { method, headers, agent: false });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

const knock = (query: Record<string, string>) =>
  visit(`${listener.redirectUri}?${new URLSearchParams(query).toString()}`);
const codeSoFar = () => Promise.race([listener.code, new Promise((resolve) => setImmediate(() => resolve("waiting")))]);

describe("the address that a browser is started with", () => {
  it("is of this machine, names no page of AWS, and leads there", async () => {
    expect(address).toBe(`http://${new URL(listener.redirectUri).host}/${TOKEN}`);
    const { status, headers, body } = await visit(address);
    expect([status, headers.location, body]).toEqual([303, PAGE, ""]);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });

  it("leads there once: who comes second sees that it was used, and nothing of the page", async () => {
    await visit(address);
    const second = await visit(address);
    expect(second.status).toBe(410);
    expect(second.body).toContain("start again in the terminal");
    expect(JSON.stringify(second)).not.toContain("secret");
    expect(await codeSoFar()).toBe("waiting");
  });

  it.each<PeerOwner>(["unknown", "elsewhere"])("ends the sign-in when it is opened twice: %s", async (whose) => {
    owner = whose;
    await visit(address);
    expect((await visit(address)).status).toBe(410);
    await expect(listener.code).rejects.toMatchObject({
      code: "sign_in_refused",
      message: expect.stringContaining("opened twice"),
    });
    expect((await knock({ code: "evil", state: STATE })).status).toBe(400);
  });

  it("is refused to another user, who does not use it up", async () => {
    owner = "other";
    const answer = await visit(address);
    expect([answer.status, strangers]).toEqual([403, 1]);
    expect(JSON.stringify(answer)).not.toContain("secret");
    owner = "own";
    expect((await visit(address)).headers.location).toBe(PAGE);
  });

  it("is refused to who has hung up and cannot be asked about", async () => {
    owner = "gone";
    expect((await visit(address)).status).toBe(403);
    owner = "own";
    expect((await visit(address)).status).toBe(303);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["a form", { method: "POST" }],
    ["a look ahead", { method: "HEAD" }],
    ["a browser that fetches it before it is wanted", { "sec-purpose": "prefetch" }],
    ["another page", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" }],
    ["an image of another page", { "sec-fetch-site": "none", "sec-fetch-dest": "image" }],
    ["a foreign name that points here", { host: "evil.example" }],
    ["a name of this machine that is not the address", { host: "localhost" }],
    ["a proxy", { via: "1.1 proxy" }],
  ])("is refused to %s, and not used up by it", async (_title, headers) => {
    const answer = await visit(address, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.location).toBeUndefined();
    expect((await visit(address)).headers.location).toBe(PAGE);
  });

  it.each(["x", "?x", "/", "%00"])("is exact: with %s after it there is nothing", async (more) => {
    expect((await visit(`${address}${more}`)).status).toBe(404);
    expect((await visit(address.slice(0, -1))).status).toBe(404);
  });

  it("is nothing before there is a page to lead to", async () => {
    const early = await listenForCode({ state: STATE, token: TOKEN });
    const { host } = new URL(early.redirectUri);
    expect((await visit(`http://${host}/${TOKEN}`)).status).toBe(404);
    early.close();
  });
});

describe("the way back from AWS", () => {
  it("is not open to the browser of another user, who would sign in as themselves", async () => {
    owner = "other";
    expect((await knock({ code: "evil", state: STATE })).status).toBe(403);
    expect(strangers).toBe(1);
    owner = "gone";
    expect((await knock({ code: "evil", state: STATE })).status).toBe(403);
    expect(await codeSoFar()).toBe("waiting");
    owner = "own";
    await knock({ code: "good", state: STATE });
    expect(await listener.code).toBe("good");
  });
});

describe("a sign-in with a browser", () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.close());

  const signIn = (openBrowser: (url: string) => Promise<void>) => desk.tokensWith(openBrowser).getAccessToken();

  it("starts it with an address that says nothing of the sign-in, and tells the true one on the terminal alone", async () => {
    const started: string[] = [];
    await signIn(async (url) => {
      started.push(url);
      await allowInBrowser(desk.sandbox, url);
    });
    expect(started).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)]);
    const authorize = desk.prompt.told.find((line) => line.includes("/authorize?")) ?? "";
    const { searchParams } = new URL(authorize);
    for (const name of ["state", "code_challenge"]) {
      const secret = searchParams.get(name) ?? "";
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(started.join() + JSON.stringify(desk.events)).not.toContain(secret);
    }
  });

  it("goes on when the person opens the address of the terminal by hand, though the other was opened too", async () => {
    const accessToken = await signIn(async (url) => {
      await followLink(url);
      const authorize = desk.prompt.told.find((line) => line.includes("/authorize?")) ?? "";
      await allowInBrowser(desk.sandbox, authorize);
    });
    expect(accessToken).toMatch(/^.{20,}$/);
  });

  it("leaves nobody at the address when it has ended", async () => {
    let started = "";
    await signIn(async (url) => {
      started = url;
      await allowInBrowser(desk.sandbox, url);
    });
    await expect(fetch(started)).rejects.toThrow("fetch failed");
  });

  // A second user is needed, and only root can be one.
  it.skipIf(process.getuid?.() !== 0)("is not reached by another user's program, whatever it knows", async () => {
    const nobody = 65_534;
    const tried: string[] = [];
    const asNobody = async (url: string): Promise<string> => {
      const program = `fetch(${JSON.stringify(url)}, {redirect:"manual"}).then(async (a) => console.log(a.status, a.headers.get("location"), await a.text()))`;
      const child = spawn(process.execPath, ["-e", program], {
        uid: nobody,
        gid: nobody,
        cwd: "/",
        env: {},
        stdio: ["ignore", "pipe", "inherit"],
      });
      return text(child.stdout);
    };
    await signIn(async (url) => {
      tried.push(await asNobody(url));
      const page = await followLink(url);
      const back = desk.sandbox.identityCenter.approveAuthorization(page, "bob");
      tried.push(await asNobody(back));
      await allowInBrowser(desk.sandbox, page);
    });
    expect(tried).toEqual([expect.stringMatching(/^403 null /), expect.stringMatching(/^403 null /)]);
    expect(desk.prompt.told.filter((line) => line.startsWith("Another user of this machine"))).toHaveLength(1);
  });
});

describe.skipIf(process.platform !== "linux")("whose program is at the other end", () => {
  let client: Socket;
  let served: Socket;
  let close: () => void;
  beforeEach(async () => {
    const server = createServer();
    const arrived = once(server, "connection");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, allowHalfOpen: true });
    [served] = (await arrived) as [Socket];
    served.pause();
    close = () => {
      client.destroy();
      served.destroy();
      server.close();
    };
  });
  afterEach(() => close());

  it("is told of a program of ours", async () => {
    expect(await createFindPeerOwner()(served)).toBe("own");
  });

  it("is told of another user's", async () => {
    // Who we are not: the kernel's table is the true one.
    const isRoot = process.geteuid?.() === 0;
    const readTable = async (name: "tcp" | "tcp6") => {
      const { readFile } = await import("node:fs/promises");
      const table = await readFile(`/proc/net/${name}`, "latin1");
      return isRoot ? table.replace(/^(\s*\d+: \S+ \S+ 01 \S+ \S+ \S+\s+)0\b/gm, "$1 1234") : table;
    };
    expect(await createFindPeerOwner({ uid: 77, readTable })(served)).toBe("other");
  });

  it("is not told of who has hung up: a socket that nobody holds reads as root's", async () => {
    client.end();
    await expect.poll(() => createFindPeerOwner()(served)).toBe("gone");
  });

  const row = (local: string, remote: string, state: string, uid: number, inode: number) =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0 100 0 0 10 0`;
  const ENDS = { localAddress: "127.0.0.1", localPort: 0x1234, remoteAddress: "127.0.0.1", remotePort: 0xabcd };
  const [OURS, THEIRS] = ["0100007F:1234", "0100007F:ABCD"];
  const MAPPED = "0000000000000000FFFF0000";
  const mine = row(OURS, THEIRS, "01", 1000, 5);
  const ask = (tcp: readonly string[], tcp6: readonly string[] = []) =>
    createFindPeerOwner({
      platform: "linux",
      uid: 1000,
      readTable: async (name) => ["  sl  local_address", ...(name === "tcp" ? tcp : tcp6), ""].join("\n"),
    })(ENDS);

  it.each<[PeerOwner, string, readonly string[], readonly string[]]>([
    ["own", "our user", [mine, row(THEIRS, OURS, "01", 1000, 6)], []],
    ["own", "root", [mine, row(THEIRS, OURS, "01", 0, 6)], []],
    ["other", "another user", [mine, row(THEIRS, OURS, "01", 1001, 6)], []],
    ["other", "another user by IPv6", [mine], [row(`${MAPPED}${THEIRS}`, `${MAPPED}${OURS}`, "01", 1001, 6)]],
    ["own", "our user by IPv6", [mine], [row(`${MAPPED}${THEIRS}`, `${MAPPED}${OURS}`, "01", 1000, 6)]],
    ["gone", "a socket that was let go of", [mine, row(THEIRS, OURS, "01", 0, 0)], []],
    ["gone", "a socket in its last state", [mine, row(THEIRS, OURS, "05", 1000, 6)], []],
    ["gone", "nobody, and our end is closing", [row(OURS, THEIRS, "08", 1000, 5)], []],
    ["gone", "nobody, and our end is not there either", [], []],
    ["elsewhere", "nobody of this system, and we are connected", [mine], []],
    ["elsewhere", "our user, at another port", [mine, row("0100007F:ABCE", OURS, "01", 1000, 6)], []],
    ["elsewhere", "our user, to another address", [mine, row(THEIRS, "0200007F:1234", "01", 1000, 6)], []],
  ])("is %s where the table has %s", async (expected, _title, tcp, tcp6) => {
    expect(await ask(tcp, tcp6)).toBe(expected);
  });

  it("is not elsewhere where they were missed in the first look, or hung up before the second", async () => {
    const looks = [[mine], [mine, row(THEIRS, OURS, "01", 1001, 6)], [mine], [row(OURS, THEIRS, "08", 1000, 5)]].map(
      (rows) => rows.join("\n"),
    );
    const readTable = async (name: "tcp" | "tcp6") => (name === "tcp" ? (looks.shift() ?? "") : "");
    const find = createFindPeerOwner({ platform: "linux", uid: 1000, readTable });
    expect(await find(ENDS)).toBe("other");
    expect(await find(ENDS)).toBe("gone");
  });

  it("is unknown on other systems, and where the table cannot be read", async () => {
    const readTable = () => Promise.reject(new Error("EACCES"));
    expect(await createFindPeerOwner({ platform: "linux", uid: 0, readTable })(ENDS)).toBe("unknown");
    expect(await createFindPeerOwner({ platform: "darwin", uid: 0 })(ENDS)).toBe("unknown");
  });
});
