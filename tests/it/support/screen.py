"""Runs a command in a terminal of 100 columns and 30 rows: standard input is typed into it, standard output gets what it shows. Exits as the
command does; 200 and more is a signal."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

COLUMNS, ROWS = 100, 30

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
signal.signal(signal.SIGINT, lambda *_: os.write(terminal, b"\x03"))
sources = [terminal, sys.stdin.fileno()]
while True:
    ready = select.select(sources, [], [])[0]
    if terminal in ready:
        try:
            shown = os.read(terminal, 4096)
        except OSError:  # Linux says so that the command has ended
            break
        if not shown:
            break
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()
    if sys.stdin.fileno() in ready:
        typed = os.read(sys.stdin.fileno(), 4096)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(sys.stdin.fileno())
status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 200 + os.WTERMSIG(status))
