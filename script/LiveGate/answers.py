"""Bounds the length of an answer, so that its reader accepts every line (output limit)."""

from .errors import Refusal
from .lines import Encoded

# The bytes of an answer for its envelope: id, clock and the like.
ENVELOPE_BYTES = 256
PAGING = ("offset", "limit")


def bounded(command, body, now_ms, bytes_max):
    """The answer as a line. An answer longer than `bytes_max` is replaced by a short one."""
    line = command.frame(body, now_ms)
    if len(line) <= bytes_max:
        return line
    return command.frame(shortened(command.action, body, len(line), bytes_max), now_ms)


def shortened(action, body, length, bytes_max):
    """The short form of a long answer. The answer of a change keeps its short fields and names those that it omits."""
    kept = {name: value for name, value in body.items() if name == "trail" or _is_short(value)}
    if action.is_read or not body["ok"]:
        return _too_long(action, length, bytes_max).body()
    omitted = sorted(body.keys() - kept.keys())
    message = "the command ran; its answer of %d bytes is longer than the %d allowed, and is shortened"
    return dict(kept, omitted=omitted, message=message % (length, bytes_max))


def _too_long(action, length, bytes_max):
    """The refusal of a read whose answer is too long; it names the parameters that shorten the answer."""
    pages = [name for name in PAGING if action.takes(name)]
    way_out = "ask for a page of it with %s" % " and ".join(pages) if pages else "ask for less at once"
    sentence = "the answer would have %d bytes, and %d are allowed; %s"
    return Refusal("live_error", sentence % (length, bytes_max, way_out))


def _is_short(value):
    return not isinstance(value, (list, dict, Encoded)) and len(str(value)) <= ENVELOPE_BYTES
