"""Metrics of the main loop: durations of timer callbacks, and intervals between callbacks and display updates."""

import array
import contextlib
import json
import time


class Measure:
    def __init__(self, path):
        self._path = path
        self._timer_us = array.array("d")
        self._timer_moments = array.array("d")
        self._display_moments = array.array("d")

    @contextlib.contextmanager
    def timer(self, now):
        self._timer_moments.append(now)
        began = time.perf_counter()
        yield
        self._timer_us.append((time.perf_counter() - began) * 1e6)

    def display(self, now):
        self._display_moments.append(now)

    def close(self):
        figures = {
            "timer_callback_us": _quantiles(self._timer_us),
            "timer_interval_ms": _quantiles(_intervals_ms(self._timer_moments)),
            "display_interval_ms": _quantiles(_intervals_ms(self._display_moments)),
        }
        with open(self._path, "w", encoding="utf-8") as out:
            json.dump(figures, out, indent=1)
            out.write("\n")


class NoMeasure:
    @contextlib.contextmanager
    def timer(self, now):
        yield

    def display(self, now):
        pass

    def close(self):
        pass


def _intervals_ms(moments):
    return [(later - earlier) * 1000 for earlier, later in zip(moments, moments[1:])]


def _quantiles(values):
    ordered = sorted(values)
    if not ordered:
        return {"count": 0}
    rank = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {
        "count": len(ordered),
        **{name: ordered[min(int(q * len(ordered)), len(ordered) - 1)] for name, q in rank.items()},
    }
