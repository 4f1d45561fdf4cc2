// Mutants live in a throw-away copy of the packages, so that a run that is cut off leaves the real ones as they were.
// The installed packages are linked, not copied; ours are linked to the copy, because the tests import them by name.
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";

const COPIED = ["packages", "mutation", "package.json", "tsconfig.base.json", "test/tsconfig.json"];
const LEFT_OUT = /[\\/](?:node_modules|reports)$/;

/** Copies what the tests need from `root` into the empty folder `copy`. */
export async function copyTree(root, copy) {
  for (const name of COPIED) {
    await cp(join(root, name), join(copy, name), { recursive: true, filter: (path) => !LEFT_OUT.test(path) });
  }
  await symlink(join(root, "mutation", "node_modules"), join(copy, "mutation", "node_modules"));
  const installed = join(copy, "node_modules");
  await mkdir(join(installed, "@daypass"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@daypass") await symlink(join(root, "node_modules", name), join(installed, name));
  }
  for (const name of await readdir(join(root, "node_modules", "@daypass"))) {
    await symlink(join("..", "..", "packages", name), join(installed, "@daypass", name));
  }
}
