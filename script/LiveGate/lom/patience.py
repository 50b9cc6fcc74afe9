"""Waiting for Live, never for long: until it has done what was asked, or takes changes again (polling with a bound)."""

from .. import steps
from ..errors import Refusal, is_momentary

PATIENCE_MS = 3000


def before(host, holds, begin, refusal):
    """Begins with `begin()` as soon as `holds()`; a Refusal with the sentence `refusal()` if that takes too long.

    For a command that has changed nothing yet: what it was sent under is looked at again before each look.
    """
    return _look_for(host, holds, begin, refusal, begun=False)()


def until(host, holds, answer, refusal):
    """The same after a change: goes on with `answer()`, and the change is not made a second time."""
    return _look_for(host, holds, answer, refusal, begun=True)


def _look_for(host, holds, go_on, refusal, begun):
    deadline_ms = host.now_ms() + PATIENCE_MS

    def look():
        if holds():
            return go_on()
        if host.now_ms() >= deadline_ms:
            raise Refusal("live_error", refusal())
        return steps.on_next_tick(look, begun)

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
