// What a store is doing when a system call fails: each scene is a file as it was before, and a writer's work on it.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acknowledged } from "./store-checker.mjs";

const WRITER = fileURLToPath(new URL("store-writer.mjs", import.meta.url));
const ENDS = ["", "-wal", "-shm"];

/** Returns the scenes: `{ name, begin(path), command(path), paths(path), keyIds, before }`. */
export function prepareScenes(folder) {
  const filled = join(folder, "filled.db");
  const { stdout, status } = spawnSync(process.execPath, [WRITER, filled, "before", "3"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the scene could not be prepared: ${stdout}`);
  const before = acknowledged(stdout);
  const work = (path, ...more) => [process.execPath, WRITER, path, "work", "2", ...more];
  const paths = (path) => ENDS.map((end) => `${path}${end}`);
  const clear = (path) => paths(path).forEach((file) => rmSync(file, { force: true }));
  const copy = (path) => {
    clear(path);
    for (const end of ENDS) if (existsSync(`${filled}${end}`)) copyFileSync(`${filled}${end}`, `${path}${end}`);
  };
  return [
    { name: "a new file", begin: clear, command: (path) => work(path), paths, keyIds: ["one"], before: new Map() },
    { name: "a file with rows", begin: copy, command: (path) => work(path), paths, keyIds: ["one"], before },
    {
      name: "a change of keys",
      begin: copy,
      command: (path) => work(path, "one"),
      paths,
      keyIds: ["two", "one"],
      before,
    },
  ];
}
