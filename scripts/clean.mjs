// npm run clean: takes away what the build and the coverage run leave, build records included.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}coverage`, { recursive: true, force: true });
for (const name of readdirSync(`${root}packages`)) {
  const folder = `${root}packages/${name}`;
  if (!existsSync(`${folder}/package.json`)) continue;
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  rmSync(`${folder}/tsconfig.tsbuildinfo`, { force: true });
}
