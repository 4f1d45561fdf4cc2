// What a store is doing when a system call fails: each scene is a file as it was before, and a writer's work on it.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acknowledged } from "./store-checker.mjs";

const WRITER = fileURLToPath(new URL("store-writer.mjs", import.meta.url));
const OLDER = fileURLToPath(new URL("../../packages/stores/test/written-by-schema-2.sqlite", import.meta.url));
const ENDS = ["", "-wal", "-shm"];

/** Returns the scenes: `{ name, begin(path), command(path), paths(path), keyIds, before }`. */
export function prepareScenes(folder) {
  const filled = join(folder, "filled.db");
  const { stdout, status } = spawnSync(process.execPath, [WRITER, filled, "before", "3", "one"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the scene could not be prepared: ${stdout}`);
  const before = acknowledged(stdout);
  const work = (path, ...keyIds) => [process.execPath, WRITER, path, "work", "2", ...keyIds];
  const paths = (path) => ENDS.map((end) => `${path}${end}`);
  const clear = (path) => paths(path).forEach((file) => rmSync(file, { force: true }));
  const copy = (from) => (path) => {
    clear(path);
    for (const end of ENDS) if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${path}${end}`);
  };
  const scene = (name, begin, keyIds, before) => ({
    name,
    begin,
    command: (path) => work(path, ...keyIds),
    paths,
    keyIds,
    before,
  });
  return [
    scene("a new file", clear, ["one"], new Map()),
    scene("a file with rows", copy(filled), ["one"], before),
    scene("a change of keys", copy(filled), ["two", "one"], before),
    scene(
      "a file of an earlier version",
      copy(OLDER),
      ["fixture"],
      new Map([
        ["id-a", "active"],
        ["id-b", "active"],
      ]),
    ),
  ];
}
