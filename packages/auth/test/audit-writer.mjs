// Writes to a record until it is killed, and tells its parent of every event that was acknowledged.
// `limited`: until a limit on the size of its files refuses.
import { createAuditLog } from "../dist/audit/audit-log.js";
import { createFileLocks } from "../dist/locks/file-locks.js";

const [file, directory, name] = process.argv.slice(2);
const record = createAuditLog({ file, locks: createFileLocks({ directory }) });

// Whoever starts a limited one has limited it.
if (name === "limited") process.on("SIGXFSZ", () => undefined);
for (let index = 0; ; index++) {
  try {
    await record({ type: "session.intent", time: new Date(), name: `${name}-${index}` });
  } catch (error) {
    process.send({ written: index, code: error.code }, () => process.disconnect());
    break;
  }
  if (name !== "limited") process.send(`${name}-${index}`);
}
