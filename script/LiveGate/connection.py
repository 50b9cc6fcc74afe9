"""One client's socket: its bytes in, complete lines, its bytes out (framing)."""

import socket
import struct
import sys
from collections import deque

from .errors import Violation

GOODBYE_BYTES = 1 << 20
LINGER_OFF_AT_ONCE = struct.pack("hh", 1, 0)


class Connection:
    """Never blocks, never holds more than one line that is incomplete and the answers not yet taken."""

    def __init__(self, accepted, quiet_since_ms):
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "win32":
            # Otherwise the port stays taken for minutes after the set, and with it the script, is loaded anew.
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF_AT_ONCE)
        self.socket = accepted
        self.address = "%s:%d" % accepted.getsockname()[:2]
        self.dialect = None
        self.line_bytes_max = 0
        self.handshake = None  # while the peer has not yet proven that it holds the key
        self.handshake_until_ms = None
        self.ids_in_flight = set()
        self.lines = deque()
        self.behind_from_bytes = None  # with so much unsent, nothing of a peer that must not be disconnected is read or run
        self.lines_since_ms = quiet_since_ms  # no line that waits in `lines` was sent before this
        self.opened = False  # whether a first line has been looked at
        self.input_ended = False
        self.closing_until_ms = None
        self._reading = True
        self.readable_bytes = 0  # what may still be read in this tick
        self.quiet_since_ms = quiet_since_ms
        self._partial = bytearray()
        self._overlong = False
        self._out = bytearray()

    @property
    def is_quiet(self):
        """Whether nothing is to be done for the peer unless it says something."""
        at_work = self.lines or self._out or self.handshake or self.input_ended
        return not at_work and self.closing_until_ms is None and self._reading

    @property
    def has_unsent(self):
        return bool(self._out)

    @property
    def unsent_bytes(self):
        return len(self._out)

    @property
    def is_behind(self):
        """Whether the peer has to read before more is done for it."""
        return self.behind_from_bytes is not None and len(self._out) > self.behind_from_bytes

    def receive(self, now_ms):
        """Reads what is there, if the lines read before are done with; OSError if the peer is gone."""
        if self.lines:
            return
        self.lines_since_ms = self.quiet_since_ms
        try:
            # To the end, since an end of input that is known makes us look twice before running what came before it.
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
        """Violation if the peer asks and asks and does not read, and is not made to wait instead."""
        if self.behind_from_bytes is not None:
            return
        if len(self._out) > unanswered_bytes_max:
            self.flush()
        if len(self._out) > unanswered_bytes_max:
            raise Violation("it does not read its answers")

    def fail_if_gone(self):
        """OSError if the peer has closed both directions, which looks like a half-close until it is sent to."""
        self.flush()
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "the peer is gone")

    def start_closing(self, until_ms):
        """Says goodbye: no more is read as lines, and the peer may take its last answer until then.

        Closing at once with bytes still unread would reset the connection and destroy that answer.
        """
        self.closing_until_ms = until_ms
        self._stop_reading()

    def finish_closing(self, bytes_max, now_ms):
        """Whether there is nothing left to wait for."""
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

    def say_goodbye(self):
        """Hands over what is left and reads what has come, so that closing does not reset the connection."""
        self.flush()
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.recv(GOODBYE_BYTES)

    def close(self):
        self.socket.close()
        self._stop_reading()

    def _stop_reading(self):
        self._reading = False
        self.lines.clear()
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
        """Hands on at once what need not be awaited: a line already too long, an opening that is not ours."""
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
