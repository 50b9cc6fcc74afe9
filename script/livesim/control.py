"""Control from outside: JSON lines on stdin stall the loop or reload the set; the end of stdin ends Live.

The loop polls between its turns: a reading thread would starve like any other. Only where pipes cannot be polled
(Windows) a thread reads, and an order waits until the loop lets it run. Each order is said back on stdout as it begins.
"""

import json
import os
import select
import sys
import threading

READ_BYTES = 65536
STALL_MAX_MS = 3_600_000


class Control:
    """`poll` takes in what is there; `next_order` gives ("stall", seconds), ("reload", None) or None."""

    def __init__(self, descriptor, can_poll=os.name != "nt"):
        self._descriptor = descriptor
        self._buffer = b""
        self.orders = []
        self.has_ended = False
        self.reader = None
        if not can_poll:
            self.reader = threading.Thread(target=self._read_to_the_end, daemon=True)
            self.reader.start()

    def next_order(self):
        return self.orders.pop(0) if self.orders else None

    def poll(self):
        if self.reader is None:
            while not self.has_ended and select.select([self._descriptor], [], [], 0)[0]:
                self._read()

    def _read_to_the_end(self):
        while not self.has_ended:
            self._read()

    def _read(self):
        data = os.read(self._descriptor, READ_BYTES)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        self.orders += filter(None, map(_order, lines))
        self.has_ended = not data


def _order(line):
    try:
        order = json.loads(line)
    except ValueError:
        order = None
    if isinstance(order, dict):
        stall_ms = order.get("stall_ms")
        if isinstance(stall_ms, (int, float)) and not isinstance(stall_ms, bool) and 0 <= stall_ms <= STALL_MAX_MS:
            return "stall", stall_ms / 1000
        if order.get("reload") is True:
            return "reload", None
    print("livesim: ignored a line on stdin that is no order: %r" % line[:200], file=sys.stderr, flush=True)
    return None
