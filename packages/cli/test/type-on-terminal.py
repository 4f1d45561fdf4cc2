# Runs a program on a terminal of its own and types each answer when its question is on the screen. stdin: JSON of "env",
# "command" and "steps", each {"see", "type"}. stdout: JSON of "code", "output", and how many steps were "done".
import fcntl, json, os, select, struct, sys, termios, time

order = json.load(sys.stdin)
steps = order["steps"]
fd, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    out = os.open(order["stdout"], os.O_WRONLY | os.O_CREAT, 0o600) if "stdout" in order else slave
    for stream, to in ((0, slave), (1, out), (2, slave)):
        os.dup2(to, stream)
    os.execvpe(order["command"][0], order["command"], order["env"])
output, seen, done, status = b"", 0, 0, None
deadline = time.time() + 90
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.02)
    if ready:
        output += os.read(fd, 65536)
        continue
    if done < len(steps) and steps[done]["see"].encode() in output[seen:]:
        seen = len(output)
        os.write(fd, steps[done]["type"].encode())
        done += 1
        continue
    ended, state = os.waitpid(pid, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(state)
        # What it wrote after we looked, before it ended.
        while select.select([fd], [], [], 0)[0]:
            output += os.read(fd, 65536)
        break
else:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
print(json.dumps({"code": status, "output": output.decode("utf8", "replace"), "done": done}))
