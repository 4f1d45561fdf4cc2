# Runs a program on a terminal of its own, types into it, and says in JSON what the terminal was like.
# argv: what is typed, the signal that is sent instead (or -), the program and its arguments.
import fcntl, json, os, select, signal, sys, termios, time

typed, name, *command = sys.argv[1:]
# Our end of it stays open when the program has gone, so that it can be looked at.
fd, slave = os.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.execvp(command[0], command)
modes = lambda: [bool(termios.tcgetattr(fd)[3] & flag) for flag in (termios.ECHO, termios.ICANON)]
before, during, output, sent = modes(), None, b"", False
deadline = time.time() + 90
status = None
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.02)
    if ready:
        output += os.read(fd, 4096)
        continue
    if not sent and b"secret:" in output and not modes()[0]:
        during, sent = modes(), True
        if name == "-":
            os.write(fd, typed.encode())
        else:
            os.kill(pid, getattr(signal, name))
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        # What it wrote after we looked, before it ended.
        while select.select([fd], [], [], 0)[0]:
            output += os.read(fd, 4096)
        break
print(json.dumps({"before": before, "during": during, "after": modes(), "output": output.decode("utf8", "replace"), "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}))
