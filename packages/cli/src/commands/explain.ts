// Where credentials would come from and why: the whole way with files and lines, and what AWS's own tools make of this
// shell. Nobody is asked anything.
import type { CredentialsSource, Home, Identity } from "@daypass/auth";
import { buildCommand } from "@stricli/core";
import { describeError, type RenderedError } from "../render/render-error.js";
import { renderJson, renderTable, renderTimeLeft } from "../render/render-table.js";
import type { KeptSession } from "../explain/find-kept-session.js";
import type { TraceStep } from "../explain/trace-identity.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly json: boolean;
}

interface Explained {
  readonly identity: Identity;
  readonly steps: readonly TraceStep[];
  readonly problem: RenderedError | undefined;
  readonly kept: KeptSession;
}

const openSource = async (home: Home, name: string): Promise<CredentialsSource | RenderedError> => {
  try {
    return await home.source(name);
  } catch (error) {
    return describeError(error);
  }
};

const explainIdentity = async (bench: Workbench, name: string): Promise<Explained> => {
  const home = await bench.home();
  const [{ traceIdentity }, { findKeptSession }] = await Promise.all([
    import("../explain/trace-identity.js"),
    import("../explain/find-kept-session.js"),
  ]);
  const identity = await home.find(name);
  const config = await home.config.read();
  const steps = traceIdentity({ identity, config, configPath: home.config.path, profiles: await home.profiles() });
  const source = await openSource(home, name);
  if (!("question" in source)) return { identity, steps, problem: source, kept: { by: "nowhere" } };
  return { identity, steps, problem: undefined, kept: await findKeptSession(bench, { identity: name, source }) };
};

const sayKept = ({ kept, problem }: Explained, now: number): string => {
  if (problem !== undefined) return `it does not work: ${problem.message}\n  hint: ${problem.hint ?? ""}\n`;
  if (kept.by === "unknown") return "whether a session is kept cannot be seen: the secrets are locked\n";
  if (kept.expiration === undefined) return "no session is kept: the next use asks AWS\n";
  const where = kept.by === "agent" ? "the agent holds a session" : "a session is kept, sealed";
  return `${where}: ${renderTimeLeft(kept.expiration.getTime() - now)} left\n`;
};

async function explain(this: Workbench, { json }: Flags, name?: string): Promise<void> {
  const { judgeSdks } = await import("../judge-sdks.js");
  const { renderSdks } = await import("../render/render-sdks.js");
  const home = await this.home();
  const explained = name === undefined ? undefined : await explainIdentity(this, name);
  const sdks = judgeSdks({ env: this.env, profiles: await home.profiles() });
  if (explained?.problem !== undefined) this.setExitCode(1);
  if (json) {
    this.print(renderJson({ ...explained, sdks }));
    return;
  }
  if (explained !== undefined) {
    const { identity, steps } = explained;
    const shorten = (path: string): string =>
      path.startsWith(`${this.homeDir}/`) ? `~${path.slice(this.homeDir.length)}` : path;
    this.print(renderTable([[`${identity.name}: ${identity.description}`]]));
    this.print(renderTable(steps.map(({ what, where }) => [`  ${what}`, where === undefined ? "" : shorten(where)])));
    this.print(`${sayKept(explained, this.now())}\n`);
  }
  this.print(`in this shell, without this program\n${renderSdks(sdks)}`);
}

export const explainCommand = buildCommand<Flags, [string?], Workbench>({
  func: explain,
  parameters: {
    flags: { json: { kind: "boolean", brief: "as JSON, for programs", default: false } },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "who; else only this shell", placeholder: "IDENTITY", optional: true }],
    },
  },
  docs: { brief: "show where credentials come from, and what each SDK uses here" },
});
