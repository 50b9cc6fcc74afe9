"""Control from outside: JSON lines on stdin stall the loop, open a dialog or reload the set; end of input closes Live.

    {"stall_ms": 250}
    {"dialog_ms": 3000}                             or with its message: {"dialog_ms": 3000, "message": "..."}
    {"reload": true}
    {"sleep_s": 28800}                              the machine sleeps until the next order
    {"wake": true}
    {"hand": "tracks.1.mute", "value": true}        the user changes a member; the path begins at the song
    {"hand": "create_scene", "call": [0]}           the user calls a method
    {"freeze": 1}                                   the user freezes the track of that index
    {"unfreeze": 1}                                 and unfreezes it

The loop polls stdin between its turns, since a reading thread would starve like any other. Where pipes cannot be polled
(Windows) a thread reads, and an order waits until the thread runs. Each order is echoed on stdout when it begins.
`RegularStalls` issues stalls at a fixed interval, like an overloaded machine.
"""

import argparse
import collections
import json
import os
import re
import select
import sys
import threading

READ_BYTES = 65536
STALL_MAX_MS = 3_600_000
SLEEP_MAX_S = 365 * 86_400
DIALOG_MESSAGE = "Save the changes to the Live set before closing it?"

STALL, DIALOG, RELOAD, HAND, SLEEP, WAKE = "stall", "dialog", "reload", "hand", "sleep", "wake"
FREEZE, UNFREEZE = "freeze", "unfreeze"
Order = collections.namedtuple("Order", "kind seconds message path value arguments", defaults=(None,) * 5)

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_UNITS = {"ms": 0.001, "s": 1.0}


class Control:
    """`poll` reads the available input; `next_order` returns the oldest Order, or None."""

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
        fields = json.loads(line)
    except ValueError:
        fields = None
    order = _parsed(fields) if isinstance(fields, dict) else None
    if order is None:
        print("livesim: ignored an unknown order on stdin: %r" % line[:200], file=sys.stderr, flush=True)
    return order


def _parsed(fields):
    message = fields.get("message", DIALOG_MESSAGE)
    if _is_duration(fields.get("stall_ms")):
        return Order(STALL, fields["stall_ms"] / 1000)
    if _is_duration(fields.get("dialog_ms")) and isinstance(message, str):
        return Order(DIALOG, fields["dialog_ms"] / 1000, message)
    if isinstance(fields.get("hand"), str) and "value" in fields:
        return Order(HAND, path=fields["hand"].split("."), value=fields["value"])
    if isinstance(fields.get("hand"), str) and isinstance(fields.get("call"), list):
        return Order(HAND, path=fields["hand"].split("."), arguments=fields["call"])
    if _is_duration(fields.get("sleep_s"), SLEEP_MAX_S):
        return Order(SLEEP, fields["sleep_s"])
    for kind in (FREEZE, UNFREEZE):
        if type(fields.get(kind)) is int:
            return Order(kind, value=fields[kind])
    if fields.get("wake") is True:
        return Order(WAKE)
    return Order(RELOAD) if fields.get("reload") is True else None


def _is_duration(value, at_most=STALL_MAX_MS):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= at_most


class RegularStalls:
    """The first stall is due one interval from now; without an interval there are none."""

    def __init__(self, clock, seconds=None, every_s=None):
        self._clock, self._seconds, self._every_s = clock, seconds, every_s
        self._due = None if seconds is None else clock.now() + every_s

    def are_due(self):
        return self._due is not None and self._clock.now() >= self._due

    def next_order(self):
        """Returns the order that is due, or None; missed intervals are skipped."""
        if not self.are_due():
            return None
        self._due = self._clock.now() + self._every_s
        return Order(STALL, self._seconds)


def duration(text):
    """The seconds of an option such as 2s, 0.5s or 250ms."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("%r is not a duration such as 2s or 250ms" % text)
    return float(found.group(1)) * _UNITS[found.group(2)]
