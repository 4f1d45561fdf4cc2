// The system's Chromium, driven by playwright-core; a missing one is told once, or is an error where it is required.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const path = process.env["DAYPASS_CHROMIUM"] ?? "/usr/bin/chromium";

export const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("chromium");
export const missing = existsSync(path) ? undefined : `there is no Chromium at ${path}`;

if (missing !== undefined && !required) {
  process.stderr.write(`skipped: the console in a browser: ${missing}, see CONTRIBUTING.md\n`);
}

/** Starts Chromium without its sandbox only where root leaves no other way; it reaches nothing but this machine. */
export function openChromium(): Promise<Browser> {
  const args = [
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE ::1",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  return chromium.launch({ executablePath: path, headless: true, args });
}
