// The files of ~/.aws and our own: who may read them, whether they can be understood, and what is mistyped.
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Workbench } from "../workbench.js";
import { broken, note, ok, warning, type Check, type Finding } from "./finding.js";

type Found = Omit<Finding, "check">;

const OTHERS = 0o077;

/** A link has no mode of its own: what it leads to counts, and whose either is. */
const lookAt = async (path: string): Promise<{ readonly mode: number; readonly isOthers: boolean } | undefined> => {
  const found = await lstat(path).catch(() => undefined);
  const meant = await stat(path).catch(() => undefined);
  if (found === undefined || meant === undefined) return undefined;
  const isOthers = process.getuid !== undefined && [found, meant].some(({ uid }) => uid !== process.getuid?.());
  return { mode: meant.mode & 0o777, isOthers };
};

/** Quotes a path for the shell that the fix is pasted into. */
const quote = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;

const checkMode = async (path: string, isSecret: boolean): Promise<readonly Found[]> => {
  const found = await lookAt(path);
  if (found === undefined) return [];
  if (found.isOthers) return [broken(`${path} belongs to another user`, `move it away, and look at what is in it`)];
  if ((found.mode & OTHERS) === 0) return [ok(`${path} is yours alone`)];
  const others = `${path} can be ${(found.mode & 0o022) === 0 ? "read" : "changed"} by others (mode ${found.mode.toString(8)})`;
  const fix = `chmod go= ${quote(path)}`;
  // Who may change it chooses what is run and who one is.
  return [isSecret || (found.mode & 0o022) !== 0 ? broken(others, fix) : warning(others, fix)];
};

export const awsFilesCheck: Check = {
  name: "~/.aws",
  async run(bench: Workbench) {
    const home = await bench.home();
    const { profiles, ignored, configFile, credentialsFile } = await home.profiles();
    const found: Found[] = [...(await checkMode(configFile, false)), ...(await checkMode(credentialsFile, true))];
    if (found.length === 0) found.push(note(`there is neither ${configFile} nor ${credentialsFile}`));
    for (const { header, file, line } of ignored) {
      found.push(
        warning(
          `${file}:${line}: the section [${header}] means nothing to AWS's tools`,
          `write [profile NAME] in ${configFile}`,
        ),
      );
    }
    for (const { name, twins, file, line } of profiles.values()) {
      if (twins.length === 0) continue;
      found.push(broken(`${file}:${line}: profile ${name} is there twice`, "make one section of the two"));
    }
    return found;
  },
};

/** The number of a profile's broken ways, each in the words of the error that using it would give. */
export const profilesCheck: Check = {
  name: "profiles",
  async run(bench: Workbench) {
    const home = await bench.home();
    const { describeError } = await import("../render/render-error.js");
    const found: Found[] = [];
    const identities = (await home.identities()).filter(({ kind }) => kind === "profile");
    for (const { name } of identities) {
      try {
        await home.source(name);
      } catch (error) {
        const { message, hint = "correct it" } = describeError(error);
        found.push(broken(message, hint));
      }
    }
    const keys = [...(await home.profiles()).profiles.values()].filter(
      ({ settings }) => settings.has("aws_access_key_id") && !settings.has("aws_session_token"),
    );
    for (const { name } of keys) {
      found.push(
        warning(
          `profile ${name} holds keys that never expire, in clear`,
          `make a hub of them (\`${bench.names.name} config\`), or use Identity Center`,
        ),
      );
    }
    return found.length > 0
      ? found
      : [ok(identities.length === 0 ? "there are none" : `${identities.length}, and each is understood`)];
  },
};

export const directoryCheck: Check = {
  name: "directory",
  async run(bench: Workbench) {
    const home = await bench.home();
    const found = await checkMode(home.directory, true);
    if (found.length === 0) return [note(`${home.directory} is not there yet`)];
    const entries = await readdir(home.directory, { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(home.directory, name));
    const wrong = (await Promise.all(files.map((file) => checkMode(file, true))))
      .flat()
      .filter(({ state }) => state !== "ok");
    return [...found, ...wrong];
  },
};

/** Where locks are, as `createFileLocks` of the home has them. Dead ones are taken over by whoever comes next. */
export const locksCheck: Check = {
  name: "locks",
  async run(bench: Workbench) {
    const { directory } = await bench.home();
    const folder = join(directory, "locks");
    const names = await readdir(folder).catch(() => []);
    const old: string[] = [];
    for (const name of names) {
      const stats = await lstat(join(folder, name)).catch(() => undefined);
      if (stats !== undefined && bench.now() - stats.mtimeMs > 3_600_000) old.push(name);
    }
    if (old.length === 0) return [ok("none is old")];
    return [
      warning(
        `${old.length} held for over an hour, by a process that may hang`,
        `see which processes of ${bench.names.name} run, and end them; a dead one's lock is taken over by itself`,
      ),
    ];
  },
};
