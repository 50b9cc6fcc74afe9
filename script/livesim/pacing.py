"""Waits as Live does, without releasing the interpreter lock, so that background threads starve.

`ctypes.PyDLL` calls a C function and keeps the lock; `time.sleep` releases it.
"""

import math
import os
import sys
import time

HOLD_MAX_S = 0.1


def _holding_sleep():
    try:
        import ctypes
    except ImportError:
        return None
    try:
        if os.name == "nt":
            sleep_ms = ctypes.PyDLL("kernel32").Sleep
            return lambda seconds: sleep_ms(math.ceil(seconds * 1000))
        sleep_us = ctypes.PyDLL(None).usleep
        return lambda seconds: sleep_us(math.ceil(seconds * 1e6))
    except (AttributeError, OSError):
        return None


def pacer():
    """Returns a function that waits some seconds with the lock held; without C it sleeps, and warns once."""
    hold = _holding_sleep()
    if hold is None:
        print(
            "livesim: cannot hold the interpreter lock on this platform; background threads run more than in Live",
            file=sys.stderr,
        )
        hold = time.sleep
    return hold


def run(loop, hold, goes_on):
    """Turns the loop until `goes_on` returns False; it is called at least every HOLD_MAX_S."""
    while goes_on():
        rest = loop.next_due() - loop.clock.now()
        if rest > 0:
            hold(min(rest, HOLD_MAX_S))
        loop.turn()


def stall(clock, seconds, hold, goes_on):
    """Waits without turns, but still notices the end of the process."""
    end = clock.now() + seconds
    while goes_on() and clock.now() < end:
        hold(min(HOLD_MAX_S, max(end - clock.now(), 0.0)))
