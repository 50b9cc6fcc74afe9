"""Raises NotSimulated for names that only the real frameworks have; names in neither stay unknown."""

from ..errors import NotSimulated
from .completing import Completing


def lacks(methods="", attributes=""):
    """Decorates a class with the names of members that only the real class has."""

    def decorate(cls):
        for name in methods.split():
            setattr(cls, name, _refusing_method("%s.%s" % (cls.__name__, name)))
        for name in attributes.split():
            setattr(cls, name, _RefusingAttribute("%s.%s" % (cls.__name__, name)))
        return cls

    return decorate


def _refusing_method(label):
    def refuse(*_arguments, **_keywords):
        raise NotSimulated("%s is not simulated" % label)

    return refuse


class _RefusingAttribute:
    """Refuses to be read from an object; a script that sets the attribute on its own object can read it."""

    def __init__(self, label):
        self._label = label

    def __get__(self, instance, owner=None):
        if instance is None:  # `inspect` reads all members of a class
            return self
        raise NotSimulated("%s is not simulated" % self._label)


def placeholder(label):
    """A class that is not simulated: scripts may import and subclass it; any other use raises NotSimulated."""

    class Refusing(Completing):
        def __call__(cls, *_arguments, **_keywords):
            raise NotSimulated("%s is not simulated" % label)

        def __getattr__(cls, name):
            if name.startswith("__"):
                raise AttributeError(name)
            raise NotSimulated("%s.%s is not simulated" % (label, name))

    return Refusing(label.rpartition(".")[2], (), {})
