// vitest's report in JSON, and what that leaves out: errors that belong to no test. Without them a run can fail while its
// report says that it did not.
import { relative } from "node:path";
import { JsonReporter, type SerializedError, type TestModule } from "vitest/node";

/** A failure of no test: of a hook, of a file that does not load, of a worker that died, of a promise nobody waited for. */
export interface OutsideError {
  /** The file and the suite, as far as they are known. */
  readonly where: string;
  readonly message: string;
}

/** Writes `{ …vitest's report, success, outsideErrors }`; `success` is false where anything failed. */
export class WriteReport extends JsonReporter {
  #outsideErrors: readonly OutsideError[] = [];

  override async onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[] = [],
  ): Promise<void> {
    this.#outsideErrors = [...modules.flatMap((module) => [...errorsOf(module)]), ...unhandled.map(unhandledError)];
    await super.onTestRunEnd(modules);
  }

  override writeReport(report: string): Promise<void> {
    const { success, ...rest } = JSON.parse(report) as { readonly success: boolean };
    const outsideErrors = this.#outsideErrors;
    return super.writeReport(
      JSON.stringify({ success: success && outsideErrors.length === 0, outsideErrors, ...rest }),
    );
  }
}

function* errorsOf(module: TestModule): Generator<OutsideError> {
  const file = module.relativeModuleId;
  const state = module.state();
  if (state === "pending" || state === "queued") yield { where: file, message: "did not run to its end" };
  for (const { message } of module.errors()) yield { where: file, message };
  for (const suite of module.children.allSuites()) {
    for (const { message } of suite.errors()) yield { where: `${file} > ${suite.fullName}`, message };
  }
}

function unhandledError(error: SerializedError): OutsideError {
  const path: unknown = error["VITEST_TEST_PATH"];
  const cause = error.cause === undefined ? "" : `: ${error.cause.message}`;
  return {
    where: typeof path === "string" ? relative(process.cwd(), path) : "no test file",
    message: `${error.name ?? "Error"}: ${error.message}${cause}`,
  };
}
