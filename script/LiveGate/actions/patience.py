"""Waiting for Live, never for long: until it has done what was asked, or takes changes again (polling with a bound)."""

from .. import steps
from ..errors import Refusal, is_momentary

PATIENCE_MS = 3000


def until(host, holds, answer, refusal):
    """Goes on with `answer()` as soon as `holds()`; a Refusal with the sentence `refusal()` if that takes too long."""
    deadline_ms = host.now_ms() + PATIENCE_MS

    def look():
        if holds():
            return answer()
        if host.now_ms() >= deadline_ms:
            raise Refusal("live_error", refusal())
        return steps.on_next_tick(look)

    return look


def insist(host, change):
    """Makes a change that must not be left out: again in each tick, as long as Live takes none at the moment."""
    deadline_ms = host.now_ms() + PATIENCE_MS

    def attempt():
        try:
            return change()
        except RuntimeError as error:
            if not is_momentary(error) or host.now_ms() >= deadline_ms:
                raise
            return steps.on_next_tick(attempt)

    return attempt
