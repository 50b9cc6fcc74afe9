"""Waits for Live for a bounded time: until a change takes effect, or Live accepts changes again (polling with a bound)."""

from .. import steps
from ..errors import Refusal, is_momentary

TIMEOUT_MS = 3000


def before(host, holds, begin, refusal):
    """Continues with `begin()` once `holds()`; raises a Refusal with the sentence `refusal()` after TIMEOUT_MS.

    For a command that has changed nothing yet: deadline, guard and expectation are checked again before each poll.
    """
    return _poll(host, holds, begin, refusal, begun=False)()


def until(host, holds, answer, refusal):
    """The same after a change: continues with `answer()`, and never repeats the change."""
    return _poll(host, holds, answer, refusal, begun=True)


def _poll(host, holds, proceed, refusal, begun):
    deadline_ms = host.now_ms() + TIMEOUT_MS

    def poll():
        if holds():
            return proceed()
        if host.now_ms() >= deadline_ms:
            raise Refusal("live_error", refusal())
        return steps.on_next_tick(poll, begun)

    return poll


def retry(host, change):
    """Makes a change that must not be omitted: retries in each tick while Live refuses changes."""
    deadline_ms = host.now_ms() + TIMEOUT_MS

    def attempt():
        try:
            return change()
        except RuntimeError as error:
            if not is_momentary(error) or host.now_ms() >= deadline_ms:
                raise
            return steps.on_next_tick(attempt)

    return attempt
