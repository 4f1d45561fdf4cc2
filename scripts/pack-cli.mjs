// Packs the command line as one tarball that installs with npm and has no dependency but the optional keychain.
//
//   node scripts/pack-cli.mjs [--name @company/cliname] [--out folder]
//
// `--name` is for a company that hands it out under its own name: directory, environment variables, messages and file
// marks follow. The package must have been built.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { namesOf } from "daypass";

const FIRST_NAME = "daypass";
const root = fileURLToPath(new URL("../packages/cli/", import.meta.url));

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const lastPart = (name) => name.split("/").at(-1);

/** `my-tool` as an identifier: `myTool`. */
const camel = (name) =>
  name.replaceAll(/[^a-z0-9]+([a-z0-9]?)/g, (_, letter) => letter.toUpperCase()).replace(/^(?=\d)/, "_");
const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** Returns the text under the new name. Scopes of packages stay: those are other packages. */
export const renameText = (text, name) => {
  if (name === FIRST_NAME) return text;
  const { envPrefix } = namesOf(name);
  return text
    .replaceAll(new RegExp(`(?<!@)${FIRST_NAME}(?=[A-Z])`, "g"), camel(name))
    .replaceAll(capital(FIRST_NAME), capital(camel(name)))
    .replaceAll(new RegExp(`(?<!@)${FIRST_NAME}`, "g"), name)
    .replaceAll(`${FIRST_NAME.toUpperCase()}_`, envPrefix);
};

/** The manifest of what is packed. */
export const packedManifest = (manifest, name, keyring) => {
  const short = lastPart(name);
  const bin = Object.fromEntries(
    Object.entries(manifest.bin).map(([program, file]) => {
      const [to, path] = program === FIRST_NAME ? [short, `bin/${short}.cjs`] : [program, file.replace(/^\.\//, "")];
      return [to, path];
    }),
  );
  const { version, description, license, engines } = manifest;
  return {
    name,
    version,
    description,
    license,
    bin,
    files: manifest.files,
    type: "module",
    ...(keyring !== undefined && { optionalDependencies: { "@napi-rs/keyring": keyring } }),
    engines,
  };
};

const rewrite = (folder, name) => {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    const renamed = renameText(text, name);
    if (renamed !== text) writeFileSync(path, renamed);
  }
};

/** Puts everything that is packed into `stage`. Returns the manifest. */
export const stagePackage = (stage, name) => {
  const manifest = readJson(`${root}package.json`);
  const { optionalDependencies = {} } = readJson(`${root}../auth/package.json`);
  const packed = packedManifest(manifest, name, optionalDependencies["@napi-rs/keyring"]);
  mkdirSync(stage, { recursive: true });
  cpSync(`${root}bin`, join(stage, "bin"), { recursive: true });
  // The bundles and nothing else of the build: modules, maps and types are for who works on it.
  mkdirSync(join(stage, "dist"));
  for (const part of ["help.txt", "hot.cjs", "keychain-program.mjs", "cold"]) {
    cpSync(`${root}dist/${part}`, join(stage, "dist", part), { recursive: true });
  }
  cpSync(`${root}dist/packed/sandbox.mjs`, join(stage, "dist", "sandbox.mjs"));
  for (const part of ["shells", "README.md", "LICENSE"])
    cpSync(`${root}${part}`, join(stage, part), { recursive: true });
  const short = lastPart(name);
  if (short !== FIRST_NAME) {
    const bin = join(stage, "bin");
    cpSync(join(bin, `${FIRST_NAME}.cjs`), join(bin, `${short}.cjs`));
    rmSync(join(bin, `${FIRST_NAME}.cjs`));
  }
  rewrite(stage, short);
  writeFileSync(join(stage, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`);
  if (short === FIRST_NAME) return packed;
  // What was renamed must still be a program.
  for (const entry of readdirSync(stage, { withFileTypes: true, recursive: true })) {
    if (/\.[cm]js$/.test(entry.name)) execFileSync(process.execPath, ["--check", join(entry.parentPath, entry.name)]);
  }
  return packed;
};

/** Packs, and returns the tarball's path: `NAME-VERSION.tgz` in `out`. */
export const packCli = ({ name = FIRST_NAME, out }) => {
  if (!/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
    throw new Error(`${name} is no package name`);
  // A name that the program itself would refuse is not handed out.
  namesOf(name);
  const work = mkdtempSync(join(tmpdir(), "pack-cli-"));
  try {
    const stage = join(work, "package");
    const { version } = stagePackage(stage, name);
    mkdirSync(out, { recursive: true });
    const target = join(out, `${lastPart(name)}-${version}.tgz`);
    // Always the same bytes for the same content: no times, no owners, one order.
    const tar = ["--sort=name", "--mtime=@499162500", "--owner=0", "--group=0", "--numeric-owner", "-C", work];
    const archive = execFileSync("tar", [...tar, "-cf", "-", "package"], { maxBuffer: 256 * 1024 * 1024 });
    writeFileSync(target, execFileSync("gzip", ["-9n"], { input: archive, maxBuffer: 256 * 1024 * 1024 }));
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { name: { type: "string" }, out: { type: "string" } };
  const { values } = parseArgs({ options });
  const path = packCli({ name: values.name ?? FIRST_NAME, out: values.out ?? join(root, "..", "..", "packed") });
  process.stdout.write(`${path}\n`);
}
