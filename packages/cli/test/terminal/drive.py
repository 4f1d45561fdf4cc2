# Types lines into a program on a terminal of its own, and waits after each for what must follow. Reads
# {"argv", "env", "cwd", "steps": [[send, [until, ...]], ...], "seconds"} and writes {"text", "late"}: everything that was on the
# terminal, and the step whose end never came.
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

WIDTH = 400
task = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    os.chdir(task["cwd"])
    os.execvpe(task["argv"][0], task["argv"], task["env"])
seen = b""
late = None


def plain(data):
    text = data.decode("utf-8", "replace")
    text = re.sub(r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)", "", text)
    # What a terminal would show: a carriage return writes over the line, as shells do that draw it again.
    lines, line, at = [], [], 0
    for one in text:
        if one == "\n":
            lines.append("".join(line).rstrip() if len(line) >= WIDTH - 1 else "".join(line))
            line, at = [], 0
        elif one == "\r":
            at = 0
        elif one == "\b":
            at = max(0, at - 1)
        else:
            line[at : at + 1] = [one]
            at += 1
    return "\n".join([*lines, "".join(line[:at])])


def wait_for(until, start):
    global seen
    end = time.monotonic() + task["seconds"]
    while time.monotonic() < end:
        if plain(seen[start:]).endswith(tuple(until)):
            return True
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if not ready:
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:
            return False
        if not more:
            return False
        seen += more
    return False


start = 0
for index, (send, until) in enumerate(task["steps"]):
    if send is not None:
        start = len(seen)
        os.write(terminal, send.encode())
    if not wait_for(until, start):
        late = index
        break
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
json.dump({"text": plain(seen), "late": late}, sys.stdout)
