"""Makes the members of Live's classes from the facts and the model: properties, methods and listener functions.

A member that the facts do not list does not exist. A member that the facts list without a model raises NotSimulated
when it is used. Listener functions of events that are not properties are looked up on access.
"""

import functools
import re

from ..errors import NotSimulated, unmatched_call
from ..facts import EVENTS, NAMED
from .conversion import Mismatch
from .handle import subject_of


def make_property(label, fact, is_modelled, convert, wrap):
    """`label` is "Song.Song.tempo"; `fact` its type and flags; `convert` is for the setter, `wrap` for the getter.

    Without `convert` the model is read-only, even if the facts allow writing.
    """
    type_text, flags = fact[0], fact[1:]
    name = label.rpartition(".")[2]
    refuse = _not_simulated(label)
    if not is_modelled:
        return property(refuse, refuse if "set" in flags else None)

    def read(handle):
        return wrap(getattr(subject_of(handle), name))

    def write(handle, value):
        subject = subject_of(handle)
        try:
            converted = convert(value)
        except Mismatch:
            raise unmatched_call(
                "None.None", (handle, value), "None(%s, %s)" % (type(handle).__name__, type_text)
            ) from None
        subject.assign(name, converted)

    if "set" not in flags:
        return property(read)
    return property(read, write if convert else refuse)


def make_method(label, signature, text, function, wrap):
    """`function` is the model's, marked as query or command, or None."""
    if function is None:
        return _not_simulated(label)
    name = label.rpartition(".")[2]
    defaults = function.__defaults__ or ()

    def method(*arguments, **keywords):
        handle, arguments = arguments[0], arguments[1:]
        subject = subject_of(handle)
        try:
            converted = signature.convert(arguments, keywords, defaults)
        except Mismatch:
            called = ".".join(label.split(".")[-2:])
            raise unmatched_call(called, (handle, *arguments, *keywords.values()), name + text) from None
        return wrap(subject.call(function, converted))

    method.__name__ = name
    method.__qualname__ = label
    return method


def listener_members(label, is_modelled):
    """add_x_listener, remove_x_listener and x_has_listener of a listenable property."""
    name = label.rpartition(".")[2]
    names = ("add_%s_listener" % name, "remove_%s_listener" % name, "%s_has_listener" % name)
    if not is_modelled:
        return dict.fromkeys(names, _not_simulated(label))

    def method(act):
        def listener_method(handle, callback):
            subject = subject_of(handle)
            if not callable(callback):
                raise unmatched_call(label, (handle, callback), "%s(object)" % name)
            getattr(subject, name)  # a track that lacks the state refuses its listeners too
            return act(subject.live.notifications, subject, callback)

        return listener_method

    return {
        names[0]: method(lambda notifications, subject, callback: notifications.add(subject, name, callback)),
        names[1]: method(lambda notifications, subject, callback: notifications.remove(subject, name, callback)),
        names[2]: method(lambda notifications, subject, callback: notifications.has(subject, name, callback)),
    }


def make_function(label, signature, text, function, wrap):
    """A function of a module, such as Live.Application.get_application."""
    if function is None:
        return _not_simulated(label)

    def module_function(*arguments, **keywords):
        try:
            converted = signature.convert(arguments, keywords)
        except Mismatch:
            raise unmatched_call(label, (*arguments, *keywords.values()), text) from None
        return wrap(function(*converted))

    return module_function


def _not_simulated(label):
    def refuse(*_arguments, **_keywords):
        raise NotSimulated("Live has %s, the simulation does not" % label)

    return refuse


_LISTENER_MEMBER = re.compile(r"(?:(add|remove)_(\w+)_listener|(\w+)_has_listener)")


def event_lookup(facts_name, model):
    """Returns the `__getattr__` of a class that has such events, or None."""
    if facts_name not in EVENTS:
        return None
    posted = getattr(model, "events", ())

    def look_up(handle, name):
        member = _LISTENER_MEMBER.fullmatch(name)
        event = member and (member[2] or member[3])
        if event not in EVENTS[facts_name]:
            return object.__getattribute__(handle, name)  # raises the original AttributeError
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
