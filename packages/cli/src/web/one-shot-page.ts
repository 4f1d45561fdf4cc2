// A browser is started with an address, and everybody on the machine may read what programs are started with. So it is
// given the address of a file that only this person may read, and the file sends it on to the link.
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { AuthError } from "@daypass/auth/terminal";

const NAME = /^sign-in-[0-9a-f]{32}\.html$/;
const LOOK_EVERY_MS = 100;
/** Enough for a browser that has to start. Disks that do not note when a file was read keep it for all of it. */
const LONGEST_MS = 8_000;

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const pageTo = (link: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signing in</title>` +
  `<meta name="referrer" content="no-referrer">` +
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">` +
  `<meta http-equiv="refresh" content="0;url=${escapeHtml(link)}"></head>` +
  `<body><p><a rel="noreferrer" href="${escapeHtml(link)}">Go on to the console</a></p></body></html>\n`;

/** Takes away what a run that was killed left behind. */
export const sweepPages = async (directory: string): Promise<void> => {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) if (NAME.test(name)) await rm(join(directory, name), { force: true });
};

const untilRead = async (path: string, before: number): Promise<void> => {
  for (let waited = 0; waited < LONGEST_MS; waited += LOOK_EVERY_MS) {
    await setTimeout(LOOK_EVERY_MS);
    const now = await stat(path).catch(() => undefined);
    if (now?.atimeMs !== before) return;
  }
};

/** Ctrl-C, a closed window, a machine that goes down: whoever ends us before the browser has read it. */
const ENDINGS = ["SIGINT", "SIGHUP", "SIGTERM"] as const;

/** Returns what rejects when that happens, and what stops listening. */
const listenForEnd = (): { readonly ended: Promise<never>; readonly release: () => void } => {
  let end = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () =>
      reject(new AuthError("cancelled", "the sign-in was stopped", { hint: "its link is not kept; start anew" }));
  });
  // It may come while nobody waits for it yet.
  ended.catch(() => undefined);
  for (const signal of ENDINGS) process.on(signal, end);
  return {
    ended,
    release: () => {
      for (const signal of ENDINGS) process.off(signal, end);
    },
  };
};

/**
 * Writes the page, has `show` open its `file:` address, and takes it away when it was read, at the latest after 8 seconds.
 * Rejects with what `show` rejects with, and with `cancelled` where a signal ends it; the page is gone then too.
 */
export const showFile = async (
  directory: string,
  link: string,
  show: (address: string) => Promise<void>,
): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await sweepPages(directory);
  const path = join(directory, `sign-in-${randomBytes(16).toString("hex")}.html`);
  const { ended, release } = listenForEnd();
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(pageTo(link));
    } finally {
      await file.close();
    }
    const { atimeMs } = await stat(path);
    const shown = show(pathToFileURL(path).href).then(() => untilRead(path, atimeMs));
    await Promise.race([ended, shown]);
  } finally {
    await rm(path, { force: true });
    release();
  }
};
