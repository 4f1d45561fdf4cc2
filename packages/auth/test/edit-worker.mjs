// One of several processes on the same two files. Arguments: FOLDER write NAME TIMES | FOLDER ask. `ask` waits for a line
// on stdin, writes once, and says how that ended.
import { once } from "node:events";
import { join } from "node:path";
import { createProfileEditor } from "../dist/files/edit-profiles.js";
import { createFileLocks } from "../dist/locks/file-locks.js";

const [folder, what, name, times] = process.argv.slice(2);
const editor = createProfileEditor({
  configFile: join(folder, ".aws", "config"),
  credentialsFile: join(folder, ".aws", "credentials"),
  locks: createFileLocks({ directory: join(folder, "locks") }),
  toolName: "daypass",
});
const keys = (n) => ({ accessKeyId: `ASIA${n}`, secretAccessKey: "s", sessionToken: "t", expiration: new Date(1e12) });

if (what === "write") {
  for (let n = 1; n <= Number(times); n++) await editor.writeCredentials(`${name}-${n % 5}`, keys(n));
} else {
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  try {
    await editor.writeCredentials("mine", keys(7), { force: true });
    process.stdout.write("written\n");
  } catch (error) {
    process.stdout.write(`${error.code}\n`);
  }
  process.exit();
}
