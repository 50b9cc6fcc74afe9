"""One client's socket: its bytes in, complete lines, its bytes out (framing)."""

import socket
import struct
import sys
from collections import deque

from .errors import Violation

GOODBYE_BYTES = 1 << 20
LINGER_OFF_AT_ONCE = struct.pack("hh", 1, 0)


class Connection:
    """Never blocks. It buffers at most one incomplete line, and the answers that the peer has not read."""

    def __init__(self, accepted, quiet_since_ms):
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "win32":
            # Otherwise the port stays in TIME_WAIT for minutes after Live reloads the script.
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF_AT_ONCE)
        self.socket = accepted
        self.address = "%s:%d" % accepted.getsockname()[:2]
        self.dialect = None
        self.line_bytes_max = 0
        self.handshake = None  # until the peer has proven that it holds the key
        self.handshake_until_ms = None
        self.ids_in_flight = set()
        self.lines = deque()
        self.line_rest = None  # the rest of handling the line before those in `lines`, as a generator
        self.behind_from_bytes = None  # above so many unsent bytes, requests wait; None: the connection is closed
        self.lines_since_ms = quiet_since_ms  # no line in `lines` was sent before this time
        self.opened = False  # whether the first line has been checked
        self.input_ended = False
        self.closing_until_ms = None
        self._reading = True
        self.readable_bytes = 0  # bytes that may still be read in this tick
        self.quiet_since_ms = quiet_since_ms
        self._partial = bytearray()
        self._overlong = False
        self._out = bytearray()

    @property
    def is_quiet(self):
        """Whether the connection has no work unless the peer sends something."""
        at_work = self.has_lines or self._out or self.handshake or self.input_ended
        return not at_work and self.closing_until_ms is None and self._reading

    @property
    def has_lines(self):
        """Whether a line waits, or has been handled in part."""
        return bool(self.lines) or self.line_rest is not None

    @property
    def has_unsent(self):
        return bool(self._out)

    @property
    def unsent_bytes(self):
        return len(self._out)

    @property
    def is_behind(self):
        """Whether the peer must read answers before its next request runs."""
        return self.behind_from_bytes is not None and len(self._out) > self.behind_from_bytes

    def receive(self, now_ms):
        """Reads available bytes once all earlier lines are handled; OSError if the peer has disconnected."""
        if self.lines:
            return
        self.lines_since_ms = self.quiet_since_ms
        try:
            # To the end: after an end of input, `fail_if_gone` runs before the commands that came before it.
            while self._reading and self.readable_bytes:
                data = self.socket.recv(self.readable_bytes)
                self.readable_bytes -= len(data)
                if data:
                    self._split(data)
                else:
                    self._end_input()
        except (BlockingIOError, InterruptedError):
            self.quiet_since_ms = now_ms

    def send(self, line):
        self._out += line

    def flush(self):
        if self._out:
            try:
                sent = self.socket.send(self._out)
            except (BlockingIOError, InterruptedError):
                return
            del self._out[:sent]

    def require_taken(self, unanswered_bytes_max):
        """Raises Violation if the peer sends requests without reading answers, and is not throttled instead."""
        if self.behind_from_bytes is not None:
            return
        if len(self._out) > unanswered_bytes_max:
            self.flush()
        if len(self._out) > unanswered_bytes_max:
            raise Violation("it does not read its answers")

    def fail_if_gone(self):
        """OSError if the peer has closed both directions; that looks like a half-close until something is sent."""
        self.flush()
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "the peer has disconnected")

    def start_closing(self, until_ms):
        """Begins an orderly close: input is discarded, and the peer may read its last answer until `until_ms`.

        Closing at once with bytes still unread would reset the connection and destroy that answer.
        """
        self.closing_until_ms = until_ms
        self._stop_reading()

    def finish_closing(self, bytes_max, now_ms):
        """Whether the connection can be closed now."""
        if now_ms >= self.closing_until_ms:
            return True
        if self._out:
            return False
        if self.input_ended:
            return True
        self.socket.shutdown(socket.SHUT_WR)
        try:
            return not self.socket.recv(bytes_max)
        except (BlockingIOError, InterruptedError):
            return False

    def flush_and_drain(self):
        """Flushes the output and drains the input, so that closing does not reset the connection."""
        self.flush()
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.recv(GOODBYE_BYTES)

    def close(self):
        self.socket.close()
        self._stop_reading()

    def _stop_reading(self):
        self._reading = False
        self.lines.clear()
        self.line_rest = None
        self._partial.clear()

    def _split(self, data):
        pieces = data.split(b"\n")
        for piece in pieces[:-1]:
            self._partial += piece
            self._hand_on()
            self._overlong = False
        if not self._overlong:
            self._partial += pieces[-1]
            self._cut_short()

    def _cut_short(self):
        """Passes on a line that is already too long, or whose beginning is not JSON, without waiting for its end."""
        foreign = not self.opened and not self.lines and self._partial.lstrip()[:1] not in (b"", b"{")
        if foreign or len(self._partial) > self.line_bytes_max:
            self._hand_on()
            self._overlong = True

    def _end_input(self):
        self.input_ended = True
        self._reading = False
        self._hand_on()

    def _hand_on(self):
        line = bytes(self._partial)
        self._partial.clear()
        if line and not line.isspace() and not self._overlong:
            self.lines.append(line)
