// moto's server, where somebody has it: what others rehearse AWS with.
import { basename } from "node:path";
import { startServer } from "./start-server.mjs";

const ADDRESS = /Running on http:\/\/127\.0\.0\.1:(\d+)/;

/**
 * Starts the moto_server that DAYPASS_MOTO names, or the one on the PATH; the name of a Python starts its module. Returns
 * its port, how long it took to start in milliseconds, and `stop`; or `missing`, why there is none, and a `stop` that has
 * nothing to do.
 */
export async function startMoto() {
  const program = process.env.DAYPASS_MOTO ?? "moto_server";
  const flags = ["-H", "127.0.0.1", "-p", "0"];
  const module = basename(program).startsWith("python") ? ["-m", "moto.server"] : [];
  const env = { PATH: process.env.PATH ?? "", PYTHONUNBUFFERED: "1", AWS_EC2_METADATA_DISABLED: "true" };
  try {
    const server = await startServer(program, [...module, ...flags], ADDRESS, { listenTo: "stderr", env });
    return { port: Number(ADDRESS.exec(server.line)[1]), startedMs: server.startedMs, stop: server.stop };
  } catch (error) {
    const why = error.code === "ENOENT" ? "" : ` (${program}: ${error.message})`;
    return { missing: `moto is not installed${why}; DAYPASS_MOTO names its moto_server`, stop: async () => undefined };
  }
}
