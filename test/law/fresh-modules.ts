// Runs before every test file, first of all. The files of a worker share one process, and with it what Node has loaded: the
// built packages and their dependencies, which cost more than most tests. They share nothing else: every file gets modules
// of its own of what lies in the tests' folders, and the environment as it was before the first.
import { vi } from "vitest";

vi.resetModules();

const KEY = Symbol.for("daypass.tests.environment");
const kept = globalThis as { [KEY]?: NodeJS.ProcessEnv };
const first = (kept[KEY] ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in first)) delete process.env[name];
Object.assign(process.env, first);
