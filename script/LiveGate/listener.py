"""Listens on the loopback address and reopens its port after errors (listening socket)."""

import socket
import sys

from .settings import HOST

RETRY_S = 3
# A flood of a thousand connections a second opens so many between two ticks; beyond it, the system drops attempts.
BACKLOG = 128


class Listener:
    """Opens its socket on the first call of `accept`, and again after a pause when that fails."""

    def __init__(self, port, clock, log):
        self._port = port
        self._clock = clock
        self._log = log
        self.socket = None
        self._retry_at = clock()
        self._complained = False

    @property
    def address(self):
        """The address, such as `127.0.0.1:9004`, or None while it does not listen."""
        return "%s:%d" % self.socket.getsockname() if self.socket else None

    def listen(self):
        """Opens the socket if necessary; returns whether connections can be accepted."""
        if self.socket is None and self._clock() >= self._retry_at:
            self._open()
        return self.socket is not None

    def accept(self):
        """The next waiting connection, or None."""
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
        self._port = self.socket.getsockname()[1]  # clients keep their address when the socket is reopened
        self._complained = False
        self._log.say("listening on %s" % self.address)

    def _own_the_port(self):
        if sys.platform == "win32":
            # On Windows SO_REUSEADDR would let another program take over the port while we listen.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def _fail(self, problem):
        self.close()
        self._retry_at = self._clock() + RETRY_S
        if not self._complained:
            self._log.say("%s; retrying every %d seconds" % (problem, RETRY_S))
        self._complained = True
