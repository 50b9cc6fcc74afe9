"""Reads a description of a set field by field; every error names the field, its value and what is allowed."""

SHOWN_MAX = 60


class SetError(ValueError):
    """The description is wrong; the text says where and what is allowed."""


class Fields:
    """An object of the description at a place such as "tracks[1].clips[0]"; fields that no one knows are refused."""

    def __init__(self, value, where, known):
        self.where = where
        if not isinstance(value, dict):
            raise SetError("%s must be an object, got %s" % (where or "the set", _shown(value)))
        self._value = value
        unknown = sorted(set(value) - set(known.split()))
        if unknown:
            raise SetError("%s is not a field; known are: %s" % (self.at(unknown[0]), ", ".join(known.split())))

    def at(self, name):
        return "%s.%s" % (self.where, name) if self.where else name

    def has(self, name):
        return name in self._value

    def get(self, name):
        return self._value.get(name)

    def text(self, name, default=""):
        return text(self._value.get(name, default), self.at(name))

    def flag(self, name, default=False):
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            raise SetError("%s must be true or false, got %s" % (self.at(name), _shown(value)))
        return value

    def number(self, name, default, low, high):
        return number(self._value.get(name, default), self.at(name), low, high)

    def integer(self, name, default, low, high):
        return integer(self._value.get(name, default), self.at(name), low, high)

    def choice(self, name, allowed, default):
        value = self._value.get(name, default)
        if not isinstance(value, str) or value not in allowed:
            raise SetError("%s must be one of %s, got %s" % (self.at(name), ", ".join(allowed), _shown(value)))
        return value

    def items(self, name, at_most):
        """The elements of a list, each with its place."""
        return elements(self._value.get(name, []), self.at(name), at_most)


def elements(value, where, at_most):
    if not isinstance(value, list):
        raise SetError("%s must be a list, got %s" % (where, _shown(value)))
    if len(value) > at_most:
        raise SetError("%s must have at most %d elements, got %d" % (where, at_most, len(value)))
    return [(element, "%s[%d]" % (where, index)) for index, element in enumerate(value)]


def text(value, where, at_most=200):
    if not isinstance(value, str) or len(value) > at_most or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise SetError("%s must be a text of at most %d characters, got %s" % (where, at_most, _shown(value)))
    return value


def number(value, where, low, high):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise SetError("%s must be a number from %g to %g, got %s" % (where, low, high, _shown(value)))
    return float(value)


def integer(value, where, low, high):
    if type(value) is not int or not low <= value <= high:
        raise SetError("%s must be a whole number from %d to %d, got %s" % (where, low, high, _shown(value)))
    return value


def _shown(value):
    shown = ascii(value)
    return shown if len(shown) <= SHOWN_MAX else shown[:SHOWN_MAX] + "..."
