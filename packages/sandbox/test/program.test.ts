// The program: flags, streams, signals and exit codes, as a shell sees them.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-sandbox-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program; `when` is given everything printed so far, and stops it once it answers with a signal. */
function run(
  args: readonly string[],
  options: {
    env?: Record<string, string>;
    when?: (stdout: string, stderr: string) => Promise<NodeJS.Signals | undefined>;
  } = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env["PATH"] ?? "", ...options.env } });
    let stdout = "";
    let stderr = "";
    const look = () => {
      options.when?.(stdout, stderr).then((signal) => signal !== undefined && child.kill(signal), reject);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      look();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      look();
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

const errorLines = (message: string, hint: string) =>
  `daypass-sandbox: error: ${message}\ndaypass-sandbox: hint: ${hint}\n`;

describe("--json", () => {
  it("prints exactly one line when the sandbox answers, and runs until SIGTERM with exit code 0", async () => {
    let arn: string | undefined;
    const ended = await run(["--json"], {
      when: async (stdout) => {
        if (!stdout.endsWith("\n") || arn !== undefined) return undefined;
        const { endpoint, accounts } = JSON.parse(stdout) as {
          endpoint: string;
          accounts: { admin: { accessKeyId: string; secretAccessKey: string } }[];
        };
        const client = new STSClient({ endpoint, region: "us-east-1", credentials: accounts[1]!.admin });
        arn = (await client.send(new GetCallerIdentityCommand({}))).Arn;
        return "SIGTERM";
      },
    });
    expect(arn).toBe("arn:aws:iam::222222222222:user/admin");
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(ended.stdout.split("\n")).toHaveLength(2);
    const line = JSON.parse(ended.stdout) as Record<string, unknown>;
    expect(Object.keys(line)).toEqual(["endpoint", "console", "control", "accounts"]);
    expect(line["endpoint"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(line["console"]).toBe(`${String(line["endpoint"])}/_console/`);
    expect(String(line["control"]).startsWith(`${String(line["endpoint"])}/_sandbox/`)).toBe(true);
    expect((line["accounts"] as object[]).map((account) => Object.keys(account))).toEqual(
      Array.from({ length: 6 }, () => ["id", "name", "admin"]),
    );
  });

  it("may be stopped the moment it has printed its line", async () => {
    const ended = await run(["--json"], {
      when: (stdout) => Promise.resolve(stdout.includes("\n") ? "SIGINT" : undefined),
    });
    expect(ended).toMatchObject({ code: 0, signal: null });
  });
});

describe("without --json", () => {
  const once = (args: readonly string[]) =>
    run(args, {
      when: (_stdout, stderr) => Promise.resolve(stderr.includes("nothing is kept.") ? "SIGTERM" : undefined),
    });

  it("the banner says how to start, and shows no key", async () => {
    const { code, stdout, stderr } = await once([]);
    expect(code).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+ AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1/,
    );
    expect(stderr).toContain("--show-keys vendor");
    expect(stderr).toContain("222222222222 customer");
    expect(stderr).not.toMatch(/AKIA|_sandbox/);
  });

  it("--show-keys prints the export lines of one account on stdout", async () => {
    const { stdout, stderr } = await once(["--show-keys", "customer"]);
    expect(stdout).toMatch(
      /^export AWS_ENDPOINT_URL=\S+ AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\nexport AWS_ACCESS_KEY_ID=AKIA\w{16} AWS_SECRET_ACCESS_KEY=\S{40}\n$/,
    );
    expect(stderr).not.toMatch(/AKIA/);
  });
});

describe("wrong use", () => {
  const hint = "see daypass-sandbox --help";
  it.each([
    [["--prot", "1"], "unknown option '--prot'", hint],
    [["--port"], "option '--port <value>' argument missing", hint],
    [["--port", "x"], "--port must be a whole number from 0 to 65535, not x", hint],
    [["--port", "65536"], "--port must be a whole number from 0 to 65535, not 65536", hint],
    [["--stack-seconds", "soon"], "--stack-seconds must be a whole number from 0 to 9999, not soon", hint],
    [["--fault", "{"], `--fault must be JSON such as {"kind":"outage","service":"sts","mode":"unavailable"}`, hint],
    [
      ["--fault", '{"kind":"outage","mode":"hang"}'],
      "an outage needs `service`, `region` or both",
      "say what is out: a service everywhere, everything in a region, or a service in a region",
    ],
    [
      ["--source-ip", "127.0.0.1/8"],
      'the source IP needs `address` to be an IPv4 or IPv6 address, not "127.0.0.1/8"',
      "correct it",
    ],
    [["--port", "-1"], "--port must be a whole number from 0 to 65535, not -1", hint],
    [["extra"], "unexpected argument 'extra'", hint],
    [["--json", "--show-keys", "dev"], "--json prints every key, --show-keys does not go with it", hint],
    [["--show-keys", "nobody"], "there is no account nobody", "use one of vendor, customer, hub, dev, stage, prod"],
  ])("%j ends with exit code 2, an error and a hint", async (args, message, expected) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout, stderr]).toEqual([2, "", errorLines(message, expected)]);
  });

  it("NODE_ENV=production is refused", async () => {
    const { code, stdout, stderr } = await run(["--json"], { env: { NODE_ENV: "production" } });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^daypass-sandbox: error: the sandbox does not run with NODE_ENV=production\n/);
  });

  it("a port that is taken is told", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as { port: number };
    const { code, stderr } = await run(["--port", String(port)]);
    server.close();
    expect([code, stderr]).toEqual([
      1,
      errorLines(`port ${port} is taken`, "choose another port, or 0 for any that is free"),
    ]);
  });
});

describe("--world", () => {
  const world = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const failed = async (path: string) => {
    const { code, stdout, stderr } = await run(["--world", path, "--json"]);
    expect([code, stdout]).toEqual([1, ""]);
    return stderr.split("\n")[0];
  };

  it("tells a missing, an unreadable and a malformed file apart", async () => {
    const missing = join(folder, "none.json");
    expect(await failed(missing)).toBe(`daypass-sandbox: error: there is no world file ${missing}`);
    expect(await failed(folder)).toBe(`daypass-sandbox: error: the world file ${folder} cannot be read (EISDIR)`);
    const broken = world("broken.json", `{\n  "accounts": [],\n  planted\n}`);
    const place = ": see line 3, column 3";
    expect(await failed(broken)).toBe(`daypass-sandbox: error: the world file ${broken} is not JSON${place}`);
    const wrong = world("wrong.json", `{"accounts":[{"id":"1"}]}`);
    expect(await failed(wrong)).toBe(`daypass-sandbox: error: ${wrong}: accounts[0].id: must be 12 digits, as text`);
    if (process.getuid?.() === 0) return;
    const locked = world("locked.json", "{}");
    chmodSync(locked, 0);
    expect(await failed(locked)).toBe(`daypass-sandbox: error: the world file ${locked} cannot be read (EACCES)`);
  });

  it("adds a file's accounts", async () => {
    const path = world("good.json", `\ufeff{"accounts":[{"id":"777777777777","name":"lab"}]}`);
    const { stdout } = await run(["--world", path, "--json"], {
      when: (text) => Promise.resolve(text.includes("\n") ? "SIGTERM" : undefined),
    });
    expect(stdout).toContain(`"id":"777777777777","name":"lab"`);
  });
});

describe("--help and --version", () => {
  it("print to stdout and end with exit code 0", async () => {
    const help = await run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(
      "usage: daypass-sandbox [--port N] [--world FILE.json] [--json] [--show-keys ACCOUNT]",
    );
    expect(await run(["--version"])).toMatchObject({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });
});

describe("--stack-seconds", () => {
  it("lets a stack be in progress for so long", async () => {
    let status: string | undefined;
    let asked = false;
    await run(["--json", "--stack-seconds", "600"], {
      when: async (stdout) => {
        if (!stdout.endsWith("\n") || asked) return undefined;
        asked = true;
        const { endpoint, accounts } = JSON.parse(stdout) as {
          endpoint: string;
          accounts: { admin: { accessKeyId: string; secretAccessKey: string } }[];
        };
        const client = new CloudFormation({ endpoint, region: "us-east-1", credentials: accounts[1]!.admin });
        const Resources = { Wait: { Type: "AWS::CloudFormation::WaitConditionHandle" } };
        await client.createStack({ StackName: "slow", TemplateBody: JSON.stringify({ Resources }) });
        status = (await client.describeStacks({ StackName: "slow" })).Stacks?.[0]?.StackStatus;
        return "SIGTERM";
      },
    });
    expect(status).toBe("CREATE_IN_PROGRESS");
  });
});

describe("--fault and --source-ip", () => {
  it("are in place from the start, as often as they are given", async () => {
    let state: unknown;
    let asked = false;
    const faults = [
      '{"kind":"propagation","delayMs":8000}',
      '{"kind":"throttle","service":"sts","ratePerSecond":5,"burst":10}',
    ];
    await run(["--json", ...faults.flatMap((fault) => ["--fault", fault]), "--source-ip", "203.0.113.9"], {
      when: async (stdout) => {
        if (!stdout.endsWith("\n") || asked) return undefined;
        asked = true;
        const { control } = JSON.parse(stdout) as { control: string };
        state = await (await fetch(`${control}state`)).json();
        return "SIGTERM";
      },
    });
    expect(state).toMatchObject({
      faults: [
        { kind: "propagation", delayMs: 8000 },
        { kind: "throttle", burst: 10 },
      ],
      sourceIp: { everywhere: "203.0.113.9" },
    });
  });
});
