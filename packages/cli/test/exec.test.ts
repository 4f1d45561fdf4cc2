// A command as somebody: its words as they were typed, its exit code, its signals, and only one identity in its sight.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasTerminal } from "./has-terminal.js";
import { onTerminal, PROGRAM, startShellWorld, type ShellWorld } from "./shell-world.js";

let world: ShellWorld;
beforeAll(async () => {
  world = await startShellWorld();
});
afterAll(() => world.close());

const exec = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  world.run(["exec", "dev/OPEN", "--", ...words], env);
const printed = (code: string) => [process.execPath, "-p", code];

test("the command's words are not read by a shell", async () => {
  const hostile = ["$(touch /tmp/x)", "a b", "", "*", "'", '"', "--read-only", "\\n", "a\nb"];
  const { stdout } = await exec([...printed("JSON.stringify(process.argv.slice(1))"), "--", ...hostile]);
  expect(stdout.trim()).toBe(JSON.stringify(hostile));
});

test("nothing that says who somebody else is reaches the command", async () => {
  const stale = {
    AWS_PROFILE: "other",
    AWS_SECURITY_TOKEN: "stale",
    AWS_WEB_IDENTITY_TOKEN_FILE: "/stale",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/stale",
  };
  // A stale AWS_PROFILE names nothing: it must not even be looked at.
  const { code, stdout } = await exec(printed("JSON.stringify(process.env)"), stale);
  expect(code).toBe(0);
  const seen = JSON.parse(stdout) as Record<string, string>;
  for (const name of Object.keys(stale)) expect(seen).not.toHaveProperty(name);
  expect(seen).toMatchObject({
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    DAYPASS_IDENTITY: "dev/OPEN",
  });
  expect(seen["AWS_ACCESS_KEY_ID"]).toMatch(/^ASIA/);
});

test.each([0, 1, 7, 255])("its exit code %i is ours", async (code) => {
  expect((await exec(["sh", "-c", `exit ${code}`])).code).toBe(code);
});

test("a command that a signal ended is 128 and the signal's number", async () => {
  expect((await exec(["sh", "-c", "kill -TERM $$"])).code).toBe(143);
  expect((await exec(["sh", "-c", "kill -KILL $$"])).code).toBe(137);
});

test("a command without `--` before it is refused, and the `--` is what is missing", async () => {
  const { code, stderr } = await world.run(["exec", "dev/OPEN", "aws", "s3"]);
  expect(code).toBe(2);
  expect(stderr).toContain("`--` is missing between the identity and the command");
});

test("what is not there is 127, what cannot be run is 126, and both are said", async () => {
  expect(await exec(["/not/there"])).toMatchObject({
    code: 127,
    stderr: expect.stringContaining("is not there") as string,
  });
  expect(await exec(["/etc/passwd"])).toMatchObject({
    code: 126,
    stderr: expect.stringContaining("cannot be run") as string,
  });
});

test("a signal that is sent to us reaches the command, which ends as it likes", async () => {
  // Not for ever, in case nothing reaches it.
  const trap = 'trap "exit 42" TERM; echo ready; n=0; while [ $n -lt 2400 ]; do sleep 0.05; n=$((n+1)); done';
  const child = spawn(process.execPath, [PROGRAM, "exec", "dev/OPEN", "--", "sh", "-c", trap], {
    env: { ...world.env },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  child.stdout.once("data", () => child.kill("SIGTERM"));
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(42);
});

test.skipIf(!hasTerminal)("Ctrl-C on a terminal reaches the command once, and us not at all", async () => {
  // Not a shell: it would take two that come close together for one.
  const script = `let n = 0; process.on("SIGINT", () => { if (n++ === 0) setTimeout(end, 400); });
    const end = () => { console.log("count " + n); process.exit(9); };
    console.log("rea" + "dy"); setInterval(() => undefined, 1000);`;
  const command = [process.execPath, PROGRAM, "exec", "dev/OPEN", "--", process.execPath, "-e", script];
  const { code, output } = await onTerminal(command, world.env, [{ see: "ready", type: "\u0003" }]);
  expect(output).toContain("count 1");
  expect(code).toBe(9);
});

test.skipIf(!hasTerminal)(
  "Ctrl-Z stops the command and us together, the shell has its terminal back, and fg goes on with both",
  { timeout: 60_000 },
  async () => {
    const script = `echo beg""un; read x; echo "got $x"; exit 7`;
    const line = `'${process.execPath}' '${PROGRAM}' exec dev/OPEN -- sh -c '${script}'`;
    const env = { ...world.env, PS1: "at> ", HISTFILE: "/dev/null" };
    const { output, done } = await onTerminal(["bash", "--norc", "--noprofile", "-i"], env, [
      { see: "at> ", type: `${line}\r` },
      { see: "begun", type: "\u001a" },
      { see: "at> ", type: 'echo stopped"="$(jobs -s | wc -l)\r' },
      { see: "stopped=1", type: "fg\r" },
      { see: "exec dev/OPEN", type: "hello\r" },
      { see: "got hello", type: 'echo code"="$?\r' },
      { see: "code=7", type: "exit\r" },
    ]);
    expect([done, output]).toEqual([7, expect.stringContaining("code=7")]);
  },
);

test("without `--`, or with more than an identity before it, nothing is run", async () => {
  expect((await world.call(["exec", "dev/OPEN", "true"])).code).toBe(2);
  expect((await world.call(["exec", "dev/OPEN", "more", "--", "true"])).code).toBe(2);
  expect((await world.call(["exec", "dev/OPEN", "--"])).code).toBe(2);
});

test.skipIf(!existsSync("/proc/self/coredump_filter"))(
  "while a command runs a core of ours would have none of our memory, and one of its own is as it was",
  async () => {
    const ours = "ours() { cat /proc/$PPID/coredump_filter; }; n=0";
    const wait = "until [ $(ours) = 00000000 ] || [ $n -ge 500 ]; do n=$((n+1)); sleep 0.02; done";
    const { stdout, code } = await exec(["sh", "-c", `${ours}; ${wait}; ours; cat /proc/self/coredump_filter`]);
    expect([stdout, code]).toEqual([`00000000\n${readFileSync("/proc/self/coredump_filter", "utf8")}`, 0]);
  },
);

test("no secret stands among the arguments of any process", async () => {
  const look =
    "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done 2>/dev/null; echo; printf %s \"$AWS_SECRET_ACCESS_KEY\"";
  const { stdout } = await exec(["sh", "-c", look]);
  const lines = stdout.split("\n");
  const secret = lines.at(-1) ?? "";
  expect(secret.length).toBeGreaterThan(20);
  expect(lines.slice(0, -1).filter((line) => [secret, ...world.secrets].some((each) => line.includes(each)))).toEqual(
    [],
  );
});
