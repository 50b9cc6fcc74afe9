"""Converts Python values and argument lists to the types that Live's API declares, like Boost.Python.

`converter("float", classes)` returns a function that returns the converted value or raises `Mismatch`. Integers pass
for floats, booleans for integers, and integers for members of an enum; floats never pass for integers; None passes for
False. `Signature` parses the facts' signatures, such as "(index:int | None?) -> Track".
"""

import re

from ..errors import invalid_value
from .handle import Instance, referent_of

_UNNAMED = re.compile(r"arg\d+")
INT_MIN, INT_MAX = -(2**31), 2**31 - 1


class Mismatch(Exception):
    """The value has no type that the parameter takes."""


def _integer(value):
    if not isinstance(value, int):
        raise Mismatch
    if not INT_MIN <= value <= INT_MAX:
        raise OverflowError("bad numeric conversion: overflow")
    return int(value)


def _float(value):
    if not isinstance(value, (int, float)):
        raise Mismatch
    return float(value)


def _boolean(value):
    if value is not None and not isinstance(value, int):
        raise Mismatch
    return bool(value)


def _string(value):
    if not isinstance(value, str):
        raise Mismatch
    value.encode("utf-8")  # Live stores UTF-8: a lone surrogate raises UnicodeEncodeError here as it does there
    return value


def _anything(value):
    return value


def _callable(value):
    if not callable(value):
        raise Mismatch
    return value


def _member_of(kind):
    def convert(value):
        if isinstance(value, kind):
            return value
        if not isinstance(value, int):
            raise Mismatch
        if value not in kind.values:
            raise invalid_value()
        return kind.values[value]

    return convert


def _instance_of(kinds):
    def convert(value):
        if not isinstance(value, kinds):
            raise Mismatch
        if not isinstance(value, Instance):
            return value
        subject = referent_of(value).subject
        if subject is None:
            raise Mismatch
        return subject

    return convert


def _optional(convert):
    return lambda value: None if value is None else convert(value)


def _each(convert, kind=None):
    def convert_all(value):
        if kind is not None and not isinstance(value, kind):
            raise Mismatch
        try:
            elements = list(value)
        except TypeError:
            raise Mismatch from None
        return tuple(convert(element) for element in elements)

    return convert_all


_SIMPLE = {
    "int": _integer,
    "float": _float,
    "bool": _boolean,
    "str": _string,
    "Any": _anything,
    "object": _anything,
    "Callable": _callable,
}


def converter(type_text, classes):
    """`classes` maps the last part of a class's or enum's name to all classes of that name."""
    alternatives = [part.strip() for part in type_text.split(" | ")]
    if "None" in alternatives:
        alternatives.remove("None")
        return _optional(converter(" | ".join(alternatives), classes))
    if type_text in _SIMPLE:
        return _SIMPLE[type_text]
    if type_text.startswith("Iterable["):
        return _each(converter(type_text[len("Iterable[") : -1], classes))
    if type_text.startswith(("tuple", "list")):
        return _each(_anything, tuple if type_text.startswith("tuple") else list)
    kinds = tuple(kind for name in alternatives for kind in classes[name])
    return _member_of(kinds[0]) if issubclass(kinds[0], int) else _instance_of(kinds)


class Signature:
    """Parameters with their names and types; a `?` after the type marks an optional one.

    A parameter that the facts name `arg2` has no name in Live: it is given by position.
    """

    def __init__(self, text, classes):
        declared, _, self.returns = text.partition(" -> ")
        parameters = [parameter.partition(":")[::2] for parameter in _split(declared.strip()[1:-1])]
        self.names = [name.strip() for name, _kind in parameters]
        self.required = sum(not kind.endswith("?") for _name, kind in parameters)
        self._convert = [converter(kind.rstrip("?"), classes) for _name, kind in parameters]

    def convert(self, arguments, keywords, defaults=()):
        """Returns the converted arguments in their order; raises Mismatch if their types, number or names do not fit.

        `defaults` belong to the last parameters; they fill the gaps before an argument that is given by its name.
        """
        bound = self._bind(arguments, keywords, dict(zip(self.names[::-1], reversed(defaults))))
        return [convert(argument) for convert, argument in zip(self._convert, bound)]

    def _bind(self, arguments, keywords, defaults):
        if len(arguments) > len(self.names):
            raise Mismatch
        bound, remaining = list(arguments), dict(keywords)
        for position, name in enumerate(self.names[len(arguments) :], len(arguments)):
            if name in remaining and not _UNNAMED.fullmatch(name):
                bound.append(remaining.pop(name))
            elif position < self.required:
                raise Mismatch
            elif remaining:
                bound.append(defaults.get(name))
        if remaining:
            raise Mismatch
        return bound


def _split(text):
    """Splits at the commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "[(") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return parts + ([text[start:].strip()] if text[start:].strip() else [])
