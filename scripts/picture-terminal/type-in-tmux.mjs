// A terminal that a script types into and looks at: tmux, on a server of its own.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Opens a terminal of that size in which `command` runs. */
export const openTerminal = ({ columns, rows, command, env }) => {
  const socket = `picture-${process.pid}`;
  const tmux = (...args) => execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { encoding: "utf8", env });
  const size = ["-x", String(columns), "-y", String(rows)];
  tmux("new-session", "-d", "-s", "main", ...size, command, ";", "set", "-g", "status", "off");
  const look = () => tmux("capture-pane", "-e", "-p", "-t", "main");
  const plain = () => tmux("capture-pane", "-p", "-J", "-S", "-200", "-t", "main");
  return {
    look,
    plain,
    /** Types the text as it is. */
    type: (text) => void tmux("send-keys", "-t", "main", "-l", text),
    /** Presses a key by tmux's name of it: Enter, C-c. */
    press: (key) => void tmux("send-keys", "-t", "main", key),
    /** Empties screen and memory, so that the next picture begins at its top. */
    clear: async () => {
      tmux("send-keys", "-t", "main", "C-l");
      await sleep(150);
      tmux("clear-history", "-t", "main");
    },
    /** Waits until the screen shows the pattern. Returns what matched. Throws with the screen after ten seconds. */
    async see(pattern) {
      for (let tries = 0; tries < 200; tries++) {
        const found = pattern.exec(`${plain().trimEnd()} `);
        if (found !== null) {
          await sleep(150);
          return found;
        }
        await sleep(50);
      }
      throw new Error(`the screen never showed ${pattern}:\n${plain()}`);
    },
    close: () => void tmux("kill-server"),
  };
};
