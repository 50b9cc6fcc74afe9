"""Finds a step in an automation envelope by its breakpoints, and removes it with its needless breakpoints."""

import collections

from . import targets

# Breakpoints that are nearer to each other are at one time.
SAME_TIME_BEATS = 1e-6
TIME_MAX_BEATS = 1576800.0

Step = collections.namedtuple("Step", "start end value_before")


def find(envelope, time):
    """The level piece of the curve at a time, if the curve jumps to it; None if there is no such piece."""
    events = _events(envelope)
    following = _first_after(events, time)
    if not 2 <= following < len(events):
        return None
    before, first, last = (events[following + offset] for offset in (-2, -1, 0))
    if first.time - before.time > SAME_TIME_BEATS or not _is_near(first.value, last.value):
        return None
    return Step(first.time, last.time, before.value)


def level(envelope, step):
    """Continues the value before the step until the step's end."""
    envelope.insert_step(step.start, step.end - step.start, step.value_before)


def tidy(envelope, step):
    """Removes breakpoints without effect; safe to repeat."""
    for time in (step.end, step.start):
        if _is_needless(_events(envelope), time):
            envelope.delete_events_in_range(time - SAME_TIME_BEATS, time + SAME_TIME_BEATS)
    left = envelope.value_at_time((step.start + step.end) / 2)
    targets.require_value("the value before the step", step.value_before, left)


def _events(envelope):
    """All breakpoints but the one that Live puts long before all others."""
    return envelope.events_in_range(-TIME_MAX_BEATS, TIME_MAX_BEATS)


def _first_after(events, time):
    """By bisection: a drawn envelope has thousands of breakpoints."""
    low, high = 0, len(events)
    while low < high:
        middle = (low + high) // 2
        if events[middle].time <= time + SAME_TIME_BEATS:
            low = middle + 1
        else:
            high = middle
    return low


def _is_needless(events, time):
    """Whether the curve is level from the breakpoint before a time to the one after it."""
    first, following = _first_after(events, time - 3 * SAME_TIME_BEATS), _first_after(events, time)
    around = [events[index].value for index in range(max(first - 1, 0), min(following + 1, len(events)))]
    return all(_is_near(value, around[0]) for value in around)


def _is_near(value, other):
    return abs(value - other) <= targets.TOLERANCE * max(1.0, abs(other))
