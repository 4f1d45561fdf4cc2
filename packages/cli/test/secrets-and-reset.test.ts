// Where secrets are, moving them, exchanging keys, and starting anew.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runHere } from "./run-here.js";
import { endPersons, startPerson, type Person } from "./start-person.js";

const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;
const FIRST = "violet tundra mosaic kettle orbit";
const SECOND = "hazel lantern quarry drift pepper";

let person: Person;
beforeEach(async () => {
  person = await startPerson();
});
afterEach(endPersons);

const own = "[default]\naws_access_key_id = AKIAMYOWNKEY00000000\naws_secret_access_key = mine\n";

describe("crypto", () => {
  test("shows where secrets are, and never what they are", async () => {
    await person.setUp();
    const { stdout } = await person.run(["crypto", "show", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "plain_file", hubs: ["work"] });
    expect((await person.run(["crypto", "show"])).stdout).toContain("IN CLEAR");
  });

  test.skipIf(!hasPython)("encrypts, changes the passphrase, and keeps the hub working", async () => {
    await person.setUp();
    const encrypted = await person.onTerminal(
      ["crypto"],
      [
        { see: "what do you want", type: "Encrypt\r" },
        { see: "a new passphrase", type: `${FIRST}\r` },
        { see: "once more", type: `${FIRST}\r` },
      ],
    );
    expect([encrypted.code, encrypted.stdout]).toEqual([0, expect.stringContaining("moved and read back")]);
    expect([person.has(".daypass/secrets.json"), person.read(".daypass/secrets.age")]).toEqual([
      false,
      expect.stringMatching(/^age-encryption/),
    ]);
    const changed = await person.onTerminal(
      ["crypto", "passphrase"],
      [
        { see: "has now", type: `${FIRST}\r` },
        { see: "the new passphrase", type: `${SECOND}\r` },
        { see: "once more", type: `${SECOND}\r` },
      ],
    );
    expect([changed.code, changed.stdout]).toEqual([0, expect.stringContaining("was changed")]);
    const used = await person.onTerminal(["auth", "dev/ADMIN"], [{ see: "passphrase of", type: `${SECOND}\r` }]);
    expect([used.code, used.stdout]).toEqual([0, expect.stringContaining("profile default is dev/ADMIN")]);
  });

  test.skipIf(!hasPython)("a changed byte of the encrypted file is noticed (old: nothing noticed it)", async () => {
    await person.setUp();
    const steps = [
      { see: "a new passphrase", type: `${FIRST}\r` },
      { see: "once more", type: `${FIRST}\r` },
    ];
    expect((await person.onTerminal(["crypto", "encrypt"], steps)).code).toBe(0);
    const path = join(person.home, ".daypass/secrets.age");
    const bytes = Buffer.from(person.read(".daypass/secrets.age"), "utf8");
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { code, stdout } = await person.onTerminal(
      ["auth", "dev/ADMIN"],
      [{ see: "passphrase of", type: `${FIRST}\r` }],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/damaged|changed|not what|does not/);
  });

  test("in clear only by --plain, and an encryption without anybody to ask changes nothing", async () => {
    await person.setUp();
    const before = person.read(".daypass/secrets.json");
    expect((await runHere(person, ["crypto", "decrypt"])).code).toBe(2);
    expect((await runHere(person, ["crypto", "encrypt"])).code).toBe(1);
    expect([person.read(".daypass/secrets.json"), person.has(".daypass/secrets.age")]).toEqual([before, false]);
    expect((await person.run(["auth", "dev/ADMIN"])).code).toBe(0);
  });
});

describe("rotate", () => {
  test("exchanges the hub's keys, and the old ones are gone at AWS", async () => {
    await person.setUp();
    const before = person.read(".daypass/config.json");
    expect((await runHere(person, ["rotate", "work"])).code).toBe(2);
    // Nobody is asked whether they are sure about what there is not.
    for (const typed of [["rotate"], ["config", "remove-hub"]]) {
      const { code, stderr } = await runHere(person, [...typed, "wrok"]);
      expect([code, stderr]).toEqual([2, 'daypass: there is no hub "wrok"\n  hint: known are work\n']);
    }
    expect(person.read(".daypass/config.json")).toBe(before);
    const { code, stdout } = await person.run(["rotate", "work", "--yes", "--json"]);
    const { oldAccessKeyId, accessKeyId } = JSON.parse(stdout) as Record<string, string>;
    expect([
      code,
      before.includes(oldAccessKeyId ?? "?"),
      person.read(".daypass/config.json").includes(accessKeyId ?? "?"),
    ]).toEqual([0, true, true]);
    expect(person.count("DeleteAccessKey")).toBe(1);
  });
});

describe("the agent", () => {
  test.each([
    ["a hub", ["remove-hub", "work", "--yes"], 1],
    ["an environment", ["remove-environment", "dev"], 1],
    ["a role", ["remove-role", "dev/ADMIN"], 1],
    ["another role", ["remove-role", "dev/RO"], 0],
  ])("hands out nothing of %s that is removed", async (_what, remove, after) => {
    await person.setUp();
    const ask = async () => (await person.run(["credential-process", "dev/ADMIN"])).code;
    expect(await ask()).toBe(0);
    expect((await runHere(person, ["config", ...remove])).code).toBe(0);
    expect(await ask()).toBe(after);
    await person.run(["agent", "stop"]);
  });
});

describe("reset", () => {
  test("takes our directory and our sections, and what was set aside comes back", async () => {
    await person.setUp();
    person.write(".aws/credentials", own);
    await person.run(["auth", "dev/ADMIN", "--force"]);
    await person.run(["auth", "dev/RO", "--profile", "ro"]);
    const { code } = await runHere(person, ["reset", "--yes"]);
    expect([code, person.has(".daypass"), person.read(".aws/credentials")]).toEqual([0, false, own]);
  });

  test("ends the agent, which nobody could reach any more", async () => {
    await person.setUp();
    await person.run(["agent", "start"]);
    const { pid } = JSON.parse((await person.run(["agent", "status", "--json"])).stdout) as { pid: number };
    expect((await runHere(person, ["reset", "--yes"])).code).toBe(0);
    // A process that ended stays as Z until its parent looks (proc(5)).
    const isThere = () =>
      existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    // Sooner than it would notice by itself, every 15 seconds, that its socket is gone.
    await expect.poll(isThere, { timeout: 9_000 }).toBe(false);
  });

  test("says where nothing of ours is", async () => {
    const { code, stderr } = await runHere(person, ["reset"]);
    expect([code, stderr]).toEqual([0, "nothing of ours is on this machine\n"]);
  });

  test("does nothing unless the name is typed", async () => {
    await person.setUp();
    expect((await runHere(person, ["reset"])).code).toBe(2);
    if (hasPython) {
      const { code, stdout } = await person.onTerminal(["reset"], [{ see: "type daypass", type: "yes\r" }]);
      expect([code, stdout]).toEqual([0, expect.stringContaining("nothing was removed")]);
    }
    expect(person.has(".daypass/config.json")).toBe(true);
  });

  test("works where the configuration is damaged, which is what it is for", async () => {
    await person.setUp();
    person.write(".daypass/config.json", "{");
    expect((await person.run(["reset", "--yes"])).code).toBe(0);
    expect(person.has(".daypass")).toBe(false);
  });

  test("is refused where our directory is a link to somewhere else", async () => {
    person.write("precious/file", "mine");
    symlinkSync(join(person.home, "precious"), join(person.home, ".daypass"));
    expect((await person.run(["reset", "--yes"])).code).toBe(1);
    expect(person.read("precious/file")).toBe("mine");
  });

  test("follows no link out of our directory", async () => {
    await person.setUp();
    person.write("precious/file", "mine");
    symlinkSync(join(person.home, "precious"), join(person.home, ".daypass", "link"));
    expect((await runHere(person, ["reset", "--yes"])).code).toBe(0);
    expect([person.has(".daypass"), readdirSync(join(person.home, "precious"))]).toEqual([false, ["file"]]);
    expect(statSync(join(person.home, "precious/file")).size).toBe(4);
  });
});
