"""Clocks of the main loop: the real one, and one that tests move by hand."""

import time


class RealClock:
    now = staticmethod(time.perf_counter)


class ManualClock:
    def __init__(self):
        self._now = 0.0

    def now(self):
        return self._now

    def move_to(self, moment):
        self._now = max(self._now, moment)
