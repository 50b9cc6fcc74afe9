"""The script's clock counts system sleep on every platform, and ignores changes of the time of day where it can."""

import time
import unittest
from unittest import mock

from LiveGate import clock
from livesim.sleep import Sleep

NIGHT_S = 8 * 3600


class Systems(unittest.TestCase):
    def setUp(self):
        self.clocks = {"perf_counter": 100.0, "monotonic": 200.0, "time": 1e9}
        for name in self.clocks:
            patch = mock.patch.object(time, name, lambda name=name: self.clocks[name])
            patch.start()
            self.addCleanup(patch.stop)

    def advance(self, seconds, *names):
        for name in names or self.clocks:
            self.clocks[name] += seconds

    def assert_advances(self, now, expected, seconds, *names):
        before = now()
        self.advance(seconds, *names)
        self.assertAlmostEqual(expected, now() - before, places=3)

    def without_clock_gettime(self):
        patch = mock.patch.object(clock, "time", mock.Mock(spec_set=["perf_counter", "monotonic", "time"]))
        fake = patch.start()
        self.addCleanup(patch.stop)
        for name in self.clocks:
            getattr(fake, name).side_effect = lambda name=name: self.clocks[name]

    def test_windows_counts_sleep_by_its_monotonic_clock(self):
        self.without_clock_gettime()
        now = clock.choose("win32")
        self.assert_advances(now, 5, 5)
        self.assert_advances(now, NIGHT_S, NIGHT_S, "monotonic", "time")
        self.assert_advances(now, NIGHT_S, NIGHT_S)  # not counted twice where perf_counter counts it, too
        self.assert_advances(now, 0, NIGHT_S, "time")

    def test_windows_coarse_steps_are_no_sleep(self):
        self.without_clock_gettime()
        now = clock.choose("win32")
        self.assert_advances(now, 0, 0.016, "monotonic")

    def test_other_systems_count_sleep_by_wall_time(self):
        self.without_clock_gettime()
        now = clock.choose("darwin")
        self.assert_advances(now, NIGHT_S, NIGHT_S, "time")
        self.assert_advances(now, 5, 5)
        self.assert_advances(now, 0, -NIGHT_S, "time")
        self.assert_advances(now, 5, 5)


class Here(unittest.TestCase):
    def test_only_sleep_advances_the_clock(self):
        """Linux only: elsewhere the simulated sleep does not reach the clock that counts it."""
        if not hasattr(time, "CLOCK_BOOTTIME"):
            self.skipTest("this system has no CLOCK_BOOTTIME")
        now = clock.choose()
        for module_clock in ("time", "clock_gettime"):
            patch = mock.patch.object(time, module_clock, getattr(time, module_clock))
            patch.start()
            self.addCleanup(patch.stop)
        before = now()
        with mock.patch.object(time, "time", lambda: 4e9):
            self.assertLess(now() - before, NIGHT_S / 2)
        Sleep().pass_over(NIGHT_S)
        self.assertGreaterEqual(now() - before, NIGHT_S)


if __name__ == "__main__":
    unittest.main()
