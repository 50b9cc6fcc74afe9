"""The script's clock: it is never set and includes the machine's sleep, so that no command runs late on waking (deadlines).

`time.perf_counter` stops while a laptop with Linux or macOS sleeps. By that clock, a command that waited in a socket or in
the queue meanwhile would run hours late, but within its deadline.
"""

import sys
import time

# If the reference clock advances so much further than ours, the machine slept; less may be its coarse resolution.
SLEEP_MIN_S = 1.0


def choose(platform=sys.platform):
    """The best clock of this system: a function that returns seconds."""
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(platform)  # macOS's counts sleep, Linux's does not
    which = getattr(time, name, None) if name else None
    if which is not None and hasattr(time, "clock_gettime"):
        return lambda: time.clock_gettime(which)
    # On Windows `monotonic` counts sleep, in steps of 16 ms; elsewhere only the time of day does.
    return Corrected(lambda: time.monotonic() if platform == "win32" else time.time())


class Corrected:
    """`perf_counter` plus the machine's sleep: the time by which `reference` advanced further between two calls.

    If the reference is the time of day, setting it ahead looks like sleep, and waiting commands expire: a refusal is safer
    than running late. Setting it back has no effect.
    """

    def __init__(self, reference):
        self._reference = reference
        self._slept_s = 0.0
        self._last = self._read()

    def __call__(self):
        before, self._last = self._last, self._read()
        gap = (self._last[1] - before[1]) - (self._last[0] - before[0])
        if gap >= SLEEP_MIN_S:
            self._slept_s += gap
        return self._last[0] + self._slept_s

    def _read(self):
        return time.perf_counter(), self._reference()
