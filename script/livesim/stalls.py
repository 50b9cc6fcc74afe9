"""Stalls at regular intervals, as a machine has them that is too busy: how long they are, and when the next is due."""

import argparse
import re

from .control import STALL, Order

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_UNITS = {"ms": 0.001, "s": 1.0}


class RegularStalls:
    """The first is due one interval from now; without one, none ever is."""

    def __init__(self, clock, seconds=None, every_s=None):
        self._clock, self._seconds, self._every_s = clock, seconds, every_s
        self._due = None if seconds is None else clock.now() + every_s

    def are_due(self):
        return self._due is not None and self._clock.now() >= self._due

    def next_order(self):
        """What to do now, or None; intervals that were missed are not made up for."""
        if not self.are_due():
            return None
        self._due = self._clock.now() + self._every_s
        return Order(STALL, self._seconds)


def duration(text):
    """The seconds that an option says, such as 2s, 0.5s or 250ms."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("%r is no time such as 2s or 250ms" % text)
    return float(found.group(1)) * _UNITS[found.group(2)]
