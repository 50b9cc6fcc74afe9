"""Runs a command in a session of its own: `closed` in a terminal that is closed when the command says Ctrl-C, `none` without a terminal,
`ignored` without a terminal and with SIGHUP ignored, as under nohup. Exits as the command does; 200 and more is a signal."""

import os
import pty
import signal
import sys


def in_terminal(command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    said = b""
    while b"Ctrl-C" not in said:
        said += os.read(terminal, 4096)
    # The system sends SIGHUP to the session's leader, which is the command.
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 200 + os.WTERMSIG(status))


kind, command = sys.argv[1], sys.argv[2:]
if kind == "closed":
    in_terminal(command)
os.setsid()
if kind == "ignored":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(command[0], command)
