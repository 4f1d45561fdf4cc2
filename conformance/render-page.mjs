// The page about conformance, made from the table and the records alone: docs/conformance.md.

const COLUMNS = ["false allow", "false deny", "no answer", "other refusal", "other answer", "other text"];
const MEANING = {
  "false allow": "AWS refuses, it allows",
  "false deny": "AWS allows, it refuses",
  "no answer": "a crash, or no answer",
  "other refusal": "refused with another code or status",
  "other answer": "allowed with another answer",
  "other text": "refused rightly, in other words",
};

/** Returns the page. Records that are missing are said to be missing. */
export function renderPage(table, { sandbox, moto, lives }) {
  return [
    "# Conformance",
    "",
    "The same calls, as data, put to the sandbox, to moto and, when somebody has two accounts for it, to AWS; through the",
    "AWS SDK for JavaScript, boto3 and the AWS CLI. `npm run conformance -- --write` writes this page from its records in",
    "`conformance/`; a test compares them.",
    "",
    ...renderTable(table),
    ...renderSandbox(table, sandbox),
    ...renderMoto(table, moto),
    ...renderLive(lives),
    ...GUIDE,
  ].join("\n");
}

function renderTable({ cases, sources }) {
  const kinds = ["model", "docs", "report", "live", "remembered"];
  const count = (kind) => cases.filter(({ source }) => sources[source].kind === kind).length;
  const texts = cases.filter(({ refused }) => refused?.message !== undefined).length;
  return [
    "## Where the expectations come from",
    "",
    `${cases.length} cases in \`conformance/cases/\`. Each names its source in \`sources.json\`:`,
    "",
    "| source | cases | what it is |",
    "|---|---|---|",
    ...kinds.map((kind) => `| ${kind} | ${count(kind)} | ${WHAT[kind]} |`),
    "",
    `${texts} of them assert the beginning of AWS's text, which stands in a source word for word. The others assert code and`,
    "code and HTTP status, or the answer. A remembered case never asserts a text. No source but `live` is AWS's own word about what",
    "it does today.",
    "",
  ];
}

const WHAT = {
  model: "a shape of AWS's published models: limits, patterns, codes",
  docs: "a page of AWS's documentation",
  report: "a public report that quotes AWS's answer",
  live: "recorded from AWS by this program",
  remembered: "nobody's word but ours",
};

function renderSandbox({ cases }, record) {
  if (record === undefined) return ["## The sandbox", "", "No run is recorded.", ""];
  return [
    "## The sandbox",
    "",
    ...renderRun(record),
    "",
    ...(record.wrong.length === 0 ? [] : [...renderWrong(cases, {}, record.wrong), ""]),
  ];
}

function renderMoto({ cases, sources }, record) {
  if (record === undefined) return ["## moto", "", "No run is recorded.", ""];
  const modes = [...new Set(record.counts.map(({ mode }) => mode))];
  return [
    "## moto",
    "",
    ...renderRun(record),
    "",
    "As it comes, moto checks no signature and no permission, and does not claim to. After `POST /moto-api/reset-auth` it",
    "checks; that mode is asked the trust cases alone. moto has no clock to move: its expired session is one of a second.",
    "",
    ...(record.setUp.length === 0
      ? []
      : ["Refused of the set-up:", "", ...record.setUp.map((each) => `- ${each}`), ""]),
    ...modes.flatMap((mode) => [
      `### What moto gets wrong, ${mode}`,
      "",
      ...renderWrong(
        cases,
        sources,
        record.wrong.filter((each) => each.mode === mode),
      ),
      "",
    ]),
  ];
}

/** When, by which command, with which versions; and the counts. */
function renderRun({ recorded, command, versions, counts }) {
  const total = (row) => COLUMNS.reduce((sum, kind) => sum + (row[kind] ?? 0), 0);
  const mode = counts.some((row) => row.mode !== undefined);
  return [
    `Recorded on ${recorded} by \`${command}\`, with ${Object.entries(versions).map(version).join(", ")}.`,
    "",
    `|${mode ? " mode |" : ""} client | right | wrong | not applicable | ${COLUMNS.join(" | ")} |`,
    `|${mode ? "---|" : ""}${"---|".repeat(4 + COLUMNS.length)}`,
    ...counts.map((row) => {
      const kinds = COLUMNS.map((kind) => row[kind] ?? 0).join(" | ");
      const sums = [row.right ?? 0, total(row), row["not applicable"] ?? 0].join(" | ");
      return `|${mode ? ` ${row.mode} |` : ""} ${row.client} | ${sums} | ${kinds} |`;
    }),
  ];
}

function version([name, value]) {
  return name === "node" ? `Node ${value}` : value;
}

function renderWrong(cases, sources, wrong) {
  const rows = wrong.map(({ name, clients, kind, differences }) => {
    const found = cases.find((each) => each.name === name);
    const who = clients.length === 3 ? "" : ` (${clients.join(", ")})`;
    const detail = kind === "false allow" || differences.length === 0 ? "" : `: ${differences.join("; ")}`;
    return `| ${escape(name)} | ${expected(found)} | ${MEANING[kind]}${who}${escape(detail)} | ${cite(sources[found?.source])} |`;
  });
  return ["| case | AWS | here | source |", "|---|---|---|---|", ...rows];
}

function expected(each) {
  if (each === undefined) return "no longer in the table";
  return each.allowed === undefined ? `${each.refused.status} ${each.refused.code ?? ""}`.trim() : "allowed";
}

function cite(source) {
  if (source === undefined) return "";
  return source.ref.startsWith("https://") ? `[${source.kind}](${source.ref})` : `${source.kind}: ${source.ref}`;
}

function renderLive(lives) {
  if (lives.length === 0) {
    return [
      "## AWS",
      "",
      "No run against AWS is recorded yet, so `--live` itself has met nothing but the sandbox. How to make one is said below.",
      "",
    ];
  }
  return [
    "## AWS",
    "",
    "What AWS said, with account numbers, request ids and secrets taken out, is in `conformance/live/`:",
    "",
    ...lives.flatMap(({ name, ...record }) => [`### ${name}`, "", ...renderRun(record), ""]),
  ];
}

function escape(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

const GUIDE = [
  "## Run it",
  "",
  "```sh",
  "npm run conformance                                        # the sandbox; has to be right",
  "npm run conformance -- --clients sdk                       # without Python",
  "npm run conformance -- --target moto                       # compared with the record, so that a repair is noticed",
  "npm run conformance -- --live --vendor-profile A --customer-profile B --dry-run",
  "npm run conformance -- --live --vendor-profile A --customer-profile B",
  "npm run conformance -- --live --clean RUN --vendor-profile A --customer-profile B",
  "```",
  "",
  "boto3, the AWS CLI and moto come from a Python that `DAYPASS_PYTHON` names, with `conformance/requirements.txt`. The",
  "program ends with 0 when everything is as it should be, with 1 when something differs or is left over, with 2 when it",
  "cannot run, and with 130 after Ctrl-C. `--write` records a run and writes this page. `npm test` puts the table to the",
  "sandbox, and to moto where the recorded version is installed; `DAYPASS_REQUIRE=python,moto` makes it insist.",
  "",
  "### In real accounts",
  "",
  "`--live` needs two profiles of administrators in two accounts, better ones that hold nothing else. It refuses an account's root user",
  "and two profiles of one account, names the accounts, and asks for their numbers to be typed. Everything it makes has a",
  "name that begins with the run's, and lies under the path `/daypass-conformance/RUN/`; its users and roles may reach",
  "nothing but each other and the run's bucket, and no role trusts a third account. It waits for IAM's changes to spread by",
  "asking again, takes everything away at the end, after an error and after Ctrl-C, and prints what is left over; `--clean`",
  "takes away what a killed run left. What AWS said is written to `conformance/live/`: for each case the outcome, code,",
  "status, text and the values that the table asserts, and nothing else. Account numbers become those of the table; a",
  "record in which a secret, a key or a real account number is still found is not written. Such a record is a source: a",
  "case that it bears out can name it, with the kind `live`, and may then assert what it says.",
  "",
  "Not put to real accounts: what needs another clock or a loopback address, and roles that trust everybody. `notOn` in the",
  "data says so for each case. The tests rehearse all of it on a sandbox that is taken for AWS, with `--endpoint URL",
  "--endpoint-is-not-aws --out DIR`; a record made so says what it is.",
  "",
];
