// The console in a browser: signed in as the identity, and no secret where others can read it.
import { chmodSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runHere } from "./run-here.js";
import { endPersons, startPerson, type Person } from "./start-person.js";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const destinationOf = (link: string): string => new URL(link.trim()).searchParams.get("Destination") ?? "";

/** Notes what it was started with, what the page says, who may read it, and what it sees of the environment. */
const BROWSER = `#!/bin/sh
printf '%s' "$1" >"$HOME/argument"
page=\${1#file://}
cp -p "$page" "$HOME/page"
env >"$HOME/environment"
`;

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

  test("the link is on no command line: the browser gets a file that only its owner may read, and it is gone after", async () => {
    await person.setUp();
    const { code, stdout, stderr } = await person.run(["web", "dev/ADMIN"], { env: installBrowser() });
    expect(code).toBe(0);
    expect(person.read("argument")).toMatch(/^file:\/\/.*\/\.daypass\/sign-in-[0-9a-f]{32}\.html$/);
    expect(person.read("page")).toContain("SigninToken=");
    expect(statSync(join(person.home, "page")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(person.home, ".daypass")).filter((name) => name.endsWith(".html"))).toEqual([]);
    expect(stdout + stderr + person.read("argument")).not.toContain("SigninToken");
    expect(person.read("environment")).not.toMatch(/^AWS_/m);
  });

  test("the page is closed to others from its first moment, and taken away", async () => {
    await person.setUp();
    expect((await runHere(person, ["web", "dev/ADMIN"], { env: installBrowser() })).code).toBe(0);
    expect(statSync(join(person.home, "page")).mode & 0o777).toBe(0o600);
    expect(person.read("argument")).not.toContain("SigninToken");
    expect(person.read("environment")).not.toMatch(/^AWS_/m);
    expect(readdirSync(join(person.home, ".daypass")).filter((name) => name.endsWith(".html"))).toEqual([]);
  });

  test("where no browser opens, the page goes too, and it says what to do", async () => {
    await person.setUp();
    const { code, stderr } = await person.run(["web", "dev/ADMIN"], { env: { PATH: "/nowhere", BROWSER: "" } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("--print")]);
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
    expect(person.read("page")).toContain("ext+container:name=dev%2FADMIN&#38;url=http");
    expect(person.read("argument")).toMatch(/^file:/);
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
});
