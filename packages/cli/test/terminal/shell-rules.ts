// What must hold in every shell, as functions: the tests run them on what is shipped, and on what is broken on purpose.
import { expect } from "vitest";
import { quoteForShell } from "../../dist/shells/quote-for-shell.js";
import { renderStatements } from "../../dist/shells/render-statements.js";
import { dialectOf } from "../../dist/shells/shell-names.js";
import { dump, openHome, runScript, type HomeOptions, type TestShell } from "./open-shell.js";

type Broken = HomeOptions["broken"];

export const identityOf = (word: string, region?: string): Record<string, unknown> => ({
  access: {
    accessKeyId: `ASIA${word}`,
    secretAccessKey: `secret/${word}`,
    sessionToken: `token'"$(touch ran)\\ ${word}`,
    expiration: Date.UTC(2099, 0, 1),
  },
  ...(region === undefined ? {} : { region }),
});

const IDENTITIES = { "prod/admin": identityOf("PROD", "eu-west-1"), plain: identityOf("PLAIN") };

const INDEX = "prod/admin\tagent-prod/admin\teu-west-1\tprod/admin\nplain\tagent-plain\t-\tplain\n";

/** Everything by which an SDK could have found other credentials, set by the person before. */
const BEFORE: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "AKIAOLD",
  AWS_SECRET_ACCESS_KEY: "old  secret '\"$(touch ran)",
  AWS_SESSION_TOKEN: "old",
  AWS_SECURITY_TOKEN: "old",
  AWS_PROFILE: "old profile",
  AWS_DEFAULT_PROFILE: "old",
  AWS_CREDENTIAL_FILE: "/old",
  AWS_SESSION_EXPIRATION: "old",
  AWS_ROLE_ARN: "old",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/old",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/old",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/old",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "old",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/old",
  AWS_SDK_LOAD_CONFIG: "1",
  AWS_ACCOUNT_ID: "999999999999",
  AWS_CREDENTIAL_SCOPE: "persons-own",
  AWS_DEFAULT_REGION: "us-west-2",
  AWS_PAGER: "",
  AWS_CA_BUNDLE: "/ca bundle",
};

const aboutUs = (environment: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment ?? {})
      .filter(([name]) => name.startsWith("AWS_") || name.startsWith("DAYPASS_"))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const PERSONS_OWN = { AWS_CA_BUNDLE: "/ca bundle", AWS_PAGER: "" };
const AFTER_PROD = {
  ...PERSONS_OWN,
  AWS_ACCESS_KEY_ID: "ASIAPROD",
  AWS_CREDENTIAL_EXPIRATION: "2099-01-01T00:00:00Z",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_REGION: "eu-west-1",
  AWS_SECRET_ACCESS_KEY: "secret/PROD",
  AWS_SESSION_TOKEN: `token'"$(touch ran)\\ PROD`,
  DAYPASS_EXPIRES_AT: "4070908800",
  DAYPASS_IDENTITY: "prod/admin",
  DAYPASS_LABEL: "prod/admin",
};

const setRegion = (shell: TestShell, value: string): string =>
  shell.language === "nu"
    ? `$env.AWS_REGION = "${value}"`
    : renderStatements(shell.title.split(" ")[0] ?? "", [{ set: "AWS_REGION", value }]).trim();

/** The line, and what it gives on stdout: a script of Nushell shows a value only where it is told to. */
const shown = ({ language }: TestShell, line: string): string => (language === "nu" ? `print (${line})` : line);

/** The line, and its exit code on stdout: a script of Nushell ends where a command fails. */
const withCode = ({ language }: TestShell, line: string): string =>
  ({
    sh: `${line}; echo code=$?`,
    csh: `${line}; echo code=$status`,
    fish: `${line}; echo code=$status`,
    nu: `try { ${line} }; print $"code=($env.LAST_EXIT_CODE)"`,
  })[language];

const showPrompt = (shell: TestShell): string =>
  ({
    sh: `printf '%s|' "$PS1"`,
    csh: `sh -c 'printf "%s|" "$0"' $prompt:q`,
    fish: "functions fish_prompt | string match -rv '^#'; echo -n '|'",
    nu: "print --no-newline $'(do $env.PROMPT_COMMAND)|'",
  })[shell.language];

const givePrompt = (shell: TestShell): string =>
  ({
    sh: "PS1='$ %% ! \\w '",
    csh: "set prompt = '$ %% \\! '",
    fish: "function fish_prompt; echo -n '$ '; end",
    nu: "$env.PROMPT_COMMAND = {|| '$ ' }",
  })[shell.language];

const listEverything = (shell: TestShell): string =>
  ({
    sh: "{ set; alias; }",
    csh: "( set; alias; complete; setenv )",
    fish: "begin; set -n; functions -an; complete; end",
    // Its commands stay.
    nu: "$env | transpose name value | where value != null | get name | to text",
  })[shell.language];

const nameBoth = (shell: TestShell): string =>
  ({
    sh: "both() { aws-as plain; aws-as -; }",
    csh: "alias both 'aws-as plain; aws-as -'",
    fish: "function both; aws-as plain; aws-as -; end",
    nu: "def --env both [] { aws-as plain; aws-as - }",
  })[shell.language];

const inHome = (
  options: Partial<HomeOptions>,
  broken: Broken,
  use: (home: ReturnType<typeof openHome>) => void,
): void => {
  const home = openHome({
    identities: IDENTITIES,
    env: BEFORE,
    index: INDEX,
    ...options,
    ...(broken === undefined ? {} : { broken }),
  });
  try {
    use(home);
  } finally {
    home.close();
  }
};

export const rules: Readonly<Record<string, (shell: TestShell, broken?: Broken) => void>> = {
  "after a switch nothing contradicts the keys": (shell, broken) =>
    inHome({}, broken, (home) => {
      const { environments, made } = runScript(shell, home, [shell.activate, "aws-as prod/admin", dump("prod")]);
      expect(aboutUs(environments["prod"])).toEqual(AFTER_PROD);
      expect(made).toEqual([]);
    }),

  // csh reads no file by itself: there the program is asked.
  "with --agent a profile is exported and no keys, and no program is asked": (shell, broken) =>
    inHome(shell.language === "csh" ? {} : { identities: {} }, broken, (home) => {
      const lines = [shell.activate, "aws-as prod/admin --agent", dump("prod"), "aws-as --agent plain", dump("plain")];
      const { environments, stderr } = runScript(shell, home, lines);
      expect(aboutUs(environments["prod"])).toEqual({
        ...PERSONS_OWN,
        AWS_DEFAULT_REGION: "eu-west-1",
        AWS_PROFILE: "agent-prod/admin",
        AWS_REGION: "eu-west-1",
        DAYPASS_IDENTITY: "prod/admin",
        DAYPASS_LABEL: "prod/admin",
      });
      // The person's own region is back, for this identity has none.
      expect(aboutUs(environments["plain"])).toEqual({
        ...PERSONS_OWN,
        AWS_DEFAULT_REGION: "us-west-2",
        AWS_PROFILE: "agent-plain",
        DAYPASS_IDENTITY: "plain",
        DAYPASS_LABEL: "plain",
      });
      expect(stderr).toBe("");
    }),

  "aws-as - leaves no credentials, and the region that the person had": (shell, broken) =>
    inHome({}, broken, (home) => {
      const lines = [
        shell.activate,
        "aws-as -",
        dump("first"),
        "aws-as prod/admin",
        "aws-as -",
        dump("none"),
        shown(shell, "aws-as"),
      ];
      const { environments, stdout } = runScript(shell, home, lines);
      for (const name of ["first", "none"]) {
        expect(aboutUs(environments[name])).toEqual({ ...PERSONS_OWN, AWS_DEFAULT_REGION: "us-west-2" });
      }
      expect(stdout).toBe("-\n");
    }),

  "a region that the person sets between two switches is theirs": (shell, broken) =>
    inHome({}, broken, (home) => {
      const lines = [
        shell.activate,
        "aws-as prod/admin",
        setRegion(shell, "ap-south-1"),
        "aws-as plain",
        dump("plain"),
      ];
      const { environments } = runScript(shell, home, lines);
      expect(environments["plain"]).toMatchObject({ AWS_ACCESS_KEY_ID: "ASIAPLAIN", AWS_REGION: "ap-south-1" });
    }),

  "a switch that fails changes nothing and passes its exit code on": (shell, broken) =>
    inHome({}, broken, (home) => {
      const failing = withCode(shell, "aws-as nobody");
      const lines = [shell.activate, "aws-as prod/admin", dump("before"), failing, dump("after")];
      const { environments, stdout, stderr } = runScript(shell, home, lines);
      expect(environments["after"]).toEqual(environments["before"]);
      expect(stdout).toBe("code=3\n");
      expect(stderr).toBe("daypass: there is no such identity\n  hint: try another\n");
    }),

  "what works ends with 0, so that what follows && is done": (shell, broken) =>
    inHome({}, broken, (home) => {
      // In Nushell what fails ends the script, and only other programs leave a code.
      const nu = 'print $"code=($env.LAST_EXIT_CODE? | default 0)"';
      const code = { sh: "echo code=$?", fish: "echo code=$status", csh: "echo code=$status", nu }[shell.language];
      const typed = [shell.activate, "aws-as prod/admin", "aws-as plain", "aws-as -", "aws-as-deactivate"];
      const { stdout } = runScript(
        shell,
        home,
        typed.flatMap((line) => [line, code]),
      );
      expect(stdout).toBe("code=0\n".repeat(typed.length));
    }),

  "what is not meant for the shell is shown and never run": (shell, broken) =>
    inHome({}, broken, (home) => {
      const { stdout, made } = runScript(shell, home, [shell.activate, shown(shell, "aws-as prod/admin --help")]);
      expect(stdout).toContain("$(touch ran)");
      expect(made).toEqual([]);
    }),

  "deactivation brings back the environment and the prompt, and leaves nothing": (shell, broken) =>
    inHome({}, broken, (home) => {
      const { environments, stdout, stderr, made } = runScript(shell, home, [
        givePrompt(shell),
        dump("before"),
        showPrompt(shell),
        shell.activate,
        "aws-as prod/admin",
        shell.activate,
        "aws-as plain",
        "aws-as-deactivate",
        showPrompt(shell),
        dump("after"),
        `${listEverything(shell)} | grep -v '^_=' | grep -iE '_aws_as|aws-as'`,
      ]);
      expect(environments["after"]).toEqual(environments["before"]);
      const [before = "", after = "", rest] = stdout.split("|");
      expect(before).toContain("$ ");
      expect([after, rest]).toEqual([before, ""]);
      expect([stderr, made]).toEqual(["", []]);
    }),

  "two switches in a command of the person's own leave nothing of the one before it": (shell, broken) =>
    inHome({}, broken, (home) => {
      const lines = [shell.activate, nameBoth(shell), "aws-as prod/admin", "both", dump("none")];
      const { environments, stderr } = runScript(shell, home, lines);
      expect(aboutUs(environments["none"])).toEqual({ ...PERSONS_OWN, AWS_DEFAULT_REGION: "us-west-2" });
      expect(stderr).toBe("");
    }),

  "with --keep-creds the credentials stay and everything else of ours goes": (shell, broken) =>
    inHome({}, broken, (home) => {
      const lines = [shell.activate, "aws-as prod/admin", "aws-as-deactivate --keep-creds", dump("after")];
      const { environments } = runScript(shell, home, lines);
      const { DAYPASS_EXPIRES_AT: _1, DAYPASS_IDENTITY: _2, DAYPASS_LABEL: _3, ...kept } = AFTER_PROD;
      expect(aboutUs(environments["after"])).toEqual(kept);
    }),

  "names that are programs in disguise stay names": (shell, broken) => {
    const names = [
      "a b",
      "it's",
      '"; touch ran; "',
      "$(touch ran)",
      "`touch ran`",
      "a\\",
      "*",
      "!!",
      "%n%{x",
      "-x y",
      "(a)",
      "${HOME}",
      "é",
    ];
    const identities = Object.fromEntries(names.map((name, index) => [name, identityOf(String(index))]));
    inHome({ identities }, broken, (home) => {
      const quoted = names.map((name) => quoteForShell(dialectOf(shell.title.split(" ")[0] ?? ""), name));
      const lines = quoted.flatMap((word, index) => [`aws-as ${word}`, dump(String(index))]);
      const { environments, made, stderr } = runScript(shell, home, [shell.activate, ...lines]);
      expect(stderr).toBe("");
      names.forEach((name, index) => {
        expect(environments[index]).toMatchObject({ DAYPASS_IDENTITY: name, AWS_ACCESS_KEY_ID: `ASIA${index}` });
        expect(environments[index]?.["DAYPASS_LABEL"]).toMatch(/^[A-Za-z0-9._:@/-]+$/);
      });
      expect(made).toEqual([]);
    });
  },
};

/** What a shell that reads data must do with half of it. */
export const keepsDamagedToItself = (shell: TestShell, broken?: Broken): void =>
  inHome({ identities: { cut: { ...identityOf("CUT"), isCut: true } } }, broken, (home) => {
    const lines = [shell.activate, dump("before"), "try { aws-as cut }", dump("after"), "aws-as cut"];
    const { environments, stderr } = runScript(shell, home, lines);
    expect(aboutUs(environments["after"])).toEqual(aboutUs(environments["before"]));
    expect(stderr).toContain("is damaged; nothing was switched");
    expect(stderr).not.toContain("secret/CUT");
  });
