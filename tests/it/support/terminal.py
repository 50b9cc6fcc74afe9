"""Runs a command in a session of its own: `closed` in a terminal that is closed when the command says Ctrl-C, `unattended` in a terminal, but
with nothing on standard input, `none` without a terminal, `ignored` without a terminal and with SIGHUP ignored, as under nohup. Exits as
the command does; 200 and more is a signal."""

import os
import pty
import signal
import sys


def in_terminal(command, kind):
    pid, terminal = pty.fork()
    if pid == 0:
        if kind == "unattended":
            os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
        os.execv(command[0], command)
    if kind == "closed":
        read_until(terminal, b"Ctrl-C")
        # The system sends SIGHUP to the session's leader, which is the command.
    else:
        # A prompt is answered, so that a command that asks ends nevertheless.
        os.write(terminal, b"\n")
        sys.stderr.buffer.write(read_until(terminal, None))
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 200 + os.WTERMSIG(status))


def read_until(terminal, words):
    """What is printed up to these words, or to the end."""
    said = b""
    while words is None or words not in said:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux says so that the other end is closed
            read = b""
        if not read:
            break
        said += read
    return said


kind, command = sys.argv[1], sys.argv[2:]
# The tests themselves may run under nohup.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if kind in ("closed", "unattended"):
    in_terminal(command, kind)
os.setsid()
if kind == "ignored":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(command[0], command)
