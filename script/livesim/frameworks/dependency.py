"""Dependencies that the caller provides for the duration of a `with` block (dependency injection)."""

import contextlib
import functools


class DependencyError(Exception):
    """A dependency has no provider."""


_everywhere = []


class Injector:
    """`provided` maps names to functions that return the value."""

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
    """Decorates a function, usually `__init__`: keywords not given are injected; None marks the required ones."""

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
        raise DependencyError("%s needs %s, which has no provider" % (type(asking).__name__, name))
    return default()
