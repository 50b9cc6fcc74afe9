"""Dependencies that are provided from outside, for as long as a `with` block lasts (dependency injection)."""

import contextlib
import functools


class DependencyError(Exception):
    """Nobody provides what is depended on."""


_everywhere = []


class Injector:
    """`provided` maps names to functions that give the value."""

    def __init__(self, provided):
        self._provided = provided

    @contextlib.contextmanager
    def everywhere(self):
        _everywhere.append(self._provided)
        try:
            yield
        finally:
            _everywhere.remove(self._provided)


def inject(**provided):
    return Injector(provided)


def depends(**defaults):
    """Decorates a function, usually `__init__`, whose keywords are provided unless given; None marks the required."""

    def decorate(function):
        @functools.wraps(function)
        def with_dependencies(self, *arguments, **keywords):
            for name, default in defaults.items():
                if keywords.get(name) is None:
                    keywords[name] = _provided(name, default, self)
            return function(self, *arguments, **keywords)

        return with_dependencies

    return decorate


def _provided(name, default, asking):
    for provided in reversed(_everywhere):
        if name in provided:
            return provided[name]()
    if default is None:
        raise DependencyError("%s needs %s, which nobody provides here" % (type(asking).__name__, name))
    return default()
