"""Listener functions of events that are no properties. The dumps do not list them, so they are found when asked for.

A model names in `events` those that it posts; the others raise NotSimulated.
"""

import functools
import re

from ..errors import NotSimulated, unmatched_call
from ..facts.unlisted import EVENTS, NAMED
from .handle import subject_of

_LISTENER_MEMBER = re.compile(r"(?:(add|remove)_(\w+)_listener|(\w+)_has_listener)")


def event_lookup(facts_name, model):
    """The `__getattr__` of a class that has such events, or None."""
    if facts_name not in EVENTS:
        return None
    posted = getattr(model, "events", ())

    def look_up(handle, name):
        member = _LISTENER_MEMBER.fullmatch(name)
        event = member and (member[2] or member[3])
        if event not in EVENTS[facts_name]:
            return object.__getattribute__(handle, name)  # raises what it has raised before
        if event not in posted:
            raise NotSimulated("%s.%s is not simulated" % (facts_name, name))
        return functools.partial(_act, handle, name, event, member[1] or "has")

    return look_up


def _act(handle, name, event, act, *arguments):
    subject = subject_of(handle)
    expected = 2 if event in NAMED else 1
    if len(arguments) != expected or not callable(arguments[-1]):
        raise unmatched_call(name, (handle, *arguments), "%s(object)" % name)
    member = " ".join((event, *arguments[:-1]))
    return getattr(subject.live.notifications, act)(subject, member, arguments[-1])
