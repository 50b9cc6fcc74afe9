"""Conditions on the set, looked at in the tick in which the command runs (guards).

A condition is an object. Every member of it has to hold:

- `track`, `clip`, `scene`, `device`, `return`: what the object that the command names is called. A string is compared
  exactly, code point by code point; an array holds patterns, of which one has to match: `*` is any run of characters,
  `?` is one. A rule looks at a name in other ways of writing it too: see name_patterns.py. Where there are several objects, each has to match (for a rule that denies: one of them); where there
  is none, the condition does not hold.
- `exists`, `absent`: kinds of objects that are there, or are not.
- `playing`, `recording`, `armed`: the state of the set; `recording` is into the arrangement or into any session clip,
  from when it is triggered until it has ended; `armed` is that of the named track, or whether any is.

A situation is what conditions are compared with: the names of the objects by kind, and the three states.
`tests/guards.json` has cases that every implementation of this page agrees with.
"""

from .errors import shown
from .name_patterns import PATTERN_CHARACTERS_MAX, expected
from .parameters import ABSENT, Array, Boolean, Invalid, Object, Text

KINDS = ("track", "clip", "scene", "device", "return")
STATES = ("playing", "recording", "armed")
PATTERNS_MAX = 64
NAME_CHARACTERS_MAX = 256

_NAME = Text(max_length=NAME_CHARACTERS_MAX)
_PATTERNS = Array(_NAME, max_items=PATTERNS_MAX)
_KIND_LIST = Array(Text(max_length=16, enum=KINDS), max_items=len(KINDS))


class _Names:
    """A name, or patterns of names."""

    def check(self, value):
        return (_PATTERNS if type(value) is list else _NAME).check(value)


_CONDITION = Object(
    [(kind, _Names(), ABSENT) for kind in KINDS]
    + [("exists", _KIND_LIST, ABSENT), ("absent", _KIND_LIST, ABSENT)]
    + [(state, Boolean(), ABSENT) for state in STATES]
)


class Condition:
    """The type of a condition."""

    def check(self, value):
        condition = _CONDITION.check(value)
        if not condition:
            raise Invalid("must hold at least one condition")
        patterns = sum(sum(map(len, wanted)) for member, wanted in condition.items() if _is_patterns(member, wanted))
        if patterns > PATTERN_CHARACTERS_MAX:
            raise Invalid("has patterns of %d characters; at most %d together" % (patterns, PATTERN_CHARACTERS_MAX))
        return condition


def unmet(condition, situation, of=expected):
    """The first member of the condition that does not hold, as (member, what is there); None if all hold.

    `of` says which of several objects have to match, and in which form: one of the functions of name_patterns.py.
    """
    for member, wanted in condition.items():
        there = _there(member, situation)
        if not _holds(member, wanted, there, of):
            return member, there
    return None


def sentence(member, wanted, there):
    """What a client is told of a condition that does not hold."""
    if member in STATES:
        return "expected %s to be %s, and it is %s" % (member, shown(wanted), shown(there))
    if member in ("exists", "absent"):
        kinds = [kind for kind in wanted if (kind in there) == (member == "absent")]
        words = ("a", kinds[0], "none") if member == "exists" else ("no", kinds[0], "one")
        return "expected %s %s, and there is %s" % words
    wanted = shown(wanted) if type(wanted) is str else "one of " + ", ".join(shown(each) for each in wanted[:4])
    if not there:
        return "expected a %s called %s, and there is none" % (member, wanted)
    names = ", ".join(shown(name) for name in there[:4])
    return "expected the %s to be called %s, and it is called %s" % (member, wanted, names)


def _there(member, situation):
    if member in ("exists", "absent"):
        return tuple(kind for kind in KINDS if situation.get(kind))
    return situation.get(member, ())


def _holds(member, wanted, there, of):
    if member in STATES:
        return wanted is there
    if member == "exists":
        return set(wanted) <= set(there)
    if member == "absent":
        return not set(wanted) & set(there)
    return bool(there) and of(wanted, there)


def _is_patterns(member, wanted):
    return member in KINDS and type(wanted) is list
