// Files that somebody names on the command line: a policy, a team's list, an old configuration. Whatever is behind the
// name, no more of it is read than such a file has; a pipe, as in `--policy-file <(jq …)`, is one.
import { open } from "node:fs/promises";

/** Thrown where there is more than that. */
export class FileTooLarge extends Error {
  override readonly name = "FileTooLarge";
}

/** Returns the file's text. Rejects with `FileTooLarge` beyond so many bytes, else as the system says. */
export const readGivenFile = async (path: string, mostBytes: number): Promise<string> => {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) return buffer.toString("utf8", 0, length);
      length += bytesRead;
      if (length > mostBytes) throw new FileTooLarge();
    }
  } finally {
    await file.close();
  }
};
