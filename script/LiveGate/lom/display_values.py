"""Finds the value of a parameter that Live displays as a given text, such as "-12 dB" or "4:1" (search)."""

import re

from ..errors import Refusal, shown

# Halvings of a range: as fine as Live's single precision.
STEPS_MAX = 40
_NUMBER = re.compile(r"\s*([-+]?(?:inf|[0-9]+(?:\.[0-9]+)?))\s*(.*)", re.DOTALL)
# Factors of prefixed units to the unit that a parameter's other values are displayed in.
_FACTORS = {"khz": ("hz", 1000.0), "s": ("ms", 1000.0), "k": ("", 1000.0)}


def value_for(parameter, text):
    """The parameter's value that is displayed as `text`; letter case and spaces do not count. A Refusal if there is none.

    Of several values an end of the range, the default, or the middle one.
    """
    if parameter.is_quantized:
        return _step(parameter, text)
    wanted = _number(text)
    if wanted is None:
        raise _unknown(parameter, text)
    inside = _any_shown_as(parameter, text, wanted)

    def edge(end):
        """The farthest value towards an end of the range that is displayed the same."""
        return _last_shown_as(parameter, inside, end, text, wanted)

    low, high = edge(parameter.min), edge(parameter.max)
    middle = (low + high) / 2
    found = [value for value in (parameter.min, parameter.max, _default(parameter)) if low <= value <= high]
    return found[0] if found else middle


def _default(parameter):
    """Live has none for some parameters; then the value that it has."""
    try:
        return parameter.default_value
    except RuntimeError:
        return parameter.value


def _any_shown_as(parameter, text, wanted):
    low, high = parameter.min, parameter.max
    rises = _shown_number(parameter, low, text) <= _shown_number(parameter, high, text)
    for _ in range(STEPS_MAX):
        middle = (low + high) / 2
        if _is_shown_as(parameter, middle, text, wanted):
            return middle
        if (_shown_number(parameter, middle, text) < wanted[0]) == rises:
            low = middle
        else:
            high = middle
    for value in (parameter.min, parameter.max, low, high):
        if _is_shown_as(parameter, value, text, wanted):
            return value
    raise _unknown(parameter, text)


def _last_shown_as(parameter, inside, end, text, wanted):
    if _is_shown_as(parameter, end, text, wanted):
        return end
    outside = end
    for _ in range(STEPS_MAX):
        middle = (inside + outside) / 2
        if _is_shown_as(parameter, middle, text, wanted):
            inside = middle
        else:
            outside = middle
    return inside


def _step(parameter, text):
    names = [_plain(str(item)) for item in parameter.value_items]
    if names.count(_plain(text)) != 1:
        raise _unknown(parameter, text)
    return parameter.min + names.index(_plain(text))


def _is_shown_as(parameter, value, text, wanted):
    """The text itself, or the same number and unit in another notation, such as 0.25 of 0.250."""
    there = _number(_displayed(parameter, value))
    return _plain(_displayed(parameter, value)) == _plain(text) or there is not None and there == wanted


def _shown_number(parameter, value, text):
    found = _number(_displayed(parameter, value))
    if found is None:
        raise _unknown(parameter, text)
    return found[0]


def _displayed(parameter, value):
    return str(parameter.str_for_value(value))


def _number(text):
    """The number that a text begins with, and its unit; "1.2 kHz" is 1200 hz."""
    match = _NUMBER.match(text.lower())
    if match is None:
        return None
    number, unit = float(match.group(1)), match.group(2).strip()
    unit, factor = _FACTORS.get(unit, (unit, 1.0))
    return number * factor, unit


def _plain(text):
    return "".join(text.lower().split())


def _unknown(parameter, text):
    low, high = (_displayed(parameter, value) for value in (parameter.min, parameter.max))
    sentence = "%s displays no value as %s; it displays %s to %s"
    return Refusal("live_error", sentence % (parameter.name, shown(text), shown(low), shown(high)))
