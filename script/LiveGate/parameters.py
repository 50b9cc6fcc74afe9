"""The types of parameters: their entries in the catalogue, and how values are checked (validation)."""

import re
from itertools import islice

from .errors import shown

NUMBER_LIMIT = 10 ** 9
INTEGER_LIMIT = 2 ** 31 - 1

# In place of a default: the parameter is required, or is optional without a default.
REQUIRED = object()
ABSENT = None

_UNUSABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Invalid(ValueError):
    """The error for a value that its parameter does not accept; `path` grows as the error passes arrays and objects."""

    def __init__(self, problem):
        super().__init__(problem)
        self.path = ""
        self.problem = problem

    def at(self, step):
        self.path = step + self.path
        return self

    def sentence(self, subject):
        return "%s %s" % (self.path.lstrip(".") or subject, self.problem)


class Number:
    """A finite number; Live always receives a float."""

    kind = "number"
    _lowest, _highest = -NUMBER_LIMIT, NUMBER_LIMIT

    def __init__(self, minimum=None, maximum=None, exclusive_minimum=None, unit=None):
        self._declared = {
            "minimum": minimum,
            "maximum": maximum,
            "exclusiveMinimum": exclusive_minimum,
            "unit": unit,
        }
        self._low = self._lowest if minimum is None else minimum
        self._high = self._highest if maximum is None else maximum
        self._above = self._low - 1 if exclusive_minimum is None else exclusive_minimum

    def check(self, value):
        kind = type(value)  # exact: isinstance would accept a bool as an int
        if kind is not float and kind is not int:
            raise Invalid("must be a number, got %s" % shown(value))
        if not self._low <= value <= self._high or value <= self._above:
            raise Invalid("must be %s, got %s" % (self._range(), shown(value)))
        return float(value)

    def entry(self):
        return _entry(self.kind, self._declared)

    def _range(self):
        above = self._declared["exclusiveMinimum"]
        if above is not None:
            return "greater than %s and at most %s" % (above, self._high)
        return "between %s and %s" % (self._low, self._high)


class Integer(Number):
    """An integer, written as one: 3.0 and true are refused."""

    kind = "integer"
    _lowest, _highest = 0, INTEGER_LIMIT

    def __init__(self, minimum=None, maximum=None, enum=None, unit=None):
        super().__init__(minimum=minimum, maximum=maximum, unit=unit)
        self._enum = enum

    def check(self, value):
        if type(value) is not int:
            raise Invalid("must be an integer, got %s" % shown(value))
        if self._enum is not None and value not in self._enum:
            raise Invalid("must be one of %s, got %d" % (", ".join(map(str, self._enum)), value))
        if not self._low <= value <= self._high:
            raise Invalid("must be %s, got %d" % (self._range(), value))
        return value

    def entry(self):
        return _entry(self.kind, dict(self._declared, enum=self._enum))


class Boolean:
    """true or false."""

    kind = "boolean"

    def check(self, value):
        if type(value) is not bool:
            raise Invalid("must be true or false, got %s" % shown(value))
        return value

    def entry(self):
        return _entry(self.kind, {})


class Text:
    """A line of text, such as a name; its length counts characters, not bytes."""

    kind = "string"

    def __init__(self, max_length, min_length=None, enum=None):
        self._declared = {"maxLength": max_length, "minLength": min_length, "enum": enum}
        self._min_length = min_length or 0
        self._max_length = max_length
        self._enum = enum

    def check(self, value):
        if type(value) is not str:
            raise Invalid("must be a string, got %s" % shown(value))
        if len(value) > self._max_length:
            raise Invalid("must have at most %d characters, got %d" % (self._max_length, len(value)))
        if len(value) < self._min_length:
            raise Invalid("must have at least %d characters, got %d" % (self._min_length, len(value)))
        if self._enum is not None and value not in self._enum:
            raise Invalid("must be one of %s, got %s" % (", ".join(self._enum), shown(value)))
        # A zero byte would end the text early inside Live; half a surrogate pair cannot be converted.
        if _UNUSABLE.search(value) is not None:
            raise Invalid("must not contain control characters or unpaired surrogates")
        return value

    def entry(self):
        return _entry(self.kind, self._declared)


class Either:
    """A value of one of two types that differ in JSON."""

    def __init__(self, *kinds):
        self._kinds = kinds

    def check(self, value):
        types = (int, float) if type(value) in (int, float) else (type(value),)
        for kind in self._kinds:
            if _JSON_TYPES[kind.kind][0] in types:
                return kind.check(value)
        raise Invalid("must be %s, got %s" % (" or ".join(_JSON_TYPES[kind.kind][1] for kind in self._kinds), shown(value)))

    def entry(self):
        entry = {}
        for kind in self._kinds:
            entry.update(kind.entry())
        return dict(entry, type=[kind.kind for kind in self._kinds])


_JSON_TYPES = {"string": (str, "a string"), "number": (float, "a number"), "integer": (int, "an integer")}


class Array:
    """A list of values of one type."""

    kind = "array"

    def __init__(self, items, max_items):
        self._items = items
        self._max_items = max_items

    def check(self, value):
        if type(value) is not list:
            raise Invalid("must be an array, got %s" % shown(value))
        if len(value) > self._max_items:
            raise Invalid("must have at most %d items, got %d" % (self._max_items, len(value)))
        checked = []
        for _ in self.check_into(checked, value):
            pass
        return checked

    def is_within(self, value):
        """Whether the array may have so many items."""
        return len(value) <= self._max_items

    def check_into(self, checked, value):
        """Checks the items after those in `checked`, one by one, and appends them to it."""
        try:
            for item in islice(value, len(checked), None):
                checked.append(self._items.check(item))
                yield
        except Invalid as error:
            raise error.at("[%d]" % len(checked))

    def entry(self):
        return _entry(self.kind, {"items": self._items.entry(), "maxItems": self._max_items})


class Object:
    """Named members, each (name, type, default); also all parameters of an action together."""

    kind = "object"

    def __init__(self, members, aliases=None):
        """`aliases` maps other names of members to their own."""
        self._members = tuple(members)
        self._aliases = aliases or {}
        self.names = {name for name, _, _ in self._members}

    def check(self, value):
        """A new dict with the defaults filled in."""
        if type(value) is not dict:
            raise Invalid("must be an object, got %s" % shown(value))
        if not value.keys() <= self.names:
            value = with_own_names(value, self._aliases)
            if not value.keys() <= self.names:
                raise Invalid(self._surplus(value))
        checked = {}
        name = None
        try:
            for name, parameter, default in self._members:
                if name in value:
                    checked[name] = parameter.check(value[name])
                elif default is REQUIRED:
                    raise Invalid("is required")
                elif default is not ABSENT:
                    checked[name] = default
        except Invalid as error:
            raise error.at("." + name)
        return checked

    def type_of(self, name):
        """The type of the member of this name, or None."""
        return next((parameter for member, parameter, _ in self._members if member == name), None)

    def entry(self):
        properties = {name: _member(parameter, default) for name, parameter, default in self._members}
        for alias, name in self._aliases.items():
            properties[name]["alias"] = alias
        required = [name for name, _, default in self._members if default is REQUIRED]
        return {"type": self.kind, "properties": properties, "required": required}

    def entries(self):
        """The members as a list in the declared order: the catalogue's `params`."""
        return [
            dict(_member(parameter, default), name=name, required=default is REQUIRED)
            for name, parameter, default in self._members
        ]

    def _surplus(self, value):
        names = ", ".join(name for name, _, _ in self._members) or "no parameters"
        return "does not take %s; it takes %s" % (shown(min(value.keys() - self.names)), names)


def with_own_names(values, aliases):
    """`values` without aliases; both names of a value may be there if they agree."""
    for alias in aliases.keys() & values.keys():
        values = dict(values)
        name, value = aliases[alias], values.pop(alias)
        if values.setdefault(name, value) != value:
            raise Invalid("is another name of %s and differs from it; send one of them" % name).at("." + alias)
    return values


def _member(parameter, default):
    entry = parameter.entry()
    if default is not REQUIRED and default is not ABSENT:
        entry["default"] = default
    return entry


def _entry(kind, declared):
    entry = {name: value for name, value in declared.items() if value is not None}
    entry["type"] = kind
    return entry
