"""Simulates system sleep for a script in Live: clocks that count sleep jump ahead, the others stand still."""

import time

# Other clocks of `clock_gettime` stand still, like `time.monotonic` and `time.perf_counter` on Linux.
COUNT_SLEEP = frozenset(getattr(time, name) for name in ("CLOCK_REALTIME", "CLOCK_BOOTTIME") if hasattr(time, name))


class Sleep:
    """Moves this process's clocks ahead by the time slept."""

    def __init__(self):
        self._slept_s = 0.0
        self._time, self._clock_gettime = time.time, getattr(time, "clock_gettime", None)

    def pass_over(self, seconds):
        self._slept_s += seconds
        time.time = lambda: self._time() + self._slept_s
        if self._clock_gettime is not None:
            time.clock_gettime = self._gettime

    def _gettime(self, which):
        return self._clock_gettime(which) + (self._slept_s if which in COUNT_SLEEP else 0.0)
