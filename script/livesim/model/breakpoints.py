"""The curve of an envelope: breakpoints ordered by time, with straight lines between (linear interpolation).

Two breakpoints at one time are a jump: the curve arrives at the first and continues from the second.
"""

import bisect
import collections
import math

Breakpoint = collections.namedtuple("Breakpoint", ("time", "value"))


def value_at(curve, time):
    """The curve's value at a time; at a jump, the value after it."""
    return _on_the_line(curve, _first_after(curve, time), time)


def value_before(curve, time):
    """The curve's value just before a time; at a jump, the value before it."""
    return _on_the_line(curve, _first_from(curve, time), time)


def within(curve, start, end):
    """The breakpoints from one time until before another."""
    return curve[_first_from(curve, start) : _first_from(curve, end)]


def with_step(curve, start, end, value):
    """The curve held at a value from `start` to `end`; it stays the same before and after."""
    step = (
        Breakpoint(start, value_before(curve, start)),
        Breakpoint(start, value),
        Breakpoint(end, value),
        Breakpoint(end, value_at(curve, end)),
    )
    return _without_repetitions(curve[: _first_from(curve, start)] + step + curve[_first_after(curve, end) :])


def without(curve, start, end):
    """The curve without the breakpoints from one time until before another; its first one stays if no other does."""
    return curve[: _first_from(curve, start)] + curve[_first_from(curve, end) :] or curve[:1]


def _first_from(curve, time):
    return bisect.bisect_left(curve, (time,))


def _first_after(curve, time):
    return bisect.bisect_right(curve, (time, math.inf))


def _on_the_line(curve, index, time):
    """The value on the line that ends at the breakpoint of an index; beyond the ends the curve is level."""
    if index in (0, len(curve)):
        return curve[min(index, len(curve) - 1)].value
    begin, end = curve[index - 1], curve[index]
    return begin.value + (end.value - begin.value) * (time - begin.time) / (end.time - begin.time)


def _without_repetitions(curve):
    return tuple(point for index, point in enumerate(curve) if index == 0 or point != curve[index - 1])
