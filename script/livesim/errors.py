"""The exceptions of the simulated Live, with Live's types and messages, which scripts may compare."""


class NotSimulated(Exception):
    """A member that Live has and the simulation lacks: the only error here that the real Live never raises."""


class LimitationError(Exception):
    """`Live.Base.LimitationError`: the limits of the edition (tracks, scenes, ...) forbid it."""

    __module__ = "Base"


class ArgumentError(TypeError):
    """`Boost.Python.ArgumentError`: wrong types or number of arguments, or a deleted object among them."""

    __module__ = "Boost.Python"


def unmatched_call(function, arguments, signature):
    """Returns the error for arguments that fit no signature; `function` is "None.None" for properties."""
    types = ", ".join(type(argument).__name__ for argument in arguments)
    sentence = "Python argument types in\n    %s(%s)\ndid not match C++ signature:\n    %s"
    return ArgumentError(sentence % (function, types, signature))


def change_in_notification():
    return RuntimeError("Changes cannot be triggered by notifications. You will need to defer your response.")


def invalid_value():
    return RuntimeError("Invalid value. Check the parameters range with min/max")
