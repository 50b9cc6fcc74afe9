"""Conditions on the set, evaluated in the tick in which the command runs (guards).

A condition is an object. Every member of it must hold:

- `track`, `clip`, `scene`, `device`, `return`: the name of the object that the command targets. A string is compared
  exactly, code point by code point. An array holds patterns, of which one must match: `*` is any run of characters,
  `?` is one character; a number in it is the index of the object. Rules compare other normal forms of a name too: see
  name_patterns.py. If the command targets several objects, all must match (for a deny rule: one of them). If it
  targets none, the condition does not hold. An object without an index, such as a clip in the arrangement, matches an
  index in a deny rule only.
- `exists`, `absent`: kinds of objects that must exist, or must not.
- `playing`, `recording`, `armed`: the state of the set. `recording` is true while anything records into the
  arrangement or a session clip, from its trigger to its end. `armed` is that of the targeted track; without one,
  whether any track is armed.

Conditions are compared with a situation: the names of the objects by kind, and the three states.
`tests/guards.json` has cases on which every implementation must agree.
"""

from .errors import shown
from .name_patterns import PATTERN_CHARACTERS_MAX, denied, expected
from .parameters import ABSENT, Array, Boolean, Either, Integer, Invalid, Object, Text

KINDS = ("track", "clip", "scene", "device", "return")
STATES = ("playing", "recording", "armed")
PATTERNS_MAX = 64
NAME_CHARACTERS_MAX = 256

_NAME = Text(max_length=NAME_CHARACTERS_MAX)
_PATTERNS = Array(Either(_NAME, Integer(minimum=0)), max_items=PATTERNS_MAX)
_KIND_LIST = Array(Text(max_length=16, enum=KINDS), max_items=len(KINDS))


class _Names:
    """A name, or patterns of names and indexes."""

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
        lists = [wanted for member, wanted in condition.items() if _is_patterns(member, wanted)]
        patterns = sum(len(each) for wanted in lists for each in wanted if type(each) is str)
        if patterns > PATTERN_CHARACTERS_MAX:
            raise Invalid("has patterns of %d characters; at most %d together" % (patterns, PATTERN_CHARACTERS_MAX))
        return condition


def unmet(condition, situation, of=expected):
    """The first member of the condition that does not hold, as (member, actual value); None if all hold.

    `of` decides how several objects and normal forms combine: one of the functions of name_patterns.py.
    """
    for member, wanted in condition.items():
        there = _there(member, situation)
        if not _holds(member, wanted, there, of):
            return member, there
    return None


def sentence(member, wanted, there):
    """The sentence for a client about a condition that does not hold."""
    if member in STATES:
        return "expected %s to be %s, and it is %s" % (member, shown(wanted), shown(there))
    if member in ("exists", "absent"):
        kinds = [kind for kind in wanted if (kind in there) == (member == "absent")]
        words = ("a", kinds[0], "none") if member == "exists" else ("no", kinds[0], "one")
        return "expected %s %s, and there is %s" % words
    wanted = shown(wanted) if type(wanted) is str else "one of " + ", ".join(shown(each) for each in wanted[:4])
    if not there:
        return "expected a %s called %s, and there is none" % (member, wanted)
    names = ", ".join(shown(each.name) for each in there[:4])
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
    return bool(there) and (of(wanted, [each.name for each in there]) if type(wanted) is str else _match(wanted, there, of))


def _match(wanted, there, of):
    """Whether objects match patterns of names and indexes, each or one of them as `of` says."""
    indexes = {each for each in wanted if type(each) is int}
    patterns = [each for each in wanted if type(each) is str]
    if of is denied:
        by_index = indexes and any(each.index is None or each.index in indexes for each in there)
        return bool(by_index) or denied(patterns, [each.name for each in there])
    return of(patterns, [each.name for each in there if each.index not in indexes])


def _is_patterns(member, wanted):
    return member in KINDS and type(wanted) is list
