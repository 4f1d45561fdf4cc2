// A person's machine that a tool is set up on: a home, a sandbox with Identity Center and a user, and a browser without script.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveSetupPage, type SetupPage, type SetupPageOptions } from "@daypass/auth";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { allowInBrowser, DEV, identityCenter, PROD } from "./sso-desk.js";
import { ALICE_DEVICE, HUB, WORLD } from "./hub-world.js";

export { ALICE_DEVICE, DEV, HUB, PROD };
export const HOSTILE = `</label><script>alert(1)</script><img src=x onerror=alert(2)>"'`;

const accounts = [...(WORLD.accounts ?? [])];
export const SETUP_WORLD: WorldFile = {
  accounts,
  buckets: WORLD.buckets ?? [],
  identityCenter: {
    ...identityCenter,
    assignments: [...identityCenter.assignments, { user: "ada", account: DEV, permissionSet: "Reader" }],
  },
};

export interface SetupDesk {
  readonly sandbox: Sandbox;
  readonly homeDir: string;
  /** What a setup of the tool is made with. */
  readonly options: Omit<SetupPageOptions, "toolName"> & { readonly toolName: string };
  serve(more?: Partial<SetupPageOptions>): Promise<SetupPage>;
  write(file: "config" | "credentials", text: string): Promise<void>;
  /** A file below the home; undefined where it is not there. */
  read(path: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export const openSetupDesk = async (): Promise<SetupDesk> => {
  const sandbox = await startSandbox({ world: SETUP_WORLD });
  const homeDir = await mkdtemp(join(tmpdir(), "daypass-setup-"));
  const pages: SetupPage[] = [];
  const options = {
    toolName: "my-tool",
    homeDir,
    env: {
      AWS_ENDPOINT_URL: sandbox.endpoint,
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      BROWSER: "none",
    },
    keychain: "off",
    plain: true,
    requiredActions: ["s3:ListAllMyBuckets", "iam:GetUser"],
    openBrowser: async (url: string) => void (await allowInBrowser(sandbox, url)),
  } as const;
  return {
    sandbox,
    homeDir,
    options,
    async serve(more = {}) {
      const page = await serveSetupPage({ ...options, ...more });
      pages.push(page);
      return page;
    },
    async write(file, text) {
      await mkdir(join(homeDir, ".aws"), { recursive: true });
      await writeFile(join(homeDir, ".aws", file), text);
    },
    read: (path) => readFile(join(homeDir, path), "utf8").catch(() => undefined),
    async close() {
      for (const page of pages) page.close();
      await Promise.allSettled(pages.map(({ finished }) => finished));
      await sandbox.stop();
      await rm(homeDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

/** A browser that keeps one cookie, sends what browsers send, and runs nothing. */
export interface PlainBrowser {
  /** What the last page said. */
  readonly html: string;
  /** Every page that was shown. */
  readonly seen: readonly string[];
  readonly home: string;
  readonly cookie: string;
  /** Opens the address of a setup. */
  open(url: string): Promise<string>;
  look(): Promise<string>;
  /** Fills the form of the page in and presses a button; waits while the machine is at work. */
  press(
    wish: "answer" | "back" | "stop",
    fields?: Readonly<Record<string, string>>,
    until?: { readonly untilQuestion: boolean },
  ): Promise<string>;
}

export const createPlainBrowser = (): PlainBrowser => {
  let [html, home, cookie] = ["", "", ""];
  const seen: string[] = [];
  const look = async (untilQuestion = true): Promise<string> => {
    for (;;) {
      const answer = await fetch(home, { headers: { cookie } });
      html = await answer.text();
      seen.push(html);
      if (!untilQuestion ? html.includes('class="told"') : !html.includes('http-equiv="refresh"')) return html;
    }
  };
  return {
    get html() {
      return html;
    },
    get home() {
      return home;
    },
    get cookie() {
      return cookie;
    },
    seen,
    look: () => look(),
    async open(url) {
      const answer = await fetch(url, { redirect: "manual" });
      home = new URL(answer.headers.get("location") ?? "", url).href;
      cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
      return look();
    },
    async press(wish, fields = {}, { untilQuestion } = { untilQuestion: true }) {
      const [, step = ""] = /name="step" value="([^"]*)"/.exec(html) ?? [];
      const named = Object.entries(fields).map(([name, value]) => [`f.${name}`, value]);
      const body = new URLSearchParams([["step", step], ["do", wish], ...named] as [string, string][]);
      await fetch(home, {
        method: "POST",
        redirect: "manual",
        headers: { cookie, origin: new URL(home).origin },
        body,
      });
      return look(untilQuestion);
    },
  };
};

/** Returns a page's heading. */
export const headingOf = (html: string): string => /<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? "";
