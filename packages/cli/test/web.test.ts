// The console in a browser: signed in as the identity, and no secret where others can read it.
import { chmodSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { showFile } from "../dist/web/one-shot-page.js";
import { runHere } from "./run-here.js";
import { endPersons, startPerson, type Person } from "./start-person.js";

/** The test runner's own. */
const before = Object.fromEntries(
  (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => [signal, process.listenerCount(signal)]),
);

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const destinationOf = (link: string): string => new URL(link.trim()).searchParams.get("Destination") ?? "";

/** Notes what it was started with, what the page says, who may read it, and what it sees of the environment. */
const BROWSER = `#!/bin/sh
printf '%s' "$1" >"$HOME/argument"
env >"$HOME/environment"
case $1 in
file:*) cp -p "\${1#file://}" "$HOME/page" ;;
*) curl -si "$1" >"$HOME/page"; curl -si "$1" >"$HOME/second" ;;
esac
: >"$HOME/seen"
`;
/** A system that does not say whose program asks for a page. */
const elsewhere = "darwin";
/** The program does not wait for a browser that is slow. */
const browserHasSeen = () => expect.poll(() => person.has("seen")).toBe(true);

const installBrowser = () => {
  person.write("browser", BROWSER);
  chmodSync(join(person.home, "browser"), 0o700);
  return { BROWSER: join(person.home, "browser") };
};

describe("web", () => {
  test("signs in as a role, with nobody signed in to the hub before (old: the hub's console had to be open)", async () => {
    await person.setUp();
    const { code, stdout } = await person.run(["web", "dev/ADMIN", "--print"]);
    expect(code).toBe(0);
    const page = await (await fetch(stdout.trim())).text();
    expect(page).toContain("You are signed in");
    expect(page).toContain("222222222222");
  });

  test("opens as who the shell is, with the shell's own keys: what was asked for as less stays less", async () => {
    await person.setUp();
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:List*", Resource: "*" }] };
    person.write("less.json", JSON.stringify(policy));
    const less = ["--policy-file", join(person.home, "less.json")];
    const { stdout } = await person.run(["env", "dev/ADMIN", ...less, "--format", "json"]);
    const shell = { ...(JSON.parse(stdout) as Record<string, string>), DAYPASS_IDENTITY: "dev/ADMIN" };
    const asked = person.count("AssumeRole");
    const { code, stdout: link } = await runHere(person, ["web", "--print"], { env: shell });
    expect(code).toBe(0);
    expect(await (await fetch(link.trim())).text()).toContain("222222222222");
    expect(person.count("AssumeRole")).toBe(asked);
  });

  test.each([
    ["the shell is nobody", {}, []],
    ["its keys have ended", { AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z" }, []],
    ["less is asked for", {}, ["--read-only"]],
  ])("somebody is to be named where %s", async (_why, change, flags) => {
    await person.setUp();
    const keys = { AWS_ACCESS_KEY_ID: "ASIAX", AWS_SECRET_ACCESS_KEY: "x", AWS_SESSION_TOKEN: "x" };
    const until = { AWS_CREDENTIAL_EXPIRATION: "2100-01-01T00:00:00Z" };
    const isSomebody = flags.length > 0 || Object.keys(change).length > 0;
    const env = { ...keys, ...until, ...(isSomebody && { DAYPASS_IDENTITY: "dev/ADMIN" }), ...change };
    const { code, stderr } = await runHere(person, ["web", "--print", ...flags], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("nobody can be asked")]);
  });

  test("leads to the service's page in the region", async () => {
    await person.setUp();
    const links = await Promise.all([
      person.run(["web", "dev/ADMIN", "--service", "s3", "--print"]),
      person.run(["web", "dev/ADMIN", "--service", "Log-Groups", "--print"]),
      person.run(["web", "dev/ADMIN", "--path", "s3/buckets/x?tab=objects", "--region", "use1", "--print"]),
    ]);
    expect(destinationOf(links[0].stdout)).toBe("https://console.aws.amazon.com/s3/home?region=eu-west-1");
    expect(links[1].code).toBe(2);
    expect(destinationOf(links[2].stdout)).toBe(
      "https://console.aws.amazon.com/s3/buckets/x?tab=objects&region=us-east-1",
    );
  });

  test.each(["//evil.example", "/\\evil.example", "@evil.example", ".evil.example", "a//b", "https://evil.example"])(
    "a path that would leave the console is refused: %s",
    async (path) => {
      await person.setUp();
      const { code, stdout } = await runHere(person, ["web", "dev/ADMIN", "--path", path, "--print"]);
      expect([code, stdout]).toEqual([2, ""]);
    },
  );

  test("the link is on no command line: the browser gets an address that leads there once", async () => {
    await person.setUp();
    const { code, stdout, stderr } = await person.run(["web", "dev/ADMIN"], { env: installBrowser() });
    expect(code).toBe(0);
    await browserHasSeen();
    expect(person.read("argument")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
    expect(person.read("page")).toMatch(/^HTTP\/1\.1 303 [\s\S]*^location: http\S+SigninToken=/m);
    expect(stdout + stderr + person.read("argument") + person.read("second")).not.toContain("SigninToken");
    expect(person.read("environment")).not.toMatch(/^AWS_/m);
    expect(readdirSync(join(person.home, ".daypass")).filter((name) => name.endsWith(".html"))).toEqual([]);
  });

  test("the browser is given the address and nothing of AWS", async () => {
    await person.setUp();
    expect((await runHere(person, ["web", "dev/ADMIN"], { env: installBrowser(), platform: "linux" })).code).toBe(0);
    await browserHasSeen();
    expect(person.read("argument")).not.toContain("SigninToken");
    expect(person.read("page")).toContain("SigninToken=");
  });

  test("elsewhere the page is a file: closed to others from its first moment, and taken away", async () => {
    await person.setUp();
    const options = { env: installBrowser(), platform: elsewhere } as const;
    expect((await runHere(person, ["web", "dev/ADMIN"], options)).code).toBe(0);
    await browserHasSeen();
    expect(person.read("argument")).toMatch(/^file:\/\/.*\/\.daypass\/sign-in-[0-9a-f]{32}\.html$/);
    expect(person.read("page")).toContain("SigninToken=");
    expect(statSync(join(person.home, "page")).mode & 0o777).toBe(0o600);
    expect(person.read("argument")).not.toContain("SigninToken");
    expect(person.read("environment")).not.toMatch(/^AWS_/m);
    expect(readdirSync(join(person.home, ".daypass")).filter((name) => name.endsWith(".html"))).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "what ends the program takes the page away before the browser has read it: %s",
    async (signal) => {
      const pages = () => readdirSync(person.home).filter((name) => name.endsWith(".html"));
      let seen: readonly string[] = [];
      const shown = showFile(person.home, "https://signin.example/secret", async () => {
        seen = pages();
        process.emit(signal);
      });
      await expect(shown).rejects.toMatchObject({ code: "cancelled" });
      expect([seen.length, pages(), process.listenerCount(signal)]).toEqual([1, [], before[signal]]);
    },
  );

  test("where no browser opens, the page goes too, and it says what to do", async () => {
    await person.setUp();
    const env = { PATH: "/nowhere", BROWSER: "" };
    const { code, stderr } = await person.run(["web", "dev/ADMIN"], { env });
    expect([code, stderr]).toEqual([1, expect.stringContaining("--print")]);
    const other = await runHere(person, ["web", "dev/ADMIN"], { env, platform: elsewhere });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("--print")]);
    expect(readdirSync(join(person.home, ".daypass")).filter((name) => name.endsWith(".html"))).toEqual([]);
  });

  test("Firefox gets the container by the page, not by its command line", async () => {
    await person.setUp();
    installBrowser();
    person.write("bin/firefox", BROWSER);
    chmodSync(join(person.home, "bin/firefox"), 0o700);
    const PATH = `${join(person.home, "bin")}:${person.env["PATH"] ?? ""}`;
    const args = ["web", "dev/ADMIN", "--browser", "firefox", "--container", "auto"];
    expect((await person.run(args, { env: { PATH } })).code).toBe(0);
    await browserHasSeen();
    expect(person.read("page")).toMatch(/^HTTP\/1\.1 200 [\s\S]*url=ext\+container:name=dev%2FADMIN&amp;url=http/m);
    expect(person.read("argument")).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  test("another browser gets a profile of its own for each identity, and none of the person's", async () => {
    const names = ["prod/admin", "prod-admin", "..", "Default", "../../x", "--no-sandbox"];
    person.write(
      "bin/google-chrome",
      '#!/bin/sh\nprintf "%s\\n" "$@" >"$HOME/arguments"\ncurl -si "$2" >"$HOME/page"\n',
    );
    chmodSync(join(person.home, "bin/google-chrome"), 0o700);
    const PATH = `${join(person.home, "bin")}:${person.env["PATH"] ?? ""}`;
    const role = "sso_session = corp\nsso_account_id = 222222222222\nsso_role_name = Admin\nregion = eu-west-1\n";
    const session = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    person.write(".aws/config", session + names.map((name) => `[profile ${name}]\n${role}`).join(""));
    const folders: (string | undefined)[] = [];
    for (const name of names) {
      const words = ["web", "--portal", "--browser", "chrome", "--container", "auto", "--", name];
      expect((await runHere(person, words, { env: { PATH } })).code).toBe(0);
      const [option, address, ...more] = person.read("arguments").trim().split("\n");
      expect([address?.startsWith("http://127.0.0.1:"), more]).toEqual([true, []]);
      folders.push(/^--profile-directory=(daypass-[\w-]*-[0-9a-f]{16})$/.exec(option ?? "")?.[1]);
    }
    expect(folders).not.toContain(undefined);
    expect(new Set(folders).size).toBe(names.length);
  }, 60_000);

  test.each(["..", "../x", "a/b", "-x"])("%j is no browser's profile", async (container) => {
    person.write(".aws/config", "[profile x]\nregion = eu-west-1\n");
    const words = ["web", "x", "--browser", "chrome", `--container=${container}`];
    expect(await runHere(person, words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no name of a browser"),
    });
  });

  test("a user with MFA cannot sign in as such, and is told to name a role", async () => {
    await person.setUp();
    const { code, stderr } = await person.run(["web", "work", "--print"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("name a role")]);
  });

  test("a user without MFA signs in as a federated one", async () => {
    await person.run(["config", "add-hub", "c", "--keys-stdin", "--plain", "--without-mfa"], {
      input: person.keysOf("carl"),
    });
    const { code, stdout } = await person.run(["web", "c", "--print"]);
    expect([code, person.count("GetFederationToken")]).toEqual([0, 1]);
    expect(await (await fetch(stdout.trim())).text()).toContain("You are signed in");
  });

  test("credentials go nowhere else because a variable says so", async () => {
    await person.setUp();
    const env = { DAYPASS_SIGNIN_ENDPOINT: "http://127.0.0.1.evil.example:80" };
    const { code, stderr } = await runHere(person, ["web", "dev/ADMIN", "--print"], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("not of this machine")]);
  });

  test("credentials are not sent on to where a sign-in redirects", async () => {
    await person.setUp();
    const received: string[] = [];
    const server = createServer((request, response) => {
      received.push(request.url ?? "");
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const env = { DAYPASS_SIGNIN_ENDPOINT: `http://127.0.0.1:${port}` };
    const { code, stdout } = await runHere(person, ["web", "dev/ADMIN", "--print"], { env });
    server.close();
    server.closeAllConnections();
    expect([code, stdout, received]).toEqual([1, "", ["/federation"]]);
  });

  test("a role of Identity Center has a link to the access portal, which is no secret", async () => {
    person.write(
      ".aws/config",
      "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start/\nsso_region = eu-west-1\n\n[profile x]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = Admin\nregion = eu-west-1\n",
    );
    const { code, stdout } = await person.run(["web", "x", "--portal", "--service", "ec2", "--print"]);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(
      "https://corp.awsapps.com/start/#/console?account_id=222222222222&role_name=Admin&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fec2%2Fhome%3Fregion%3Deu-west-1",
    );
  });

  test.each([
    "javascript:alert(document.domain)",
    "file:///etc/passwd",
    "data:text/html,x",
    "http://corp.awsapps.com/start",
    "https://corp.awsapps.com.evil.example/start",
    "https://corp.awsapps.com@evil.example/start",
    "https://evil.example/\u001b]0;pwn\u0007",
    "--help",
  ])("a start URL that is none of AWS's is neither printed nor opened: %j", async (startUrl) => {
    const own = `sso_start_url = ${startUrl}\nsso_region = eu-west-1\n`;
    const role = "sso_account_id = 222222222222\nsso_role_name = Admin\n";
    person.write(
      ".aws/config",
      `[sso-session corp]\n${own}\n[profile x]\nsso_session = corp\n${role}\n[profile old]\n${own}${role}`,
    );
    for (const name of ["x", "old", "corp/222222222222/Admin"]) {
      const opened = await runHere(person, ["web", name, "--portal"], { env: installBrowser() });
      const printed = await runHere(person, ["web", name, "--portal", "--print"]);
      expect([opened.code, printed.code, printed.stdout, person.has("argument")]).not.toContain(0);
      expect([printed.stdout, person.has("argument")]).toEqual(["", false]);
      expect(printed.stderr).toMatch(
        /the start URL is not an address|is no role of IAM Identity Center|there is no identity/,
      );
    }
  });
});
