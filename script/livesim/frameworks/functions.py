"""The small functions that scripts import from `_Framework.Util` and `ableton.v2.base`."""

import contextlib
import functools
import itertools
import math

from .tasks import NEARLY

PY2, PY3 = False, True


def nop(*_arguments, **_keywords):
    """Accepts any arguments and does nothing."""


def const(value):
    return lambda *_arguments, **_keywords: value


def compose(*functions):
    return lambda value: functools.reduce(lambda result, function: function(result), reversed(functions), value)


def negate(predicate):
    return lambda *arguments, **keywords: not predicate(*arguments, **keywords)


def maybe(function):
    """Returns the same function, but None stays None."""
    return lambda value: value if value is None else function(value)


def memoize(function):
    return functools.lru_cache(maxsize=None)(function)


def first(sequence):
    return sequence[0]


def second(sequence):
    return sequence[1]


def third(sequence):
    return sequence[2]


def find_if(predicate, sequence):
    return next(filter(predicate, sequence), None)


def index_if(predicate, sequence):
    """Returns the index of the first match, or the length without one."""
    return next((index for index, item in enumerate(sequence) if predicate(item)), len(sequence))


def remove_if(predicate, sequence):
    return [item for item in sequence if not predicate(item)]


def flatten(sequences):
    return list(itertools.chain(*sequences))


def group(sequence, size):
    """Tuples of that size; what is left over is dropped."""
    return list(zip(*[iter(sequence)] * size))


def recursive_map(function, value, sequence_type=None):
    """Applies the function to each part of nested sequences, which stay nested."""
    nests = isinstance(value, sequence_type) if sequence_type is not None else isinstance(value, (list, tuple))
    return [recursive_map(function, part, sequence_type) for part in value] if nests else function(value)


def is_matrix(rows):
    """Whether there are rows, all of the same length."""
    return bool(rows) and is_iterable(rows[0]) and len({len(row) for row in rows}) == 1


def old_hasattr(thing, name):
    """Python 2's: a member that cannot be read is missing, whatever its error."""
    try:
        getattr(thing, name)
    except Exception:
        return False
    return True


def old_round(number):
    """Python 2's: halves away from zero."""
    return math.floor(abs(number) + 0.5) * (-1.0 if number < 0 else 1.0)


def product(*sequences):
    return itertools.product(*sequences)


def chunks(sequence, size):
    return (sequence[start : start + size] for start in range(0, len(sequence), size))


def mixin(*classes):
    """Returns a class with all of these as bases."""
    return type("Mixin_" + "_".join(each.__name__ for each in classes), tuple(classes), {})


next = next  # noqa: A001 `_Framework.Util` has the built-in under its name


def union(one, other):
    return dict(one, **other)


def clamp(value, low, high):
    return max(low, min(value, high))


def in_range(value, low, high):
    return low <= value < high


def sign(value):
    return 1 if value >= 0.0 else -1


def linear(low, high, position):
    return low + (high - low) * position


def isclose(one, other, tolerance=NEARLY):
    return abs(one - other) <= tolerance


def is_iterable(value):
    return hasattr(value, "__iter__")


def is_contextmanager(value):
    return hasattr(value, "__enter__") and hasattr(value, "__exit__")


def liveobj_valid(thing):
    """Whether it is an object that Live has not deleted."""
    return thing != None  # noqa: E711 deleted objects compare equal to None


def liveobj_changed(one, other):
    return one != other or type(one) is not type(other)


def is_parameter_bipolar(parameter):
    return parameter.min == -parameter.max


def forward_property(owner_name):
    """Decorates a method named like a property of the object at `owner_name`, and forwards that property."""

    def decorate(function):
        name = function.__name__
        return property(
            lambda self: getattr(getattr(self, owner_name), name),
            lambda self, value: setattr(getattr(self, owner_name), name, value),
        )

    return decorate


class lazy_attribute:  # noqa: N801 the name that scripts know
    """Decorates a method that is called once; its value then replaces it."""

    def __init__(self, function):
        self._function = function

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = vars(instance)[self._function.__name__] = self._function(instance)
        return value


class BooleanContext:
    """Is true (or, inverted, false) within its `with` block, which may be nested."""

    default_value = False

    def __init__(self, default_value=None):
        self._default = self.default_value if default_value is None else default_value
        self._depth = 0

    def __bool__(self):
        return self._default if self._depth == 0 else not self._default

    @contextlib.contextmanager
    def __call__(self):
        self._depth += 1
        try:
            yield self
        finally:
            self._depth -= 1

    @property
    def value(self):
        return bool(self)


class NamedTuple:
    """A record of its keyword arguments."""

    def __init__(self, **fields):
        vars(self).update(fields)
