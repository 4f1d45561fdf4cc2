// A question that something warm can answer without loading the rest: an SDK's, when the agent has the answer. Whatever
// is not at once as it should be is left to the rest of the program, which finds out why and says so.
import { lstatSync, readFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { settingsFile, settingsLine } from "@daypass/agent/settings";
import { isAgentOn } from "./is-agent-on.js";
import { namesOf, type Names } from "./names.js";

/** Longer paths have their socket elsewhere (`placeSocket` of the agent), which takes a hash to find. */
const LONGEST_PATH = 103;
const OTHERS = 0o077;
const STDOUT = 1;
/** Of the protocol: one line, printable, an identity. */
const IDENTITY = /^[^\p{Cc}-][^\p{Cc}]{0,511}$/u;

/** Whoever can make files in the folder, or open the socket, could hand out credentials of their own. */
const isOurs = (folder: string, socket: string): boolean => {
  const uid = process.getuid?.();
  const [around, found] = [lstatSync(folder), lstatSync(socket)];
  const isPrivate = ({ uid: owner, mode }: typeof around): boolean => owner === uid && (mode & OTHERS) === 0;
  return around.isDirectory() && found.isSocket() && isPrivate(around) && isPrivate(found);
};

/** One line, ended by the only line end that is in it: when it is there, everything is. */
const END = "}\n";

const ask = (socketPath: string, identity: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    const parts: Buffer[] = [];
    const answer = (): string => Buffer.concat(parts).toString("utf8");
    socket.on("connect", () => socket.end(`credential-process ${identity}\n`));
    socket.on("data", (part: Buffer) => {
      parts.push(part);
      if (part.at(-1) === 10) resolve(answer());
    });
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(answer()));
  });

/** Throws where the package has no name that it could have. */
const namesIn = (packageDirectory: string): Names => {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8"));
  const name: unknown = Reflect.get(Object(manifest), "name");
  return namesOf(typeof name === "string" ? name : "");
};

/** Returns whether the question was answered, and the program may end. */
export const answerWarm = async (
  program: string,
  args: readonly string[],
  packageDirectory: string,
): Promise<boolean> => {
  const words = args.filter((word, at) => !(word === "--" && at === 1));
  const [command, identity = ""] = words;
  if (command !== "credential-process" || program.startsWith("aws-as") || words.length !== 2) return false;
  if (!IDENTITY.test(identity)) return false;
  const { env, platform } = process;
  try {
    const names = namesIn(packageDirectory);
    const home = homedir();
    // An empty or relative HOME would be the folder that one happens to be in, and whoever filled it.
    if (!isAbsolute(home)) return false;
    const folder = join(home, names.directoryName);
    const socket = join(folder, "agent.sock");
    if (!isAgentOn({ env, names, platform }, folder) || Buffer.byteLength(socket) > LONGEST_PATH) return false;
    if (!isOurs(folder, socket)) return false;
    // To another shell the same name may be somebody else.
    if (readFileSync(settingsFile(folder), "utf8") !== `${settingsLine(env)}\n`) return false;
    const answer = await ask(socket, identity);
    if (!answer.startsWith("{") || !answer.endsWith(END)) return false;
    writeSync(STDOUT, answer);
    return true;
  } catch {
    return false;
  }
};
