# Runs a program on a terminal of its own, and types each answer when its question is on the screen.
# argv: the steps as JSON, the program and its arguments. Prints what the terminal showed; exits as the program does.
import fcntl, json, os, select, struct, sys, termios, time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
fd, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for stream in (0, 1, 2):
        os.dup2(slave, stream)
    os.execvp(command[0], command)
output, seen, status = b"", 0, None
deadline = time.time() + 90
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.02)
    if ready:
        output += os.read(fd, 65536)
    if steps and steps[0]["see"].encode() in output[seen:]:
        # Only what comes after it counts for the next one.
        seen = len(output)
        step = steps.pop(0)
        time.sleep(0.02)
        os.write(fd, step["type"].encode())
        continue
    if not ready:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            # What it wrote after we looked, before it ended.
            while select.select([fd], [], [], 0)[0]:
                output += os.read(fd, 65536)
            break
else:
    os.kill(pid, 9)
    _, status = os.waitpid(pid, 0)
sys.stdout.write(output.decode("utf8", "replace"))
if steps:
    sys.stdout.write("\nNOT SEEN: " + steps[0]["see"])
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
