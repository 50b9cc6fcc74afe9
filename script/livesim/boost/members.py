"""Makes the members of Live's classes: properties, methods and listener functions over the model's members.

One rule holds for all of them: what the facts do not list is never made, and what they list without a model behind it
raises NotSimulated when it is used.
"""

from ..errors import NotSimulated, unmatched_call
from .conversion import Mismatch
from .handle import subject_of


def make_property(label, fact, is_modelled, convert, wrap):
    """`label` is "Song.Song.tempo"; `fact` its type and flags; `convert` is for the setter, `wrap` for the getter.

    Without `convert` the model cannot be written, whatever the facts say.
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

    def method(*arguments, **keywords):
        handle, arguments = arguments[0], arguments[1:]
        subject = subject_of(handle)
        try:
            if keywords:
                raise Mismatch
            converted = signature.convert(arguments)
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
            getattr(subject, name)  # a track that has no such state refuses its listeners too
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

    def module_function(*arguments):
        try:
            converted = signature.convert(arguments)
        except Mismatch:
            raise unmatched_call(label, arguments, text) from None
        return wrap(function(*converted))

    return module_function


def _not_simulated(label):
    def refuse(*_arguments, **_keywords):
        raise NotSimulated("Live has %s, the simulation does not" % label)

    return refuse
