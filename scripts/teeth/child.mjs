// Loaded by `--import` into the processes that a test starts: they run on the broken twin too. The twin is named by
// DAYPASS_CHILD_TWIN; the file of DAYPASS_CHILD_MARK is made when the broken module is loaded.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { brokenSource, builtPath } from "./plugin.mjs";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const path = process.env.DAYPASS_CHILD_TWIN ?? "";

if (path !== "") {
  const { file, find, replace } = JSON.parse(readFileSync(resolve(root, path), "utf8"));
  const broken = brokenSource(readFileSync(resolve(root, file), "utf8"), find, replace, file);
  const { code } = await transform(broken, { loader: "ts", format: "esm", target: "es2022", sourcefile: file });
  const url = pathToFileURL(resolve(root, builtPath(file))).href;
  register("./serve-broken.mjs", {
    parentURL: import.meta.url,
    data: { url, code, mark: process.env.DAYPASS_CHILD_MARK },
  });
}
