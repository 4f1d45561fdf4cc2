# Runs a program on a terminal of its own and does what a person would. stdin: JSON {"command", "env", "cwd", "size",
# "steps": [{"expect": regex, "type": text} | {"expect": regex, "run": command whose output is typed, {match} being what
# was expected}]}. stdout: JSON {"code", "output", "done": how many steps were taken}.
import fcntl, json, os, re, select, struct, subprocess, sys, termios, time

order = json.load(sys.stdin)
columns, rows = order.get("size", [100, 40])
fd, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for each in (0, 1, 2):
        os.dup2(slave, each)
    os.close(fd)
    os.chdir(order.get("cwd", "/"))
    os.execvpe(order["command"][0], order["command"], order["env"])
os.close(slave)
output, seen, done, status = "", 0, 0, None
steps = order.get("steps", [])
deadline = time.time() + 90
raw = b""
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.02)
    if ready:
        try:
            chunk = os.read(fd, 65536)
        except OSError:
            chunk = b""
        if chunk == b"":
            break
        raw += chunk
        output = raw.decode("utf8", "replace")
        continue
    if done < len(steps):
        step = steps[done]
        found = re.search(step["expect"], output[seen:])
        if found:
            seen += found.end()
            done += 1
            if "type" in step:
                os.write(fd, step["type"].encode())
            if "run" in step:
                command = [each.replace("{match}", found.group(len(found.groups()))) for each in step["run"]]
                typed = subprocess.run(command, env=order["env"], capture_output=True, text=True).stdout.strip()
                if typed:
                    os.write(fd, typed.encode() + b"\r")
status = None
while time.time() < deadline and status is None:
    ended, state = os.waitpid(pid, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(state)
    else:
        time.sleep(0.01)
if status is None:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
print(json.dumps({"code": status, "output": output, "done": done}))
