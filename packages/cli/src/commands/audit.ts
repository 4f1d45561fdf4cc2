// What happened on this machine, from the record that cannot be changed in the middle without its showing.
import type { AuthEvent } from "@daypass/auth";
import { buildCommand } from "@stricli/core";
import { renderJson, renderTable, renderTimeLeft } from "../render/render-table.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly since?: string;
  readonly verify: boolean;
  readonly json: boolean;
}

const SPAN_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h`, `7d`, or a moment as ISO 8601 has it. */
const readSince = (text: string, now: number): Date => {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const span = SPAN_MS[unit ?? ""];
  if (count !== undefined && span !== undefined) return new Date(now - Number(count) * span);
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw new UsageError("--since is no time", "say 30m, 2h, 7d, or a day such as 2026-03-01");
};

const whoOf = ({ name, arn, roleArn, roleName, accountId, kind }: AuthEvent): string =>
  arn ??
  roleArn ??
  (roleName === undefined
    ? (name ?? accountId ?? kind?.replace("_", " ") ?? "")
    : `${roleName} in ${accountId ?? "?"}`);

/** The record is written a moment after AWS has counted. */
const HALF_A_MINUTE_MS = 30_000;
const howOf = ({ code, expiration, time }: AuthEvent): string => {
  if (code !== undefined) return code;
  return expiration === undefined
    ? ""
    : `for ${renderTimeLeft(expiration.getTime() - time.getTime() + HALF_A_MINUTE_MS)}`;
};

/** To the second, in UTC: `2026-03-01 12:00:05Z`. */
const whenOf = ({ time }: AuthEvent): string => time.toISOString().replace("T", " ").replace(/\.\d+/, "");

async function verify(bench: Workbench, file: string, json: boolean): Promise<void> {
  const { verifyAuditLog } = await import("@daypass/auth");
  const { lines, head, findings } = await verifyAuditLog(file);
  if (findings.length > 0) bench.setExitCode(1);
  if (json) {
    bench.print(renderJson({ lines, head, findings }));
    return;
  }
  if (findings.length === 0) {
    bench.print(`unbroken: ${lines} ${lines === 1 ? "entry" : "entries"}, head ${head}\n`);
    bench.say("  note: keep the head elsewhere; it shows later whether the end was cut off\n");
    return;
  }
  bench.print(renderTable(findings.map(({ line, problem }) => [`line ${line}`, problem])));
  bench.say(`${bench.names.program}: the record was changed or damaged\n  hint: compare it with a copy; ${file}\n`);
}

async function audit(this: Workbench, { since, verify: isChecked, json }: Flags): Promise<void> {
  const home = await this.home();
  if (isChecked) {
    if (since !== undefined) throw new UsageError("--verify always checks the whole record", "leave out --since");
    await verify(this, home.auditFile, json);
    return;
  }
  const { readAuditLog } = await import("@daypass/auth");
  const options = since === undefined ? {} : { since: readSince(since, this.now()) };
  const events = await readAuditLog(home.auditFile, options);
  if (json) this.print(renderJson(events));
  else if (events.length === 0) this.say("nothing is recorded\n");
  else {
    const rows = events.map((event) => [whenOf(event), event.type, howOf(event), whoOf(event)]);
    this.print(renderTable(rows));
  }
}

export const auditCommand = buildCommand<Flags, [], Workbench>({
  func: audit,
  parameters: {
    flags: {
      since: {
        kind: "parsed",
        parse: String,
        brief: "only from then on: 30m, 2h, 7d or a day",
        optional: true,
        placeholder: "TIME",
      },
      verify: { kind: "boolean", brief: "check that no entry was changed, moved or left out", default: false },
      json: { kind: "boolean", brief: "as JSON, for programs", default: false },
    },
  },
  docs: { brief: "show what was done as whom, and check the record" },
});
