"""The machine's sleep, as a script in Live sees it: some of the system's clocks go on meanwhile, others stand still."""

import time

# The others of `clock_gettime` stand still, as `time.monotonic` and `time.perf_counter` do on Linux.
GO_ON = frozenset(getattr(time, name) for name in ("CLOCK_REALTIME", "CLOCK_BOOTTIME") if hasattr(time, name))


class Sleep:
    """Puts this process's clocks ahead by what the machine has slept."""

    def __init__(self):
        self._slept_s = 0.0
        self._time, self._clock_gettime = time.time, getattr(time, "clock_gettime", None)

    def pass_over(self, seconds):
        self._slept_s += seconds
        time.time = lambda: self._time() + self._slept_s
        if self._clock_gettime is not None:
            time.clock_gettime = self._gettime

    def _gettime(self, which):
        return self._clock_gettime(which) + (self._slept_s if which in GO_ON else 0.0)
