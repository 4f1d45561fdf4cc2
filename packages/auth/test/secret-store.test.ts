// The keychain, and the choice between the places where secrets can be.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { neverPrompt } from "../dist/prompts/never-prompt.js";
import { createKeychain } from "../dist/secrets/keychain.js";
import { createMemorySecrets } from "../dist/secrets/memory-secrets.js";
import { openSecretStore, type SecretStoreOptions } from "../dist/secrets/open-secret-store.js";
import { createPlainFile } from "../dist/secrets/plain-file.js";
import { createKeychainProcess } from "../dist/secrets/run-keychain.js";
import type { AuthEvent, Locks, SecretStore } from "../dist/types.js";
import { memoryKeychain, type MemoryKeychain } from "./memory-keychain.js";
import { scriptedPrompt } from "./scripted-prompt.js";

const PASSPHRASE = "velvet-otter-quarry-lamp";
const CANARY = "canary-5up3r-s3cr3t";
const NEVER = () => new Promise<never>(() => undefined);

let folder: string;
let locks: Locks;
let keychain: MemoryKeychain;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-secrets-"));
  locks = createFileLocks({ directory: join(folder, "locks") });
  keychain = memoryKeychain();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refusal = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("canary");
  return error;
};

describe.each([
  ["the keychain", () => createKeychain({ service: "s", locks, run: keychain.run })],
  ["a keychain of short entries", () => createKeychain({ service: "s", locks, run: keychain.run, longestValue: 40 })],
  ["a plain file", () => createPlainFile({ path: join(folder, "secrets.json"), locks })],
  ["memory", () => createMemorySecrets()],
] as [string, () => SecretStore][])("%s", (_, create) => {
  test("keeps, lists, replaces and forgets", async () => {
    const store = create();
    expect([await store.get("a"), await store.names()]).toEqual([undefined, []]);
    const long = `${"x".repeat(5000)}é😀`;
    await store.set("b", long);
    await store.set("a", "=+1.2");
    await store.set("a/é", "");
    expect([await store.get("b"), await store.get("a"), await store.get("a/é")]).toEqual([long, "=+1.2", ""]);
    expect(await store.names()).toEqual(["a", "a/é", "b"]);
    await store.set("b", "short");
    expect(await store.get("b")).toBe("short");
    await store.delete("a");
    await store.delete("never there");
    expect(await store.names()).toEqual(["a/é", "b"]);
    await expect(store.set("", "x")).rejects.toMatchObject({ code: "invalid_option" });
  });

  test("loses nothing to callers at the same time", async () => {
    const store = create();
    await Promise.all(Array.from({ length: 8 }, (_, index) => store.set(`n${index}`, String(index))));
    expect(await store.names()).toHaveLength(8);
  });
});

describe("a plain file", () => {
  test("is of mode 0600, is refused when others may read it, and damage is never written over", async () => {
    const path = join(folder, "secrets.json");
    const store = createPlainFile({ path, locks });
    await store.set("a", CANARY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const text of ["{", "{}", `{"format":"daypass secrets","version":1,"secrets":{"a":"${CANARY}"}`]) {
      writeFileSync(path, text);
      expect(await refusal(store.set("b", "1"))).toMatchObject({ code: "secrets_damaged" });
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    writeFileSync(path, '{"format":"daypass secrets","version":9}');
    expect(await refusal(store.get("a"))).toMatchObject({ code: "newer_version" });
    rmSync(path);
    writeFileSync(path, "", { mode: 0o640 });
    expect(await refusal(store.get("a"))).toMatchObject({ code: "file_unusable" });
  });
});

describe("the keychain", () => {
  test("an entry whose parts were changed or are missing is damaged", async () => {
    const store = createKeychain({ service: "s", locks, run: keychain.run, longestValue: 40 });
    await store.set("a", "x".repeat(500));
    const part = [...keychain.entries.keys()].find((account) => account.includes("part "));
    keychain.entries.set(part ?? "", "AAAA");
    expect(await refusal(store.get("a"))).toMatchObject({ code: "secrets_damaged" });
  });

  test("a long secret that is replaced leaves no parts behind", async () => {
    const store = createKeychain({ service: "s", locks, run: keychain.run, longestValue: 400 });
    await store.set("a", "x".repeat(5000));
    await store.set("a", "short");
    expect([...keychain.entries.keys()].filter((account) => account.includes("part "))).toEqual([]);
  });

  test("while a long secret is replaced, the old one stays whole until the new one is", async () => {
    const store = createKeychain({ service: "s", locks, run: keychain.run, longestValue: 40 });
    await store.set("a", "old ".repeat(50));
    const whole = keychain.run;
    const interrupted = createKeychain({
      service: "s",
      locks,
      longestValue: 40,
      run: (service, steps, options) => {
        const head = steps.findLastIndex((step) => step.do === "write" && step.account === "secret a");
        return whole(service, head === -1 ? steps : steps.slice(0, head), options);
      },
    });
    await interrupted.set("a", "new ".repeat(50));
    expect(await store.get("a")).toBe("old ".repeat(50));
  });

  test("one that never answers is given up in time, and nothing is left running", async () => {
    let signal: AbortSignal | undefined;
    const store = createKeychain({
      service: "s",
      locks,
      timeoutMs: 20,
      run: (_, _steps, options) => {
        signal = options.signal;
        return NEVER();
      },
    });
    expect(await store.probe()).toBe("the keychain did not answer within 0.02 seconds");
    expect(signal?.aborted).toBe(true);
    expect(await refusal(store.set("a", CANARY))).toMatchObject({ code: "secrets_unavailable" });
  });

  test("one that answers, and then asks the person, has more time", async () => {
    const run: typeof keychain.run = (_, _steps, { onAlive }) => {
      onAlive();
      return NEVER();
    };
    const store = createKeychain({ service: "s", locks, timeoutMs: 1, unlockTimeoutMs: 30, run });
    expect(await store.probe()).toBe("the keychain did not answer within 0.03 seconds");
  });

  test("what goes wrong in it repeats no secret", async () => {
    keychain.before = () => Promise.reject(new Error("no such interface"));
    const store = createKeychain({ service: "s", locks, run: keychain.run });
    expect(await refusal(store.set("a", CANARY))).toMatchObject({ code: "secrets_unavailable" });
  });

  // The address of a D-Bus that takes connections and says nothing: native code waits for it for ever.
  test.skipIf(process.platform !== "linux")(
    "a D-Bus that says nothing holds neither the caller nor the process",
    async () => {
      const bus = join(folder, "bus");
      const server = createServer(() => undefined);
      await new Promise<void>((resolve) => void server.listen(bus, resolve));
      try {
        const module = fileURLToPath(new URL("../dist/secrets/keychain.js", import.meta.url));
        const child = await new Promise<string>((resolve, reject) => {
          const text = `
          import { createKeychain } from ${JSON.stringify(module)};
          const keychain = createKeychain({ service: "s", locks: { withLock: (_, work) => work() }, timeoutMs: 400 });
          console.log(await keychain.probe());`;
          void import("node:child_process").then(({ execFile }) =>
            execFile(
              process.execPath,
              ["--input-type=module", "-e", text],
              { env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` }, timeout: 100_000 },
              (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
            ),
          );
        });
        expect(child).toBe("the keychain did not answer within 0.4 seconds\n");
      } finally {
        server.close();
      }
    },
  );

  const desktop = spawnSync("dbus-run-session", ["--", "gnome-keyring-daemon", "--version"]).status === 0;
  if (!desktop) process.stderr.write("skipped: dbus-run-session or gnome-keyring is not installed\n");
  test.skipIf(!desktop)("a real Secret Service keeps and gives back", () => {
    const module = fileURLToPath(new URL("../dist/secrets/keychain.js", import.meta.url));
    const text = `import { createKeychain } from ${JSON.stringify(module)};
      const k = createKeychain({ service: "daypass test", locks: { withLock: (_, work) => work() } });
      await k.set("a", "1"); await k.set("b", "2"); await k.delete("a");
      console.log(JSON.stringify([await k.get("a") ?? null, await k.get("b"), await k.names()]));`;
    const script = `echo -n test | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$0" --input-type=module -e "$1"`;
    const { stdout } = spawnSync("dbus-run-session", ["--", "sh", "-c", script, process.execPath, text], {
      env: { PATH: "/usr/bin:/bin", HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder },
      encoding: "utf8",
      timeout: 100_000,
    });
    expect(stdout).toContain('[null,"2",["b"]]');
  });

  test("a program that is not there, or that speaks nonsense, is a keychain that cannot be used", async () => {
    const run = createKeychainProcess({ program: join(folder, "not-there.js"), env: {} });
    expect(await createKeychain({ service: "s", locks, run }).probe()).toBe("the keychain cannot be used");
    const program = join(folder, "nonsense.mjs");
    const nonsense = createKeychainProcess({ program, env: {} });
    for (const answer of ["nonsense", "{}", "[1]", '["more than was asked"]']) {
      writeFileSync(program, `process.stdout.write(${JSON.stringify(`alive\n${answer}\n`)})`);
      expect(await createKeychain({ service: "s", locks, run: nonsense }).probe()).toBe("the keychain cannot be used");
    }
  });
});

describe("where secrets are", () => {
  const events: AuthEvent[] = [];
  const open = (options: Partial<SecretStoreOptions> = {}) => {
    events.length = 0;
    return openSecretStore({
      directory: folder,
      keychain: "auto",
      plain: false,
      locks,
      prompt: neverPrompt("this is a test"),
      record: async (event) => void events.push(event),
      run: keychain.run,
      timeoutMs: 50,
      now: () => 0,
      ...options,
    });
  };
  const isAway = () => (keychain.before = () => Promise.reject(new Error("no D-Bus")));
  const files = () =>
    ["secrets-kind.json", "secrets.age", "secrets.json"].filter((name) => existsSync(join(folder, name)));

  test("in the keychain, where there is one", async () => {
    const store = await open();
    await store.set("a", CANARY);
    expect([store.kind, files(), await (await open()).get("a")]).toEqual(["keychain", ["secrets-kind.json"], CANARY]);
  });

  test("before anything is stored, reading asks no keychain and nobody, and leaves no trace", async () => {
    const store = await open();
    expect([await store.get("a"), await store.names(), keychain.runs, files()]).toEqual([undefined, [], 0, []]);
    await store.delete("a");
    expect(events).toEqual([]);
  });

  test.each([
    ["away", () => isAway(), "the keychain cannot be used"],
    ["hung", () => (keychain.before = NEVER), "the keychain did not answer within 0.05 seconds"],
  ])("under a passphrase where the keychain is %s, and it is said why", async (_, break_, why) => {
    break_();
    const prompt = scriptedPrompt(PASSPHRASE);
    const store = await open({ prompt });
    expect(await store.needsPerson()).toBe(true);
    await store.set("a", CANARY);
    expect(prompt.told[0]).toBe(`${why}, so that secrets go to a file under a passphrase`);
    expect([store.kind, await store.get("a"), await store.needsPerson()]).toEqual(["passphrase_file", CANARY, false]);
    store.lock();
    expect(await store.needsPerson()).toBe(true);
    // The keychain is back, and the secrets are still where they are.
    keychain.before = () => Promise.resolve();
    expect((await open()).kind).toBe("passphrase_file");
  });

  test("nowhere, where the keychain is away and nobody can be asked", async () => {
    isAway();
    expect(await refusal((await open()).set("a", CANARY))).toMatchObject({ code: "secrets_unavailable" });
    expect(files()).toEqual([]);
  });

  test("a keychain that is away today is an error, not a reason to look elsewhere", async () => {
    await (await open()).set("a", CANARY);
    isAway();
    const prompt = scriptedPrompt(PASSPHRASE);
    const store = await open({ prompt });
    const works = [() => store.get("a"), () => store.set("b", CANARY), () => store.names(), () => store.delete("a")];
    for (const work of works) expect(await refusal(work())).toMatchObject({ code: "secrets_unavailable" });
    expect([prompt.asked, files()]).toEqual([[], ["secrets-kind.json"]]);
  });

  test("a passphrase file that was brought here is used, also beside a keychain", async () => {
    isAway();
    await (await open({ prompt: scriptedPrompt(PASSPHRASE) })).set("a", CANARY);
    rmSync(join(folder, "secrets-kind.json"));
    keychain.before = () => Promise.resolve();
    const store = await open({ prompt: scriptedPrompt(PASSPHRASE) });
    expect([store.kind, await store.get("a")]).toEqual(["passphrase_file", CANARY]);
  });

  test("in clear only where that is asked for, and the person is told what it means", async () => {
    const prompt = scriptedPrompt();
    const store = await open({ plain: true, prompt });
    expect(await store.needsPerson()).toBe(false);
    await store.set("a", CANARY);
    expect(prompt.told.join()).toMatch(/in clear in .*whoever reads this disk or a copy of it has them/);
    expect([store.kind, await (await open()).get("a"), keychain.runs]).toEqual(["plain_file", CANARY, 0]);
  });

  test("what contradicts the place that was chosen is refused", async () => {
    await (await open()).set("a", CANARY);
    expect(await refusal((await open({ plain: true })).set("b", CANARY))).toMatchObject({
      code: "secrets_unavailable",
    });
    expect(await refusal((await open({ keychain: "off" })).get("a"))).toMatchObject({ code: "secrets_unavailable" });
    expect(files()).toEqual(["secrets-kind.json"]);
  });

  test("a choice that cannot be read is an error", async () => {
    for (const text of ["", "{}", '{"format":"daypass secrets kind","version":1,"kind":"memory"}']) {
      writeFileSync(join(folder, "secrets-kind.json"), text, { mode: 0o600 });
      expect(await refusal(open())).toMatchObject({ code: "file_malformed" });
    }
  });

  test("a choice that others can make is not believed", async () => {
    const choice = join(folder, "secrets-kind.json");
    writeFileSync(choice, '{"format":"daypass secrets kind","version":1,"kind":"plain_file"}\n');
    chmodSync(choice, 0o666);
    expect(await refusal(open())).toMatchObject({ code: "file_unusable" });
    chmodSync(choice, 0o600);
    expect((await open()).kind).toBe("plain_file");
  });

  test("a directory that others may write in is closed to them", async () => {
    chmodSync(folder, 0o777);
    await open();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const file = join(folder, "a file");
    writeFileSync(file, "");
    expect(await refusal(open({ directory: file }))).toMatchObject({ code: "file_unusable" });
  });

  test("two processes that store their first secret at once choose one place", async () => {
    const [one, two] = await Promise.all([open(), open({ keychain: "auto" })]);
    await Promise.all([one.set("a", "1"), two.set("b", "2")]);
    expect(await (await open()).names()).toEqual(["a", "b"]);
  });

  test("every change is recorded by name before it is made, and not made where it cannot be recorded", async () => {
    const store = await open();
    await store.set("a", CANARY);
    await store.delete("a");
    expect(events).toEqual([
      { type: "secret.stored", time: new Date(0), name: "a" },
      { type: "secret.deleted", time: new Date(0), name: "a" },
    ]);
    const failing = await open({ record: () => Promise.reject(new Error("disk full")) });
    await expect(failing.set("b", CANARY)).rejects.toThrow("disk full");
    expect(await failing.names()).toEqual([]);
  });
});
