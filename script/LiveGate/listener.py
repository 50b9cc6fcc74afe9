"""Listens on the loopback address and never gives up on its port (listening socket)."""

import socket
import sys

from .settings import HOST

RETRY_S = 3
# What a flood of some thousand connections a second brings between two ticks; beyond, the system drops attempts, the gateway's too.
BACKLOG = 128


class Listener:
    """Binds when first asked for a connection, and again after a pause whenever that fails."""

    def __init__(self, port, clock, log):
        self._port = port
        self._clock = clock
        self._log = log
        self.socket = None
        self._retry_at = clock()
        self._complained = False

    @property
    def address(self):
        """`127.0.0.1:9004`, or None while nothing listens."""
        return "%s:%d" % self.socket.getsockname() if self.socket else None

    def listen(self):
        """Whether connections can be accepted now."""
        if self.socket is None and self._clock() >= self._retry_at:
            self._open()
        return self.socket is not None

    def accept(self):
        """The next connection that waits, or None."""
        try:
            return self.socket.accept()[0]
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return None
        except OSError as error:
            self._fail("cannot accept connections: %s" % error)
            return None

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _open(self):
        try:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._own_the_port()
            self.socket.bind((HOST, self._port))
            self.socket.listen(BACKLOG)
            self.socket.setblocking(False)
        except OSError as error:
            self._fail("cannot listen on %s:%d: %s" % (HOST, self._port, error))
            return
        self._port = self.socket.getsockname()[1]  # clients keep their address if it has to be opened again
        self._complained = False
        self._log.say("listening on %s" % self.address)

    def _own_the_port(self):
        if sys.platform == "win32":
            # There SO_REUSEADDR would let another program take over the port while we listen.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def _fail(self, problem):
        self.close()
        self._retry_at = self._clock() + RETRY_S
        if not self._complained:
            self._log.say("%s; trying again every %d seconds" % (problem, RETRY_S))
        self._complained = True
